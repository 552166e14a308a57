// `retry` of a job or an action: what is not given comes from the level above, key by key.
import { type FieldReader, readerAt, readNumber, readWhole, refuse } from "./field-readers.ts";
import { checkFields, type KnownFields } from "./known-fields.ts";
import { fieldPath } from "./problem-list.ts";
import type { RetryPolicy } from "./retry.ts";

export const retryFields: KnownFields = {
  known: ["retries", "delay_sec", "backoff", "max_delay_sec", "jitter"],
  unsupported: { on: "a choice of what is retried is" },
};

/** The policy in field `retry` over `outer`. */
export function parseRetry(reader: FieldReader, outer: RetryPolicy): RetryPolicy {
  const value = reader.fields.get("retry");
  if (value === undefined) return outer;
  const path = fieldPath(reader.path, "retry");
  const hint = typeof value === "number" ? `write {"retries": ${value}}` : undefined;
  const retry = readerAt(reader, { path, value, expected: 'an object such as {"retries": 3}', hint });
  if (retry === undefined) return outer;
  checkFields(retry, retryFields);
  const jitter = retry.fields.get("jitter");
  if (jitter === "none") refuse(retry, { key: "jitter", expected: '"full": others are not supported by this version' });
  else if (jitter !== undefined && jitter !== "full") refuse(retry, { key: "jitter", expected: '"full"' });
  const policy = {
    retries: readWhole(retry, "retries", { from: 0, to: 100 }) ?? outer.retries,
    delaySec: readNumber(retry, "delay_sec", { from: 0, to: 86_400 }) ?? outer.delaySec,
    backoff: readNumber(retry, "backoff", { from: 1, to: 100 }) ?? outer.backoff,
    maxDelaySec: readNumber(retry, "max_delay_sec", { from: 0, to: 86_400 }) ?? outer.maxDelaySec,
  };
  if (retry.fields.has("delay_sec") && policy.delaySec > policy.maxDelaySec) {
    retry.problems.hint(`${retry.path}.delay_sec: ${policy.delaySec} is cut to max_delay_sec, ${policy.maxDelaySec}`);
  }
  return policy;
}
