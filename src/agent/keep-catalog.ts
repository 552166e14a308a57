// Jobs as people change them: at once where the server tells of changes, else by reading them again now and then.
import type { AgentContext } from "./context.ts";
import { rereadCatalog } from "./load-catalog.ts";
import { repeatOnChange } from "./repeat-on-change.ts";

/** Without a change stream up to `manyJobs`, and beyond that, or as the safety net of one. */
const soonMs = 60_000;
const lateMs = 300_000;
const manyJobs = 5_000;
/** An import of many jobs is read again as often as costs a tenth of the time, not once per job. */
const gatherMs = 100;
const gatherTimes = 10;

/** Keeps the catalog as the database has it. */
export function keepCatalog(context: AgentContext): AsyncDisposable {
  const { clock, random } = context.deps;
  let costMs = 0;
  const everyMs = (isWatched: boolean) => {
    const known = context.catalog.size + context.catalog.invalid.length;
    // Spread by a tenth, so that a fleet does not read in step.
    return (isWatched || known > manyJobs ? lateMs : soonMs) * (0.9 + 0.2 * random());
  };
  const gather = () => Math.max(gatherMs, costMs * gatherTimes);
  return repeatOnChange(context, { name: "jobs", collection: "jobs", everyMs, gatherMs: gather }, async () => {
    const startedAt = clock.monotonic();
    await rereadCatalog(context);
    costMs = clock.monotonic() - startedAt;
  });
}
