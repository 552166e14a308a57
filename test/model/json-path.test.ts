import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { JsonValue } from "../../src/model/job.ts";
import { findOne, type JsonPath, parseJsonPath } from "../../src/model/json-path.ts";

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

describe("hostile paths over hostile answers of 64 KiB end soon:", () => {
  const size = 65_000;
  const list = (count: number, item: string) =>
    JSON.parse(`[${Array(Math.floor(count)).fill(item).join()}]`) as JsonValue;
  const nested = (depth: number, inner: string) =>
    JSON.parse("[".repeat(depth) + inner + "]".repeat(depth)) as JsonValue;
  const answers: Readonly<Record<string, JsonValue>> = {
    flat: list(size / 2, "1"),
    objects: list(size / 8, '{"a":1}'),
    wide: Object.fromEntries(Array.from({ length: 6_000 }, (_, i) => [`k${i}`, i])),
    deep: nested(size / 2, ""),
    lists: list(size / 96, "[".repeat(47) + "]".repeat(47)),
    heavy: nested(
      40,
      Array(size / 2 - 40)
        .fill("1")
        .join(),
    ),
  };
  const paths = [
    "$..*",
    "$..a",
    "$..*..*..*",
    "$[?count($..*) > 1]",
    "$[?@ == $]",
    "$..[?@ == $]",
    "$[*,*,*,*][*,*,*,*]",
    `$${"[0,0]".repeat(30)}`,
    `$${"[0:1,0:1]".repeat(20)}`,
    `$..[${"*,".repeat(90)}*]`,
    "$[?@[?@[?@[?@]]]]",
    "$..[?@..[?@..[?@]]]",
    "$[?$[?$[?$[?@]]]]",
    "$[?length($) > 1]",
    `$[?${"(".repeat(80)}@.a${")".repeat(80)}]`,
  ].map(pathOf);
  for (const [title, answer] of Object.entries(answers)) {
    test(title, () => {
      for (const path of paths) {
        const startedAt = performance.now();
        findOne(path, answer);
        const elapsedMs = performance.now() - startedAt;
        // Some milliseconds; on a busy machine more. Without a bound several of these take minutes.
        assert.ok(elapsedMs < 2_000, `${path.text}: ${elapsedMs} ms`);
      }
    });
  }

  test("what looks at too much is refused", () => {
    const refusal = "looks at more than 10000 values or 50 levels";
    for (const path of ["$..a", "$[?@.b == 1]"])
      assert.deepEqual(findOne(pathOf(path), answers.flat ?? 0), { refusal });
  });

  test("a filter over a thousand objects is not", () => {
    const items = Array.from({ length: 1_000 }, (_, id) => ({ id, name: `item ${id}` }));
    assert.deepEqual(findOne(pathOf("$.items[?@.id == 999].name"), { items }), { value: "item 999" });
  });
});
