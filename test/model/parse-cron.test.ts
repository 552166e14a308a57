// What is accepted: spellings that mean the same, `H`, and what is remarked on.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Cron, parseCron } from "../../src/model/parse-cron.ts";

function cronOf(expression: string, spreadBy = ""): Cron {
  const parsed = parseCron(expression, spreadBy);
  assert.ok("cron" in parsed, `${expression} is accepted`);
  return parsed.cron;
}

const valuesOf = (expression: string, field: number, spreadBy = "") =>
  cronOf(expression, spreadBy).fields[field]?.values ?? [];

describe("spellings of the same:", () => {
  const rows: readonly [string, ...string[]][] = [
    ["0 0 1 1 *", "@yearly", "@annually", "@YEARLY", "0 0 1 JAN *", "0 0 0 1 1 *", "  0\t0 1  jan ? "],
    ["0 0 1 * *", "@monthly", "0 0 1 */1 ?"],
    ["0 0 * * 0", "@weekly", "0 0 * * 7", "0 0 ? * SUN", "0 0 * * 7-7", "0 0 * * 0,7"],
    ["0 0 * * *", "@daily", "@midnight", "00 00 * * *", "0 0 */1 * *", "0 0 ? * ?"],
    ["0 * * * *", "@hourly", "0 */1 * * *", "0 0-23 * * *", "0 0-11,12-23 * * *"],
    ["*/15 * * * *", "0,15,30,45 * * * *", "0-59/15 * * * *", "45,30,15,0,0 * * * *"],
    ["0 0 * * 5,6,0,1", "0 0 * * FRI-MON", "0 0 * * fri-mon", "0 0 * * 5-7,1"],
    ["0 0 1 11,12,1,2 *", "0 0 1 NOV-FEB *"],
    ["0 0 * * 5,0", "0 0 * * FRI-MON/2"],
    ["0 0 * * 5#2", "0 0 * * FRI#2", "0 0 * * fri#2"],
    ["0 0 * * 0L", "0 0 * * 7L", "0 0 * * SUNL", "0 0 * * sunl"],
    ["0 0 LW * *", "0 0 lw * *"],
  ];
  for (const [first, ...others] of rows) {
    test(first, () => {
      const { pattern } = cronOf(first);
      for (const other of others) assert.deepEqual(cronOf(other).pattern, pattern, other);
    });
  }
});

test("expressions that mean the same share what was made of them, and only those", () => {
  assert.equal(cronOf("*/20 3 * * MON").pattern, cronOf("0,20,40 3 * * 1").pattern);
  const texts = [
    "0 3 * * *",
    "0 3 * * 1",
    "0 3 1 * *",
    "0 3 1 * 1",
    "0 3 * 2 *",
    "0 3 * * 1#1",
    "0 3 L * *",
    "0 4 * * *",
  ];
  assert.equal(new Set(texts.map((text) => cronOf(text).pattern)).size, texts.length);
});

test("a range that names all values restricts its field, a star does not", () => {
  assert.equal(cronOf("0 0 1-31 * MON").pattern.dayOfMonth?.days, 2 ** 31 - 1);
  for (const text of ["*", "?", "*/1", "*,15"])
    assert.equal(cronOf(`0 0 ${text} * MON`).pattern.dayOfMonth, null, text);
});

describe("H is decided by the job's id:", () => {
  const ids = Array.from({ length: 2_000 }, (_, i) => `job-${i}`);

  test("the same job has the same value, now and in every version", () => {
    const decided = (id: string) => cronOf("H H H H H H", id).fields.map(({ values }) => values.join());
    assert.deepEqual(decided("nightly"), ["54", "45", "18", "24", "2", "2"]);
    assert.deepEqual(decided("nightly"), decided("nightly"));
    assert.deepEqual(decided("65f1c0ffee0123456789abcd"), ["58", "1", "14", "18", "8", "6"]);
    assert.deepEqual(decided(""), ["20", "21", "9", "7", "12", "2"]);
  });

  test("values are spread evenly over the whole field, each field for itself", () => {
    for (const [field, from, to] of [
      [0, 0, 59],
      [1, 0, 59],
      [2, 0, 23],
      [3, 1, 28],
      [4, 1, 12],
      [5, 0, 6],
    ] as const) {
      const counts = new Map<number, number>();
      for (const id of ids) {
        const [value = -1, ...more] = valuesOf("H H H H H H", field, id);
        assert.equal(more.length, 0);
        counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      const expected = ids.length / (to - from + 1);
      assert.deepEqual(
        [Math.min(...counts.keys()), Math.max(...counts.keys()), counts.size],
        [from, to, to - from + 1],
      );
      for (const count of counts.values()) assert.ok(count > expected / 2.5 && count < expected * 2, `${count}`);
    }
    const same = ids.filter((id) => `${valuesOf("H H * * *", 1, id)}` === `${valuesOf("H H * * * *", 0, id)}`);
    assert.ok(same.length < ids.length / 10);
  });

  test("ranges and steps keep to their bounds", () => {
    for (const id of ids.slice(0, 300)) {
      const [inRange = -1] = valuesOf("H(10-15) * * * *", 1, id);
      assert.ok(inRange >= 10 && inRange <= 15);
      const quarters = valuesOf("H/15 * * * *", 1, id);
      assert.ok(quarters.length === 4 && (quarters[0] ?? 99) < 15);
      assert.ok(quarters.every((minute, i) => minute === (quarters[0] ?? 0) + 15 * i));
      const both = valuesOf("H(0-29)/10 * * * *", 1, id);
      assert.ok(both.length === 3 && both.every((minute) => minute < 30));
      assert.ok((valuesOf("0 0 * * H(MON-FRI)", 5, id)[0] ?? 0) >= 1);
    }
    assert.ok(new Set(ids.map((id) => `${valuesOf("H/15 * * * *", 1, id)}`)).size === 15);
  });
});

test("an expression is kept on one line, whatever it was written with", () => {
  assert.equal(cronOf(" 0\t9 \n * *\u00a0MON ").expression, "0 9 * * MON");
});

test("six fields that begin with a star are remarked on, as five were probably meant", () => {
  assert.equal(
    cronOf("*/5 * * * * *").hint,
    '"*/5" is the second: 6 fields begin with it; for minutes write "0 */5 * * * *"',
  );
  for (const text of ["0 * * * * *", "*/5 0 * * * *", "*/5 * * * *"]) assert.equal(cronOf(text).hint, null, text);
});
