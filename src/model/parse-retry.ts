// `retry` of a job or an action: what is not given comes from the level above, key by key.
import { type FieldReader, readerAt, readList, readNumber, readWhole, refuse } from "./field-readers.ts";
import { checkFields, type KnownFields } from "./known-fields.ts";
import { fieldPath } from "./problem-list.ts";
import { parseRetryCause, type RetryPolicy, retryCauseNames } from "./retry.ts";
import { statusForms } from "./status-range.ts";

export const retryFields: KnownFields = {
  known: ["retries", "delay_sec", "backoff", "max_delay_sec", "jitter", "on"],
};

const mostCauses = 20;
const causeForms = `${retryCauseNames.map((name) => `"${name}"`).join(", ")}, ${statusForms}`;

/** The policy in field `retry` over `outer`. */
export function parseRetry(reader: FieldReader, outer: RetryPolicy): RetryPolicy {
  const value = reader.fields.get("retry");
  if (value === undefined) return outer;
  const path = fieldPath(reader.path, "retry");
  const hint = typeof value === "number" ? `write {"retries": ${value}}` : undefined;
  const retry = readerAt(reader, { path, value, expected: 'an object such as {"retries": 3}', hint });
  if (retry === undefined) return outer;
  checkFields(retry, retryFields);
  const policy = {
    retries: readWhole(retry, "retries", { from: 0, to: 100 }) ?? outer.retries,
    delaySec: readNumber(retry, "delay_sec", { from: 0, to: 86_400 }) ?? outer.delaySec,
    backoff: readNumber(retry, "backoff", { from: 1, to: 100 }) ?? outer.backoff,
    maxDelaySec: readNumber(retry, "max_delay_sec", { from: 0, to: 86_400 }) ?? outer.maxDelaySec,
    jitter: parseJitter(retry) ?? outer.jitter,
    on: parseCauses(retry) ?? outer.on,
  };
  if (retry.fields.has("delay_sec") && policy.delaySec > policy.maxDelaySec) {
    retry.problems.hint(`${retry.path}.delay_sec: ${policy.delaySec} is cut to max_delay_sec, ${policy.maxDelaySec}`);
  }
  return policy;
}

function parseJitter(retry: FieldReader): RetryPolicy["jitter"] | undefined {
  const value = retry.fields.get("jitter");
  if (value === undefined || value === "full" || value === "none") return value;
  return refuse(retry, { key: "jitter", expected: '"full" or "none"' });
}

function parseCauses(retry: FieldReader): RetryPolicy["on"] | undefined {
  const expected = `a list of 1-${mostCauses} of ${causeForms}`;
  return readList(retry, "on", { expected, most: mostCauses })?.flatMap(({ path, value }) => {
    const cause = parseRetryCause(value);
    if (cause === null) retry.problems.add({ path, expected: causeForms, value });
    return cause ?? [];
  });
}
