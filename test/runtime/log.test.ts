import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { createLog, type LogOptions } from "../../src/runtime/log.ts";

/** What one line looks like on a terminal, or in a file or pipe. */
function lineOn(isTTY: boolean, format: LogOptions["format"]): string {
  const stream = Object.assign(new PassThrough({ encoding: "utf8" }), { isTTY });
  createLog({ level: "info", format, stream, coloured: isTTY, mask: (line) => line.replaceAll("s3cret", "***") }).info(
    { runId: "r-1", url: "/s3cret" },
    "run ended",
  );
  return stream.read();
}

test("lines are readable on a terminal and JSON elsewhere", () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's colours begin with it.
  const colours = /\u001b\[\d+m/g;
  assert.match(lineOn(true, "auto"), colours);
  assert.match(
    lineOn(true, "auto").replaceAll(colours, ""),
    /^\[\d\d:\d\d:\d\d\.\d+\] INFO: run ended \{"runId":"r-1"/,
  );
  const { msg, runId } = JSON.parse(lineOn(false, "auto"));
  assert.deepEqual([msg, runId], ["run ended", "r-1"]);
});

test("log.format decides otherwise: JSON on a terminal, readable without colours in a file", () => {
  assert.equal(JSON.parse(lineOn(true, "json")).msg, "run ended");
  assert.match(lineOn(false, "pretty"), /INFO: run ended/);
  assert.ok(!lineOn(false, "pretty").includes("\u001b"));
});

test("secrets are masked in every form", () => {
  for (const format of ["json", "pretty"] as const) {
    assert.match(lineOn(false, format), /"\/\*\*\*"/);
    assert.doesNotMatch(lineOn(false, format), /s3cret/);
  }
});

test("nothing that a target or a document says is obeyed by the terminal that shows it", () => {
  const stream = Object.assign(new PassThrough({ encoding: "utf8" }), { isTTY: true });
  const secret = "hid\u200bden";
  const mask = (line: string) => line.replaceAll(secret, "***");
  const log = createLog({ level: "info", format: "auto", stream, coloured: false, mask });
  const job = "a\u001b[2J\u009b\u202e\u2028\r\b b\\u001b\tc";
  log.error(
    { job, secret, nested: { "key\u0007": ["\u001b]0;title\u0007"] }, err: new Error("gone\u001b[31m\nnext") },
    "failed",
  );
  const shown: string = stream.read();
  assert.doesNotMatch(shown, /[^\P{Cc}\n]|[\u202e\u2028]/u);
  assert.ok(shown.includes(String.raw`"job":"a\x1b[2J\x9b\u202e\u2028\x0d\x08 b\u001b\tc"`), shown);
  assert.match(shown, /Error: gone\\x1b\[31m\n\s+next/);
  assert.ok(shown.includes('"secret":"***"'), shown);
  assert.ok(shown.includes(String.raw`"key\x07":["\x1b]0;title\x07"]`), shown);
});
