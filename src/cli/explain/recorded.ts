// Situations of an occurrence that has a record, in the order in which they are asked.
import { offsetAt } from "../../model/zone-offset.ts";
import type { RunDocument } from "../../store/collections.ts";
import { formerOwnersOf, renderExecutor, renderFormerOwner, stepsOf } from "../render-run.ts";
import { listed } from "../render-text.ts";
import { renderDuration } from "../render-time.ts";
import type { Facts } from "./gather-facts.ts";
import { clockRows, type Explanation, onClock, type Row, type Situation, when } from "./situation.ts";

type Recorded = Facts & { readonly run: RunDocument };

/** A situation of a run with this status, and this reason where one is given. */
function ofRun(status: string, reason: string | null, explain: (facts: Recorded) => Said | null): Situation {
  return (facts) => {
    const { run } = facts;
    if (run === null || run.status !== status || (reason !== null && run.reason !== reason)) return null;
    return said(facts as Recorded, explain(facts as Recorded));
  };
}

interface Said {
  readonly why: string;
  readonly rows: readonly Row[];
}

function said(facts: Recorded, what: Said | null): Explanation | null {
  const { run } = facts;
  if (what === null) return null;
  const rows: readonly Row[] = [
    ...what.rows,
    ...clockRows(facts),
    ...editRows(facts),
    ["see", `fleetcron runs show ${run._id}`],
  ];
  return { status: String(run.status), why: what.why, rows };
}

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

export const skippedByWhen = ofRun("skipped", "when", (facts) => {
  const { at, tz, job } = facts;
  const weekday = weekdays[new Date(at + offsetAt(tz, at)).getUTCDay()];
  const lists = {
    ...{ hour_in: job?.when?.hourIn, minute_in: job?.when?.minuteIn, weekday_in: job?.when?.weekdayIn },
    ...{ day_in: job?.when?.dayIn, month_in: job?.when?.monthIn },
  };
  return {
    why: `The job's "when" did not hold: the clock showed ${weekday}, ${onClock(facts, at)}.`,
    rows: Object.entries(lists).flatMap(([key, list]): readonly Row[] => (list ? [[key, list.join(", ")]] : [])),
  };
});

export const skippedByOverlap = ofRun("skipped", "previous_running", (facts) => ({
  why: 'An earlier run of the job was still under way, and the job says overlap "skip".',
  rows: overlapRows(facts),
}));

export const missedByOverlap = ofRun("missed", "previous_running", (facts) => ({
  why: "An earlier run of the job was under way with a silent agent until the start grace was over.",
  rows: overlapRows(facts),
}));

export const missedBeforeSeen = ofRun("missed", "at_past", (facts) => {
  const since = facts.state?.since ?? null;
  const rows: readonly Row[] = since === null ? [] : [["first seen", when(facts, since)]];
  return { why: 'Its "at" was past for longer than the start grace when an agent first saw the job.', rows };
});

export const missedByCap = ofRun("missed", "catch_up_cap", () => ({
  why: 'Nobody was there in time, and catch_up "all" runs the newest 100 occurrences only.',
  rows: [],
}));

export const missed = ofRun("missed", null, (facts) => {
  const { run, job, at, lastStartAt, starters } = facts;
  // Without the job nobody knows what its grace was.
  const grace = `${renderDuration(lastStartAt - at)}, until ${when(facts, lastStartAt)}`;
  const alive = machinesAlive(facts);
  const why =
    alive.length === 0 && starters.length === 0
      ? "No agent was alive, or none reached the database, until its start grace was over."
      : "No agent claimed it before its start grace was over, though some were alive: they were draining, had no free slot, or did not reach the database.";
  return {
    why,
    rows: [
      ...(job === null ? [] : [["start grace", grace] as const]),
      ["alive then", alive.length === 0 ? "no agent that is known of" : listed(alive, 5)],
      ["ran others", starters.length === 0 ? "nobody" : listed(starters, 5)],
      ["recorded by", renderExecutor(run).join("  ")],
      ["reason", String(run.reason)],
    ],
  };
});

export const lost = ofRun("lost", null, (facts) => {
  const { run } = facts;
  const why =
    run.reason === "job_edited"
      ? "Its agent died, and the job was edited meanwhile: another edition can't go on with it."
      : "Its agent died or lost the database, and its last request must not be sent again: whether it was answered is unknown.";
  return { why, rows: [...ranRows(facts), ["then", "look at the target, and run the job again if need be"]] };
});

const abortReasons: Readonly<Record<string, string>> = {
  cancelled: "A person cancelled it with runs cancel.",
  ownership_lost: "Its agent could not renew the lease: the run was no longer its own.",
  deadline_passed: "It took longer than the job's deadline_sec.",
};

export const aborted = ofRun("aborted", null, (facts) => ({
  why: abortReasons[String(facts.run.reason)] ?? "Its agent stopped and did not wait for its end any longer.",
  rows: ranRows(facts),
}));

export const silent = ofRun("running", null, (facts) => {
  const { run, now } = facts;
  const beatAt = run.beat_at instanceof Date ? run.beat_at.getTime() : 0;
  if (now - beatAt <= run.lease_ms) return null;
  return {
    why: "It was claimed, and its agent is silent for longer than the lease: any agent takes it over or gives it up.",
    rows: [...ranRows(facts), ["last beat", when(facts, run.beat_at)]],
  };
});

export const running = ofRun("running", null, (facts) => ({
  why: `It is being executed right now, on ${facts.run.hostname}.`,
  rows: ranRows(facts),
}));

export const takenOver: Situation = (facts) => {
  const { run } = facts;
  const [former] = run === null ? [] : formerOwnersOf(run);
  if (run === null || former === undefined) return null;
  const why = `It was begun on ${former.hostname}, which fell silent; ${run.hostname} took it over and brought it to its end.`;
  return said(facts as Recorded, { why, rows: ranRows(facts as Recorded) });
};

export const caughtUp: Situation = (facts) => {
  const { run, job } = facts;
  if (run?.trigger !== "catch_up") return null;
  const rule = job === null ? "" : ` ${JSON.stringify(job.catchUp)}`;
  const why = `Nobody was there when it was due; it was run late, as the job's catch_up${rule} says.`;
  return said(facts as Recorded, { why, rows: ranRows(facts as Recorded) });
};

export const ran: Situation = (facts) => {
  const { run } = facts;
  if (run === null) return null;
  const why =
    run.status === "ok" ? `It ran on ${run.hostname}.` : `It ran on ${run.hostname} and ended as ${run.status}.`;
  return said(facts as Recorded, { why, rows: ranRows(facts as Recorded) });
};

/** Where, when, how long, and what came of it. */
function ranRows(facts: Recorded): readonly Row[] {
  const { run, at, claimableAt } = facts;
  const jitter = claimableAt > at ? `, put off by ${renderDuration(claimableAt - at)} of jitter` : "";
  const late = typeof run.late_ms === "number" ? `, ${renderDuration(run.late_ms)} after it was due${jitter}` : "";
  return [
    ["machine", renderExecutor(run).join("  ")],
    ...formerOwnersOf(run)
      .slice(-1)
      .map((owner): Row => ["taken over", renderFormerOwner(owner)]),
    ["started", `${onClock(facts, run.start_at)}${late}`],
    ...(typeof run.elapsed_ms === "number" ? [["took", renderDuration(run.elapsed_ms)] as const] : []),
    ...stepRows(run),
    ...(run.reason ? [["reason", String(run.reason)] as const] : []),
  ];
}

function stepRows(run: RunDocument): readonly Row[] {
  const steps = stepsOf(run);
  const underWay = steps.find(({ status }) => status === "started");
  if (underWay !== undefined) return [["step", `${underWay.index + 1}, ${underWay.name}`]];
  const counts = [...Map.groupBy(steps, ({ status }) => status)].map(([status, some]) => `${some.length} ${status}`);
  return counts.length === 0 ? [] : [["steps", counts.join(", ")]];
}

function overlapRows({ underWay }: Facts): readonly Row[] {
  if (underWay === null) return [];
  return [
    ["earlier run", underWay._id],
    ["on", renderExecutor(underWay).join("  ")],
  ];
}

function editRows({ run, job, lastRun }: Recorded): readonly Row[] {
  if (lastRun !== null) return [["edited", "the job was removed since"]];
  if (job === null) return [["edited", "the job is invalid by now"]];
  if (run.job_rev === job.rev) return [];
  return [["edited", `the job was changed since: this run goes by edition ${run.job_rev}, now it is ${job.rev}`]];
}

/** As far as the machines' rows tell, which know the last start of each agent only. */
function machinesAlive({ machines, now, at, lastStartAt }: Facts): readonly string[] {
  const alive = machines.filter(({ started_at, stopped_at, age_ms }) => {
    const end = stopped_at instanceof Date ? stopped_at.getTime() : age_ms === null ? 0 : now - age_ms;
    return started_at instanceof Date && started_at.getTime() <= lastStartAt && end >= at;
  });
  return alive.map(({ hostname, machine_id }) => String(hostname ?? machine_id));
}
