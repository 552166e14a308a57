// The largest record a chain can leave: every step with all that it may keep, in the longest encoding.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { HttpResult } from "../../src/chain/http-attempt.ts";
import type { Job } from "../../src/model/job.ts";
import { chainContext, executeWhole } from "../helpers/chain-fixtures.ts";
import { recordBytes } from "../helpers/run-record.ts";
import { jobOf } from "../model/parse-fixtures.ts";

const wide = "鍵";
const longName = wide.repeat(196);

function largestJob(): Job {
  const expect = { json: [{ path: `$["${wide.repeat(195)}"]`, eq: wide.repeat(500) }] };
  const retry = { retries: 5, delay_sec: 0 };
  const common = { continue_on_failure: true, url: "https://example.com/{{outputs.big0}}" };
  const saving = Array.from({ length: 7 }, (_, i) => ({ save: { [`big${i}`]: "$.big" }, expect: { status: [200] } }));
  const actions = Array.from({ length: 100 }, (_, i) => ({
    ...common,
    ...(i === 0 ? { url: "https://example.com/" } : {}),
    ...saving[i],
    name: `${longName}${i}`,
  }));
  return jobOf({ _id: wide.repeat(200), name: wide.repeat(200), hour: 9, expect, retry, actions });
}

test("a chain of 100 steps with the largest of everything leaves a record below 1 MiB", async () => {
  const job = largestJob();
  const context = { ...chainContext([]), job, runId: `${job.idText}@2026-01-15T09:30:00.000Z` };
  const body = { big: wide.repeat(1_300), rest: wide.repeat(2_000) };
  const result: HttpResult = {
    ...{ statusCode: 200, elapsedMs: 1, sample: JSON.stringify(body) },
    ...{ truncated: false, error: null, retryAfterMs: null },
  };
  const mask = (text: string) => text;
  const end = await executeWhole(context, { send: async () => result, mask });
  assert.deepEqual([end.steps.length, end.outputs.size], [100, 7]);
  const last = end.steps.at(-1);
  assert.deepEqual([last?.tries.length, last?.attempts, last?.error?.code], [5, 6, "expect"]);

  const bytes = recordBytes(context, end);
  assert.ok(bytes < 2 ** 20, `${bytes} bytes`);
  // Otherwise it would not be the largest.
  assert.ok(bytes > 2 ** 19, `${bytes} bytes`);
});
