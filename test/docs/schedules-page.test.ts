import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parseCron } from "../../src/model/parse-cron.ts";
import { duesBetween } from "../../src/model/schedule.ts";
import { lastInstant } from "../../src/model/zone-offset.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/schedules.md"), "utf8");
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.slice(2, -2).split(" | "));

describe("docs/schedules.md tells the truth about", () => {
  const examples = rows.filter((cells) => cells.length === 4);
  for (const [expression = "", tz = "", after = "", due = ""] of examples) {
    test(`${expression} in ${tz}`, () => {
      const parsed = parseCron(expression.slice(1, -1), "");
      assert.ok("cron" in parsed);
      const rules = [{ kind: "cron", expression, pattern: parsed.cron.pattern } as const];
      const wanted = due.split(", ");
      const found = duesBetween({ tz, rules }, Date.parse(after), lastInstant, wanted.length);
      assert.deepEqual(
        found.map((at) => new Date(at).toISOString().replace(".000Z", "Z")),
        wanted,
      );
    });
  }

  const refusals = rows.filter((cells) => cells.length === 2 && cells[1]?.startsWith("expected "));
  for (const [expression = "", message = ""] of refusals) {
    test(`what it says of ${expression}`, () => {
      const parsed = parseCron(expression.slice(1, -1), "");
      assert.ok("refusals" in parsed);
      const texts = parsed.refusals.map(
        ({ expected, got, hint }) => `expected ${expected}, got ${got}${hint === null ? "" : ` (${hint})`}`,
      );
      assert.equal(texts.join("; "), message);
    });
  }

  test("all of it", () => assert.ok(examples.length >= 13 && refusals.length >= 10));
});
