// What a job expects of answers, and what it saves of them.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HttpResult } from "../../src/chain/http-attempt.ts";
import { judgeResponse } from "../../src/chain/judge-response.ts";
import { createMasker } from "../../src/chain/masking.ts";
import type { HttpAction, JsonValue } from "../../src/model/job.ts";
import type { Outputs } from "../../src/model/run.ts";
import { jobOf, simple } from "../model/parse-fixtures.ts";

const mask = createMasker(new Map([["API_SECRET", { value: "hunter22", hosts: null }]]));

function actionOf(fields: Record<string, unknown>): HttpAction {
  const [action] = jobOf({ ...simple, ...fields }).actions;
  assert.ok(action?.type === "http");
  return action;
}

function answer(body: unknown, changes: Partial<HttpResult> = {}): HttpResult {
  const sample = typeof body === "string" ? body : JSON.stringify(body);
  return { statusCode: 200, elapsedMs: 1, sample, truncated: false, error: null, retryAfterMs: null, ...changes };
}

function judge(fields: Record<string, unknown>, result: HttpResult, outputs: Outputs = new Map()) {
  return judgeResponse(actionOf(fields), result, outputs, mask);
}

const reset = { code: "reset", message: "reset: h closed the connection", retryable: true } as const;
const timeout = { code: "timeout", message: "timeout: no answer", retryable: true } as const;
const blocked = { code: "blocked", message: "blocked: h", retryable: false } as const;
const status = (...list: unknown[]) => ({ expect: { status: list } });
const json = (...list: unknown[]) => ({ expect: { json: list } });
const body = { ok: false, count: 3, items: [{ id: "a" }, { id: "b" }], key: "hunter22", text: "x".repeat(100) };

type Failed = readonly [title: string, expect: object, result: HttpResult, message: string, cause: unknown];

const failures: readonly Failed[] = [
  ["a 404", {}, answer("", { statusCode: 404 }), "status 404", 404],
  ["a redirect", {}, answer("", { statusCode: 302 }), "status 302: redirects are not followed", 302],
  ["a 503 that breaks off", {}, answer("", { statusCode: 503, error: reset }), "status 503", 503],
  ["a 200 that breaks off", {}, answer("", { error: reset }), reset.message, "network"],
  ["no answer in time", {}, answer("", { statusCode: null, error: timeout }), timeout.message, "timeout"],
  ["a request that was never sent", {}, answer("", { statusCode: null, error: blocked }), blocked.message, null],
  [
    "a status that is not listed",
    status(200, "3xx"),
    answer("", { statusCode: 404 }),
    "expect: expected status 200, 300-399, got 404",
    404,
  ],
  [
    "a 202 where 200 is wanted",
    status(200),
    answer("", { statusCode: 202 }),
    "expect: expected status 200, got 202",
    "expect",
  ],
  [
    "an expected status that breaks off",
    status(404),
    answer("", { statusCode: 404, error: reset }),
    reset.message,
    "network",
  ],
  [
    "a body without the text",
    { expect: { body_contains: "done" } },
    answer("working"),
    'expect: expected the body to contain "done"',
    "expect",
  ],
  [
    "a cut body without the text",
    { expect: { body_contains: "done" } },
    answer("working", { truncated: true }),
    'expect: expected the part that is read to contain "done"',
    "expect",
  ],
  ["another value", json({ path: "$.ok", eq: true }), answer(body), "expect: $.ok: expected true, got false", "expect"],
  [
    "a number out of bounds",
    json({ path: "$.count", gte: 1, lt: 3 }),
    answer(body),
    "expect: $.count: expected a number below 3, got 3",
    "expect",
  ],
  [
    "the second of two expectations",
    json({ path: "$.count", eq: 3 }, { path: "$.gone", exists: true }),
    answer(body),
    "expect: $.gone: expected a value, got nothing",
    "expect",
  ],
  [
    "a list in place of a value",
    json({ path: "$.items", type: "object" }),
    answer(body),
    'expect: $.items: expected a value of type "object", got a list of 2',
    "expect",
  ],
  [
    "a path with several values",
    json({ path: "$.items[*].id", eq: "a" }),
    answer(body),
    "expect: $.items[*].id finds 2 values, and must find one",
    "expect",
  ],
  [
    "no JSON",
    json({ path: "$.ok", eq: true }),
    answer("<html>"),
    "expect: expected JSON with $.ok, got a body that is no JSON",
    "expect",
  ],
  [
    "an empty body",
    json({ path: "$.ok", eq: true }),
    answer(""),
    "expect: expected JSON with $.ok, got an empty body",
    "expect",
  ],
  [
    "a cut body",
    json({ path: "$.ok", eq: false }),
    answer(body, { truncated: true }),
    "expect: expected JSON with $.ok, got a body that is cut at 64 KiB",
    "expect",
  ],
  [
    "a value that is long or secret",
    json({ path: "$.key", eq: "other" }),
    answer(body),
    'expect: $.key: expected "other", got "{{API_SECRET}}"',
    "expect",
  ],
];

describe("a try fails with", () => {
  for (const [title, fields, result, message, cause] of failures) {
    test(title, () => {
      const verdict = judge({ ...fields }, result);
      assert.ok(verdict.error !== null);
      assert.deepEqual([verdict.error.message, verdict.cause], [message, cause]);
      assert.ok(verdict.error.message.startsWith(verdict.error.code));
    });
  }
});

test("long values are cut in messages", () => {
  const { error } = judge(json({ path: "$.text", eq: "y" }), answer(body));
  assert.equal(error?.message, `expect: $.text: expected "y", got "${"x".repeat(60)}…"`);
});

test("a secret at the place where a message is cut leaves no part of itself", () => {
  const { error } = judge(json({ path: "$", eq: "y" }), answer(JSON.stringify(`${"x".repeat(55)}hunter22`)));
  assert.ok(!error?.message.includes("hunt"), error?.message);
});

test("what is expected and comes is a success", () => {
  const expect = {
    status: ["2xx", 404],
    body_contains: '"ok"',
    json: [
      { path: "$.ok", eq: false, type: "boolean" },
      { path: "$.items[?@.id == 'b']", exists: true },
      { path: "$.gone", exists: false },
    ],
  };
  const verdict = judge({ expect }, answer(body, { statusCode: 404 }));
  assert.deepEqual([verdict.error, verdict.error === null && verdict.saved.size], [null, 0]);
});

test("values are saved with their types", () => {
  const save = { id: "$.items[0].id", n: "$.count", all: "$.items", nothing: "$.nothing" };
  const verdict = judge({ save }, answer({ ...body, nothing: null }));
  assert.ok(verdict.error === null);
  assert.deepEqual(Object.fromEntries(verdict.saved), { id: "a", n: 3, all: body.items, nothing: null });
});

const nested = (depth: number) => JSON.parse("[".repeat(depth) + "]".repeat(depth)) as JsonValue;

const unfit: readonly [title: string, value: JsonValue | undefined, says: RegExp][] = [
  ["nothing", undefined, /^expect: save\.x: expected a value at \$\.x, got nothing$/],
  ["4,097 bytes", "x".repeat(4_095), /^expect: save\.x: \$\.x is 4097 bytes, more than the 4096 of one output$/],
  ["deep lists", nested(21), /nested deeper than 20 levels/],
  ["a rounded number", 2 ** 63, /a number with more digits than are kept/],
  ["a key with a dot", { "a.b": 1 }, /a key that is empty, begins with \$ or holds a dot or NUL/],
  ["a key for an operator", [{ $set: 1 }], /begins with \$/],
  ["half a character", "a\ud800", /no valid Unicode/],
  ["a secret", ["x hunter22 y"], /is or holds a secret: .*, and save_secret does not exist yet$/],
  ["an encoded secret", Buffer.from("hunter22").toString("base64"), /is or holds a secret/],
];

describe("a value that is not saved fails the try:", () => {
  for (const [title, x, says] of unfit) {
    test(title, () => {
      const { error } = judge({ save: { x: "$.x" } }, answer(JSON.stringify({ x }) ?? ""));
      assert.equal(error?.code, "expect");
      assert.match(error.message, says);
      assert.ok(!error.message.includes("hunter22"));
    });
  }

  test("lists as deep as an answer can hold", () => {
    const { error } = judge({ save: { x: "$.x" } }, answer(`{"x": ${"[".repeat(32_000)}${"]".repeat(32_000)}}`));
    assert.match(error?.message ?? "", /nested deeper than 20 levels/);
  });

  test("infinity", () => {
    assert.match(judge({ save: { x: "$.x" } }, answer('{"x": 1e999}')).error?.message ?? "", /more digits/);
  });

  test("a body that is cut", () => {
    const { error } = judge({ save: { x: "$.x" } }, answer({ x: 1 }, { truncated: true }));
    assert.equal(error?.message, "expect: save needs JSON, got a body that is cut at 64 KiB");
  });

  test("one that makes all outputs of the run larger than 32 KiB", () => {
    const outputs = new Map(Array.from({ length: 8 }, (_, i) => [`o${i}`, "x".repeat(4_000)]));
    const fits = judge({ save: { x: "$.x" } }, answer({ x: "x".repeat(700) }), outputs);
    assert.equal(fits.error, null);
    const { error } = judge({ save: { x: "$.x" } }, answer({ x: "x".repeat(800) }), outputs);
    assert.equal(error?.message, "expect: the run's outputs would be 32835 bytes, more than 32768");
    const replaced = judge({ save: { o0: "$.x" } }, answer({ x: "x".repeat(800) }), outputs);
    assert.equal(replaced.error, null);
  });
});
