// The sweep: every occurrence ends as one record, also those that no agent was there for. About once a minute one agent
// of the fleet looks at what fell due since the last sweep, and starts or records what has no record yet.
import type { Instant } from "../model/schedule.ts";
import { readJobStates } from "../store/job-state.ts";
import { loadStoredJobs } from "../store/jobs.ts";
import { advanceResolvedUntil, findResolvedUntil } from "../store/sweep.ts";
import type { AgentContext } from "./context.ts";
import { refuseSharedIds } from "./load-catalog.ts";
import { jobKey, noteJobs } from "./note-jobs.ts";
import { repeat } from "./repeat.ts";
import { longestAheadMs, readServerNow, usableResolvedUntil } from "./resolved-until.ts";
import { type SweptJob, settleMissed } from "./settle-missed.ts";
import { turnsMs } from "./start-grace.ts";
import { summarizeOld } from "./summarize-old.ts";

/** Each agent looks about this often whether a sweep is due. */
const everyMs = 20_000;
/** A sweep is due when this much time has no sweep yet. */
const behindMs = 60_000;
/** The server's time and ours apart by more: one of them jumped, and nothing is missed until it is known which. */
const clocksApartMs = 5_000;

export function sweepMissed(context: AgentContext): AsyncDisposable {
  // Run ids of records that the database will never store: asking again each minute would hold up all that follows.
  const refused = new Set<string>();
  let isFirst = true;
  const spread = () => {
    if (isFirst) {
      isFirst = false;
      return 0;
    }
    return Math.min(everyMs, 2 * context.beatMs()) * (0.8 + 0.4 * context.deps.random());
  };
  return repeat(context, { name: "sweep", everyMs: spread }, () => sweep(context, refused));
}

async function sweep(context: AgentContext, refused: Set<string>): Promise<void> {
  const { store } = context.deps;
  if (context.stopping.aborted || !context.clock.isTrusted()) return;
  // Another measure: whether the jump is to be believed should be known soon.
  if (context.clock.isDoubted()) return context.clock.refresh();
  const seen = await findResolvedUntil(store);
  context.health.answered();
  if (seen instanceof Date && isFresh(context, seen.getTime())) return;

  const startedAt = context.deps.clock.monotonic();
  // The server's own time first: the range ends before anything that is read from here on.
  const now = await readServerNow(context);
  if (Math.abs(now - context.clock.now()) > clocksApartMs) return context.clock.refresh();
  const after = await usableResolvedUntil(context, seen, now);
  const until = now - turnsMs(context);
  const jobs = await readJobs(context, now);

  const summarized = await summarizeOld(context, jobs, { after, now });
  const reached = await settleMissed(context, {
    jobs,
    after,
    recurringAfter: summarized,
    until,
    now,
    refused,
    startedAt,
  });
  if (reached > after) await advanceResolvedUntil(store, new Date(reached));
  context.deps.log.debug({ jobs: jobs.length, from: new Date(after), until: new Date(reached) }, "swept");
}

/** By our own clock: it only decides whether to look closer. */
function isFresh(context: AgentContext, resolvedUntil: Instant): boolean {
  const now = context.clock.now();
  return resolvedUntil >= now - turnsMs(context) - behindMs && resolvedUntil <= now + longestAheadMs;
}

/** States first, jobs second: a difference between them then means that the job is newer. */
async function readJobs(context: AgentContext, now: Instant): Promise<readonly SweptJob[]> {
  const { store } = context.deps;
  const states = await readJobStates(store);
  const parsed = context.editions.parse(context.settings, await loadStoredJobs(store));
  const { jobs, invalid } = refuseSharedIds(parsed);
  const since = await noteJobs(context, { states, jobs, invalidIds: invalid.map(({ id }) => id) });
  return jobs.filter(({ enabled }) => enabled).map((job) => ({ job, since: since.get(jobKey(job.id)) ?? now }));
}
