import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { stripVTControlCharacters, styleText } from "node:util";
import { fitTable } from "../../src/cli/fit-table.ts";
import { createOutput, type OutputOptions } from "../../src/cli/output.ts";
import { printTable } from "../../src/cli/print-table.ts";

const red = (cell: string) => styleText("red", cell, { validateStream: false });

test("columns align also behind wide, joined and coloured characters", async () => {
  const rows = [
    ["報告", "x"],
    ["👩‍👩‍👧", "x"],
    ["e\u0301te", "x"],
    [red("no"), "x"],
  ];
  assert.deepEqual((await fitTable(["JOB", "N"], rows, undefined)).map(stripVTControlCharacters), [
    "JOB   N",
    "報告  x",
    "👩‍👩‍👧    x",
    "e\u0301te   x",
    "no    x",
  ]);
});

test("a table wider than the terminal has its widest columns cut, and the others stay whole", async () => {
  const rows = [["nightly", "ok", "a".repeat(60), "b".repeat(40)]];
  const [, line = ""] = await fitTable(["JOB", "STATUS", "RUN", "REASON"], rows, 65);
  assert.equal(line, `nightly  ok      ${"a".repeat(22)}…  ${"b".repeat(22)}…`);
});

test("where that is not enough the last columns give way, so that times stay whole", async () => {
  const rows = [["2026-11-21 18:00:00", "ok", "a".repeat(60), "b".repeat(40)]];
  const [, line = ""] = await fitTable(["SCHEDULED FOR", "STATUS", "RUN", "REASON"], rows, 53);
  assert.equal(line, `2026-11-21 18:00:00  ok      ${"a".repeat(15)}…  bbbbb…`);
});

test("wide characters are not cut in half, and a cut cell ends its colour", async () => {
  const [, line = ""] = await fitTable(["A"], [[red("漢字漢字漢字")]], 8);
  assert.equal(stripVTControlCharacters(line).trimEnd(), "漢字漢…");
  assert.equal(line.trimEnd(), red("漢字漢…"));
});

test("what is plain is measured as what is not: as long as it is shown", async () => {
  const cells = ["nightly", red("ok"), "café", "¡50 %…", "a–b"];
  const plain = await fitTable(
    ["A"],
    cells.map((cell) => [cell]),
    5,
  );
  const measured = await fitTable(
    ["A"],
    [...cells, "漢"].map((cell) => [cell]),
    5,
  );
  assert.deepEqual(measured.slice(0, -1), plain);
});

test("no line is wider than the terminal, however narrow it is", async () => {
  const lines = await fitTable(["FIRST", "SECOND"], [["abcdefghij", "klmnopqrst"]], 10);
  assert.deepEqual(lines, ["FIRST   S…", "abcde…  k…"]);
});

async function printed(options: Partial<OutputOptions>, isTTY: boolean): Promise<string> {
  const stdout = Object.assign(new PassThrough(), { isTTY, columns: 20 });
  const output = createOutput({ stdout, stderr: new PassThrough(), env: {}, color: undefined, ...options });
  await printTable(output, ["JOB", "RUN"], [[output.paint("green", "nightly"), "x".repeat(40)]], "");
  stdout.end();
  return text(stdout);
}

test("only a terminal has a width: in a pipe nothing is cut", async () => {
  const lengths = (shown: string) =>
    stripVTControlCharacters(shown)
      .split("\n")
      .map((line) => line.length);
  assert.deepEqual(lengths(await printed({}, true)), [12, 20, 0]);
  assert.deepEqual(lengths(await printed({}, false)), [12, 49, 0]);
});

const colour = "\u001b[32m";
const colours: [string, Partial<OutputOptions>, boolean, boolean][] = [
  ["a terminal", {}, true, true],
  ["a pipe", {}, false, false],
  ["a terminal with NO_COLOR", { env: { NO_COLOR: "1" } }, true, false],
  ["a terminal with an empty NO_COLOR, which counts as none", { env: { NO_COLOR: "" } }, true, true],
  ["a terminal that knows no colours", { env: { TERM: "dumb" } }, true, false],
  ["--color in a pipe", { color: true }, false, true],
  ["--color against NO_COLOR", { color: true, env: { NO_COLOR: "1" } }, false, true],
  ["FORCE_COLOR in a pipe", { env: { FORCE_COLOR: "1" } }, false, true],
  ["FORCE_COLOR=0 on a terminal", { env: { FORCE_COLOR: "0" } }, true, false],
  ["FORCE_COLOR against NO_COLOR", { env: { FORCE_COLOR: "1", NO_COLOR: "1" } }, false, true],
  ["--no-color against FORCE_COLOR", { color: false, env: { FORCE_COLOR: "1" } }, true, false],
  ["--no-color on a terminal", { color: false }, true, false],
];
for (const [where, options, isTTY, expected] of colours) {
  test(`${where}: ${expected ? "colours" : "no colours"}`, async () => {
    assert.equal((await printed(options, isTTY)).includes(colour), expected);
  });
}
