// fleetcron runs tail: runs as they start and end. It asks again and again: that works on every server, and a change
// stream would tell of each step and each beat of a run.
import type { RunStatus } from "../model/run.ts";
import type { RunDocument } from "../store/collections.ts";
import type { Store } from "../store/connect.ts";
import { findRuns, listRunStatuses, type RunFilter } from "../store/list-runs.ts";
import type { Cli } from "./cli.ts";
import { jsonDocument } from "./json-document.ts";
import { lookAgain } from "./look-again.ts";
import { withStore } from "./open-store.ts";
import { renderRunLine } from "./render-run.ts";
import { loadRunFilter } from "./run-filter.ts";
import type { RunListOptions } from "./runs.ts";

const lookEveryMs = 1_000;
/** By due time: a burst of this many between two looks is still seen whole. */
const newestWatched = 1_000;

/** `limit`: how many of those that were there already are shown. */
export async function tailRunsCommand(cli: Cli, options: RunListOptions): Promise<void> {
  const work = async (store: Store): Promise<void> => {
    const filter = await loadRunFilter(store, options);
    let seen = await lookAt(store, filter, new Map());
    print(cli, options, await findRuns(store, [...seen.keys()].slice(0, options.limit)));
    await lookAgain(cli, lookEveryMs, async () => {
      const now = await lookAt(store, filter, seen);
      const changed = [...now].filter(([id, status]) => seen.get(id) !== status).map(([id]) => id);
      if (changed.length > 0) print(cli, options, await findRuns(store, changed));
      seen = now;
    });
  };
  await withStore(cli, work, { needsAgent: true });
}

type Statuses = ReadonlyMap<string, RunStatus>;

/** The newest runs, and those in progress that are among them no more. */
async function lookAt(store: Store, filter: RunFilter, seen: Statuses): Promise<Statuses> {
  const newest = await listRunStatuses(store, filter, newestWatched);
  const open = [...seen].filter(([id, status]) => status === "running" && !newest.has(id)).map(([id]) => id);
  if (open.length === 0 || filter.statuses !== undefined) return newest;
  return new Map([...newest, ...(await listRunStatuses(store, { ids: open }, open.length))]);
}

function print({ output }: Cli, { json }: RunListOptions, runs: readonly RunDocument[]): void {
  for (const run of runs.toSorted((a, b) => Number(a.scheduled_for) - Number(b.scheduled_for))) {
    if (json === true) output.jsonLine(jsonDocument(run));
    else output.data(renderRunLine(output, run));
  }
}
