// Says which documents in the database are not as agents write them. They are passed over; a person may want to know.
import { findDamagedDocuments } from "../store/damaged-documents.ts";
import type { AgentContext } from "./context.ts";
import { repeat } from "./repeat.ts";

/** Six small queries. */
const everyMs = 300_000;

/** Looks at once and then now and then; each document is told once, and again when something else is wrong with it. */
export async function reportDamage(context: AgentContext): Promise<AsyncDisposable> {
  let told: ReadonlySet<string> = new Set();
  const look = async () => {
    const damaged = await findDamagedDocuments(context.deps.store);
    for (const document of damaged) {
      if (!told.has(JSON.stringify(document))) context.deps.log.warn(document, "damaged document passed over");
    }
    told = new Set(damaged.map((document) => JSON.stringify(document)));
  };
  // Before this agent mends what it can, such as the fleet's zone.
  await look().catch((error) => context.deps.log.warn({ err: error }, "documents not looked through"));
  return repeat(context, { name: "damaged documents", everyMs: () => everyMs }, look);
}
