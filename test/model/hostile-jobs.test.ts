import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { renderProblem } from "../../src/model/job.ts";
import { parseJob } from "../../src/model/parse-job.ts";
import { retryPolicy } from "../helpers/retry-policy.ts";

const retry = retryPolicy({ retries: 2, delaySec: 3, backoff: 2, maxDelaySec: 300 });
const defaults = { tz: "UTC", httpDefaults: { timeoutSec: 30, retry } };
const simple = { _id: "x", name: "x", hour: 9, method: "POST", url: "https://example.com/" };

function problemsOf(document: unknown): readonly string[] {
  const parsed = parseJob(document, defaults);
  assert.ok("invalid" in parsed, "the job is valid");
  return parsed.invalid.problems.map(renderProblem);
}

function nested(levels: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = wrap(value);
  return value;
}

function cyclic(): object {
  const value: Record<string, unknown> = {};
  value.left = value;
  value.right = value;
  return value;
}

const throwing = new Proxy(
  {},
  {
    get: () => {
      throw new Error("no");
    },
    ownKeys: () => {
      throw new Error("no");
    },
  },
);

describe("no document makes the parser throw or hang:", () => {
  const notDocuments: readonly [title: string, value: unknown, got: string][] = [
    ["null", null, "null"],
    ["undefined", undefined, "nothing"],
    ["a number", 5, "5"],
    ["a text", "{}", '"{}"'],
    ["a list", [simple], "a list"],
    ["a date", new Date(Number.NaN), "an invalid date"],
    ["a function", () => 1, "a function"],
    ["a symbol", Symbol("x"), "a symbol"],
    ["a Map", new Map([["name", "x"]]), "a Map"],
    ["a proxy that throws", throwing, "a value that can't be read"],
  ];
  for (const [title, value, got] of notDocuments) {
    test(title, () => assert.deepEqual(problemsOf(value), [`document: expected an object, got ${got}`]));
  }

  const bodies: readonly [title: string, body: unknown, problem: string][] = [
    [
      "10,000 levels of objects",
      nested(10_000, (a) => ({ a })),
      "body: expected at most 100 levels of nesting, got more",
    ],
    ["10,000 levels of lists", nested(10_000, (a) => [a]), "body: expected at most 100 levels of nesting, got more"],
    ["a cycle", cyclic(), "body: expected at most 100 levels of nesting, got more"],
    ["a list of a billion holes", new Array(1e9), "document: expected at most 256 KiB of text, got more"],
    ["a text of 50 MB", "x".repeat(5e7), "document: expected at most 256 KiB of text, got more"],
    ["a key of 1 MB", { ["x".repeat(1e6)]: 1 }, "document: expected at most 256 KiB of text, got more"],
    ["a proxy inside", { a: throwing }, "body.a: expected a value that JSON knows, got a value that can't be read"],
    ["a regular expression", { a: /x/ }, "body.a: expected a value that JSON knows, got a RegExp"],
    ["NaN inside", [Number.NaN], "body[0]: expected a value that JSON knows, got NaN"],
    [
      "an invalid date inside",
      [new Date(Number.NaN)],
      "body[0]: expected a value that JSON knows, got an invalid date",
    ],
    ["prototype as a key", { prototype: 1 }, "body.prototype: expected no key of this name, got one"],
    [
      "a broken ObjectId",
      { a: { _bsontype: "ObjectId", toHexString: "x" } },
      "body.a: expected a value that JSON knows, got a value that can't be read",
    ],
  ];
  for (const [title, body, problem] of bodies) {
    test(title, () => assert.deepEqual(problemsOf({ ...simple, body }), [problem]));
  }

  test("99 levels of nesting and 256 KiB of text are still fine", () => {
    const parsed = parseJob({ ...simple, body: nested(98, (a) => [a]), description: "x".repeat(261_000) }, defaults);
    assert.ok("job" in parsed);
  });

  test("an accessor that throws", () => {
    const document = Object.defineProperty({ ...simple }, "_id", {
      enumerable: true,
      get: () => {
        throw new Error("no");
      },
    });
    const problems = problemsOf(document);
    assert.deepEqual(problems, ["document: expected an object, got a value that can't be read"]);
  });

  test("a __proto__ at the top, as JSON.parse makes it, changes nothing", () => {
    const document = JSON.parse('{"_id": "x", "name": "x", "url": "https://example.com/", "__proto__": {"hour": 9}}');
    assert.deepEqual(problemsOf(document), [
      "__proto__: expected no key of this name, got one",
      "hour: expected a schedule: hour and minute, cron, every_sec, at or schedules, got nothing",
    ]);
  });

  test("names of inherited members are unknown fields like any other", () => {
    assert.deepEqual(problemsOf({ ...simple, toString: 1, hasOwnProperty: 2 }), [
      "toString: expected no such field, got 1",
      "hasOwnProperty: expected no such field, got 2",
    ]);
  });
});

describe("what a message shows", () => {
  test("is cut, on one line and without characters that move a cursor", () => {
    const evil = "\u001b[31m\u202e\u{e0041}\u2028\ud800";
    const [line = ""] = problemsOf({ ...simple, method: evil + "x".repeat(1000), [evil]: 1 }).slice(-1);
    const [key = ""] = problemsOf({ ...simple, [evil]: 1 });
    for (const text of [line, key]) {
      assert.ok(text.length < 250, text);
      assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}]/u);
    }
    assert.match(key, /^\["\\u001b\[31m\\u\{202e\}\\u\{e0041\}\\u\{2028\}\\ud800"\]: expected no such field, got 1$/);
  });

  test("never is the text of a header, a parameter, a body or an unknown field", () => {
    const secret = "hunter2";
    const problems = problemsOf({
      ...simple,
      method: "GET",
      autorization: secret,
      headers: { A: `${secret}\n`, "B C": secret },
      params: { a: { secret } },
      body: secret,
    });
    assert.equal(problems.length, 5);
    assert.doesNotMatch(problems.join("\n"), /hunter2/);
  });
});
