// Remote commands to an agent under test, and what it acknowledges.
import type { AckDocument } from "../../src/store/collections.ts";
import { findCommand, insertCommand } from "../../src/store/commands.ts";
import type { Store } from "../../src/store/connect.ts";
import { type TestAgent, until } from "./test-agent.ts";

export async function readAcks(store: Store, commandId: unknown): Promise<readonly AckDocument[]> {
  return (await findCommand(store, commandId))?.acks ?? [];
}

/** Sends a command and waits for the acknowledgement of one machine. */
export async function tellAgent(
  store: Store,
  agent: TestAgent,
  type: string,
  { to = agent.machineId, args = {} }: { readonly to?: string; readonly args?: Readonly<Record<string, unknown>> } = {},
): Promise<AckDocument> {
  const id = await insertCommand(store, { type, target: to, args });
  let found: AckDocument | undefined;
  await until(async () => {
    found = (await readAcks(store, id)).find(({ machine_id }) => machine_id === agent.machineId);
    return found !== undefined;
  }, `${type} is acknowledged`);
  return found as AckDocument;
}
