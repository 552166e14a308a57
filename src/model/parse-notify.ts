// `notify` of a job: a list of channels, or an object that says more.
import { type FieldReader, readerAt, readList, readNumber, readWhole } from "./field-readers.ts";
import { checkFields, type KnownFields } from "./known-fields.ts";
import { nearest } from "./nearest.ts";
import { type NotifyEvent, type NotifyPolicy, notifyEvents, notifyNobody } from "./notify.ts";
import { renderGot } from "./problem-list.ts";

/** What the config says about notifications. */
export interface NotifyDefaults {
  /** For a job that says nothing, and for what an object leaves out. */
  readonly policy: NotifyPolicy;
  /** The channels this machine knows; undefined: not known here. */
  readonly channels?: readonly string[];
}

export const notifyFields: KnownFields = { known: ["channels", "after", "on", "slow_sec"] };

const mostChannels = 20;
export const mostInARow = 1_000;
const longestSlowSec = 604_800;

export function parseNotify(reader: FieldReader, defaults: NotifyDefaults = { policy: notifyNobody }): NotifyPolicy {
  const value = reader.fields.get("notify");
  if (value === undefined) return defaults.policy;
  // Nobody shall hear of this job, whatever the config says of others.
  if (Array.isArray(value) && value.length === 0) return { ...defaults.policy, channels: [] };
  if (Array.isArray(value)) return { ...defaults.policy, channels: parseChannels(reader, "notify", defaults) };
  const expected = 'a list of channels, or an object such as {"channels": ["ops"], "after": 3}';
  const notify = readerAt(reader, { path: "notify", value, expected });
  if (notify === undefined) return defaults.policy;
  checkFields(notify, notifyFields);
  const { policy } = defaults;
  return {
    channels: notify.fields.has("channels") ? parseChannels(notify, "channels", defaults) : policy.channels,
    after: readWhole(notify, "after", { from: 1, to: mostInARow }) ?? policy.after,
    on: parseEvents(notify) ?? policy.on,
    slowSec: readNumber(notify, "slow_sec", { from: 0, above: true, to: longestSlowSec }) ?? policy.slowSec,
  };
}

function parseChannels(reader: FieldReader, key: string, { channels }: NotifyDefaults): readonly string[] {
  const expected = `a list of 1-${mostChannels} names of channels`;
  const items = readList(reader, key, { expected, most: mostChannels }) ?? [];
  const names = items.flatMap(({ path, value }) => {
    if (typeof value === "string" && /^[\w-]{1,100}$/.test(value)) return [value];
    reader.problems.add({ path, expected: "the name of a channel of the config's notify", value });
    return [];
  });
  for (const name of channels === undefined ? [] : names) hintUnknown(reader, name, channels ?? []);
  return [...new Set(names)];
}

/** No problem of the job: another machine's config may know the channel, and a run must not wait for a message. */
function hintUnknown({ problems }: FieldReader, name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  const near = nearest(name, known);
  const guess = near === null ? "" : ` (did you mean "${near}"?)`;
  problems.hint(`notify: the config of this machine has no channel ${renderGot(name)}${guess}`);
}

function parseEvents(notify: FieldReader): readonly NotifyEvent[] | undefined {
  const expected = `a list of ${notifyEvents.map((event) => JSON.stringify(event)).join(", ")}`;
  const items = readList(notify, "on", { expected, most: notifyEvents.length });
  return items?.flatMap(({ path, value }) => {
    const event = notifyEvents.find((one) => one === value);
    if (event === undefined) notify.problems.add({ path, expected: `one of ${expected.slice(10)}`, value });
    return event ?? [];
  });
}
