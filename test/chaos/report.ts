// What a campaign came to, for a person: one line per fault, and everything about each occurrence that broke a promise.
import type { CampaignEnd } from "./campaign.ts";
import {
  dueInstantOf,
  dueRunIds,
  missingRunIds,
  type Observation,
  startDelays,
  type Violation,
} from "./check-fleet.ts";

export interface FaultRow {
  readonly fault: string;
  readonly count: number;
  /** Signals, failed commands or lost answers: a fault that hit nothing proves nothing. */
  readonly hits: number;
  readonly occurrences: number;
  readonly duplicates: number;
  readonly missing: number;
  readonly stuck: number;
  /** Runs whose owner died or was frozen in the middle. */
  readonly lost: number;
  readonly missed: number;
  /** The longest time from due to first request. */
  readonly slowestRecoveryMs: number;
}

/** Each occurrence counts to the fault during which it was due, up to the next one. */
export function tabulate(seen: Observation, violations: readonly Violation[]): readonly FaultRow[] {
  const missing = missingRunIds(seen);
  return [...Map.groupBy(seen.faults, ({ kind }) => kind)].map(([fault, records]) => {
    const during = (at: number) => records.some(({ from, to }) => at >= from && at < to);
    const count = (list: readonly string[]) => list.filter((runId) => during(dueInstantOf(runId))).length;
    const broken = (name: string) => violations.filter((one) => one.guarantee === name && during(one.dueAt)).length;
    const withStatus = (status: string) =>
      count(seen.runs.filter((run) => run.status === status).map(({ _id }) => _id));
    return {
      fault,
      count: records.length,
      hits: records.reduce((sum, { hits }) => sum + hits, 0),
      occurrences: count(dueRunIds(seen)),
      duplicates: broken("G2 one sender") + broken("G1 one record"),
      missing: count(missing),
      stuck: broken("G5 no stuck run"),
      lost: withStatus("lost"),
      missed: withStatus("missed"),
      slowestRecoveryMs: Math.max(
        0,
        ...records.flatMap((record) => startDelays(seen, record)).map(({ delayMs }) => delayMs),
      ),
    };
  });
}

export function renderTable(rows: readonly FaultRow[]): string {
  const head = [
    "fault",
    "count",
    "hits",
    "occurrences",
    "duplicates",
    "missing",
    "stuck",
    "lost",
    "missed",
    "slowest recovery",
  ];
  const lines = rows.map((row) => [
    row.fault,
    ...[row.count, row.hits, row.occurrences, row.duplicates, row.missing, row.stuck, row.lost, row.missed].map(String),
    `${(row.slowestRecoveryMs / 1_000).toFixed(1)} s`,
  ]);
  return [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** The documents and requests of each occurrence that broke a promise, in the order of time. */
export function renderViolations({ seen, unexpected }: CampaignEnd, violations: readonly Violation[]): string {
  const told = violations.slice(0, 20).map((one) => {
    const runs = seen.runs.filter((run) => one.runIds.includes(run._id));
    const requests = seen.requests.filter((request) => one.runIds.includes(request.runId));
    const faults = seen.faults.filter(({ from, to }) => from - 10_000 < one.dueAt && to > one.dueAt - 1_000);
    return [
      `${one.guarantee}: ${one.what}`,
      ...runs.map((run) => `  record ${JSON.stringify(run)}`),
      ...requests.map(
        ({ process, key, owner, attempt, at }) =>
          `  request ${new Date(at).toISOString()} by ${process}: ${key}, owner ${owner}, try ${attempt}`,
      ),
      ...faults.map(
        ({ kind, from, healedAt }) =>
          `  fault ${new Date(from).toISOString()} to ${new Date(healedAt).toISOString()}: ${kind}`,
      ),
    ].join("\n");
  });
  const rest = violations.length > told.length ? [`… and ${violations.length - told.length} more`] : [];
  return [...told, ...rest, ...unexpected].join("\n\n");
}
