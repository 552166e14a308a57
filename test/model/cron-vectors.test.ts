import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parseCron } from "../../src/model/parse-cron.ts";
import { type Instant, nextDue, type Schedule } from "../../src/model/schedule.ts";

/** `start` is exclusive; an empty `out`: the expression is refused. */
interface Vector {
  readonly id: string;
  readonly tz: string;
  readonly expr: string;
  readonly start: string;
  readonly n: number;
  readonly out: readonly string[];
}

const vectors: readonly Vector[] = JSON.parse(readFileSync(join(import.meta.dirname, "cron-vectors.json"), "utf8"));

describe("cron-vectors.json:", () => {
  for (const { id, tz, expr, start, n, out } of vectors) {
    test(`${id}: "${expr}" in ${tz}`, () => assert.deepEqual(instantsOf(expr, tz, Date.parse(start), n), out));
  }

  test("there are all of them", () => assert.ok(vectors.length >= 35));
});

function instantsOf(expr: string, tz: string, start: Instant, count: number): readonly string[] {
  const parsed = parseCron(expr, "");
  if ("refusals" in parsed) return [];
  const schedule: Schedule = { tz, rules: [{ kind: "cron", expression: expr, pattern: parsed.cron.pattern }] };
  const found: string[] = [];
  let last: Instant | null = start;
  while (found.length < count) {
    last = nextDue(schedule, last);
    if (last === null) break;
    found.push(new Date(last).toISOString().replace(".000Z", "Z"));
  }
  return found;
}
