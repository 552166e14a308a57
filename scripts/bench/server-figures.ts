import type { Store } from "../../src/store/connect.ts";

/** How many commands the server has executed since its start, as it counts them itself. */
export interface CommandCounts {
  readonly insert: number;
  readonly update: number;
  /** Everything but the driver's own hello and our serverStatus. */
  readonly all: number;
}

const notCounted = new Set(["hello", "isMaster", "serverStatus", "replSetHeartbeat", "replSetUpdatePosition"]);

export async function countCommands(store: Store): Promise<CommandCounts> {
  const { metrics } = await store.client.db("admin").command({ serverStatus: 1 });
  const totals = Object.entries(metrics.commands as Record<string, { total?: number | bigint }>);
  const of = (name: string) => Number(metrics.commands[name]?.total ?? 0);
  const all = totals
    .filter(([name]) => !notCounted.has(name))
    .reduce((sum, [, { total }]) => sum + Number(total ?? 0), 0);
  return { insert: of("insert"), update: of("update"), all };
}
