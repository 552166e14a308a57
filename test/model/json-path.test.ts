import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { JsonValue } from "../../src/model/job.ts";
import { findOne, type JsonPath, parseJsonPath } from "../../src/model/json-path.ts";
import { hostileAnswers, hostilePaths } from "./hostile-paths.ts";

function pathOf(text: string): JsonPath {
  const parsed = parseJsonPath(text);
  assert.ok("path" in parsed, `${text}: ${"expected" in parsed ? parsed.expected : ""}`);
  return parsed.path;
}

const json: JsonValue = {
  ok: true,
  nothing: null,
  items: [
    { id: 7, tags: ["a", "b"] },
    { id: 8, tags: [] },
  ],
  "odd key": { "": 1 },
};

describe("a path finds its one value:", () => {
  const rows: readonly [path: string, value: JsonValue | undefined][] = [
    ["$", json],
    ["$.ok", true],
    ["$.nothing", null],
    ["$.items[0].id", 7],
    ["$.items[-1].id", 8],
    ["$['odd key']['']", 1],
    ["$.items[?@.id == 8].tags", []],
    ["$.items[?length(@.tags) > 1].id", 7],
    ["$..tags[1]", "b"],
    ["$.missing", undefined],
    ["$.ok.deeper", undefined],
    ["$.items[9]", undefined],
    ["$.constructor", undefined],
    ["$.__proto__", undefined],
    ["$.items.length", undefined],
  ];
  for (const [path, value] of rows) {
    test(path, () => assert.deepEqual(findOne(pathOf(path), json), { value }));
  }

  test("own data under the name of a prototype", () => {
    assert.deepEqual(findOne(pathOf("$.__proto__"), JSON.parse('{"__proto__": 5}')), { value: 5 });
  });
});

test("more than one value is refused, with their number", () => {
  assert.deepEqual(findOne(pathOf("$.items[*].id"), json), { refusal: "finds 2 values, and must find one" });
});

describe("no path:", () => {
  for (const text of ["", "ok", "$.", "$[", "$.a b", "$[?match(@.a, '(a+)+$')]", "$[?search(@.a, 'a')]", "$.~"]) {
    test(JSON.stringify(text), () => assert.ok("expected" in parseJsonPath(text)));
  }

  test("more than 200 characters", () => {
    assert.ok("path" in parseJsonPath(`$.${"a".repeat(198)}`));
    assert.ok("expected" in parseJsonPath(`$.${"a".repeat(199)}`));
  });

  test("what is wrong is told in plain characters", () => {
    const parsed = parseJsonPath("$.\u202e\u001b[31m ");
    assert.match("expected" in parsed ? parsed.expected : "", /^[\x20-\x7e]+$/);
  });
});

const refusal = "looks at more than 5000 values or 50 levels";
/** Of the widest object of the hostile answers. */
const mostMembers = 6_000;
const list = (length: number): JsonValue => Array.from({ length }, () => 1);

/** Counts what is looked at, and throws where it is far too much: without a bound some searches take minutes. */
function counting(json: JsonValue): { readonly json: JsonValue; readonly looks: () => number } {
  let looks = 0;
  const look = (count = 1) => {
    looks += count;
    if (looks > 100_000) throw new RangeError("far too much");
  };
  const handler: ProxyHandler<object> = {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof key === "symbol" || !Object.hasOwn(target, key)) return value;
      look();
      return typeof value === "object" && value !== null ? new Proxy(value, handler) : value;
    },
    has(target, key) {
      look();
      return Reflect.has(target, key);
    },
    ownKeys(target) {
      look(Reflect.ownKeys(target).length);
      return Reflect.ownKeys(target);
    },
  };
  return { json: new Proxy(json as object, handler) as JsonValue, looks: () => looks };
}

describe("hostile paths over hostile answers of 64 KiB", () => {
  for (const [title, answer] of Object.entries(hostileAnswers)) {
    test(`give up in time: ${title}`, () => {
      for (const text of hostilePaths) {
        const { json, looks } = counting(answer);
        const found = findOne(pathOf(text), json);
        // The engine checks a list of members by listing them again; the last such list may be the one that is too much.
        assert.ok(looks() <= 2 * (5_000 + mostMembers), `${text}: ${looks()}`);
        if (looks() > 2 * 5_000) assert.deepEqual(found, { refusal }, text);
      }
    });
  }

  test("what a filter evaluates without looking counts too", () => {
    const numbers = list(1_000);
    assert.deepEqual(findOne(pathOf("$[?@.a]"), numbers), { value: undefined });
    assert.deepEqual(findOne(pathOf(`$[?${"@.a||".repeat(35)}@.a]`), numbers), { refusal });
  });

  test("what looks at too much is refused", () => {
    for (const path of ["$..a", "$[?@.b == 1]"]) assert.deepEqual(findOne(pathOf(path), list(30_000)), { refusal });
  });

  test("a filter over a thousand objects is not", () => {
    const items = Array.from({ length: 1_000 }, (_, id) => ({ id, name: `item ${id}` }));
    assert.deepEqual(findOne(pathOf("$.items[?@.id == 999].name"), { items }), { value: "item 999" });
  });
});
