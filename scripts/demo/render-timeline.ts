// The history of the demo as a picture and as counts.

/** One occurrence: when it was due, and what the records and the target say of it. */
export interface DemoOccurrence {
  /** Milliseconds since the epoch. */
  readonly dueAt: number;
  /** Names of the agents whose record of it ended ok; one is right. */
  readonly ranOn: readonly string[];
  readonly lateMs: number;
  /** How many requests of it arrived. */
  readonly requests: number;
}

export interface DemoEvent {
  readonly at: number;
  readonly agent: string;
  readonly mark: "x" | "+";
}

/** A row for each agent, a column for each occurrence: `●` it ran it, `x` it was killed, `+` it was started again. */
export function renderTimeline(
  agents: readonly string[],
  occurrences: readonly DemoOccurrence[],
  events: readonly DemoEvent[],
): readonly string[] {
  const [first] = occurrences;
  const title = `due   ${first === undefined ? "" : new Date(first.dueAt).toISOString().slice(11, 19)}, then every second`;
  const rows = agents.map((agent) => {
    const cells = occurrences.map(({ dueAt, ranOn }, i) => {
      const until = occurrences[i + 1]?.dueAt ?? Number.POSITIVE_INFINITY;
      const event = events.find((one) => one.agent === agent && one.at >= dueAt && one.at < until);
      return (ranOn.includes(agent) ? "●" : "·") + (event?.mark ?? " ");
    });
    return `${agent.padEnd(8)}  ${cells.join("")}`.trimEnd();
  });
  return [title, ...rows];
}

export interface DemoCounts {
  readonly due: number;
  readonly missing: number;
  readonly twice: number;
  readonly requests: number;
  readonly sentAgain: number;
}

/** Every second from the first occurrence to `lastDue` (milliseconds) must have been run exactly once. */
export function countOccurrences(occurrences: readonly DemoOccurrence[], lastDue: number): DemoCounts {
  const firstDue = Math.min(lastDue, ...occurrences.map(({ dueAt }) => dueAt));
  const due = occurrences.length === 0 ? 0 : (lastDue - firstDue) / 1_000 + 1;
  const ran = occurrences.filter(({ ranOn }) => ranOn.length > 0);
  return {
    due,
    missing: due - new Set(ran.map(({ dueAt }) => dueAt)).size,
    twice: occurrences.filter(({ ranOn }) => ranOn.length > 1).length,
    requests: occurrences.reduce((sum, { requests }) => sum + requests, 0),
    sentAgain: occurrences.filter(({ requests }) => requests > 1).length,
  };
}
