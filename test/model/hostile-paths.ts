// JSONPaths that take long, and answers of 64 KiB that make them take longer.
import type { JsonValue } from "../../src/model/job.ts";

const size = 65_000;

function list(count: number, item: string): JsonValue {
  return JSON.parse(`[${Array(Math.floor(count)).fill(item).join()}]`);
}

function nested(depth: number, inner: string): JsonValue {
  return JSON.parse("[".repeat(depth) + inner + "]".repeat(depth));
}

function wide(count: number, name: string, value: JsonValue): JsonValue {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`${name}${i}`, value]));
}

export const hostileAnswers: Readonly<Record<string, JsonValue>> = {
  flat: list(size / 2, "1"),
  objects: list(size / 8, '{"a":1}'),
  "few objects": list(98, `{"a":[${Array(300).fill(1).join()}]}`),
  wide: wide(6_000, "k", 1),
  "just countable": wide(4_900, "k", 1),
  "wide in Unicode": wide(3_000, "鍵", { é: 1 }),
  deep: nested(size / 2, ""),
  "as deep as it may be": nested(49, "1"),
  lists: list(size / 96, "[".repeat(47) + "]".repeat(47)),
  heavy: nested(
    40,
    Array(size / 2)
      .fill("1")
      .join(),
  ),
  "one long text": { a: "é".repeat(size / 2) },
};

export const hostilePaths: readonly string[] = [
  ...["$..*", "$..a", "$..['é']", "$..*..*..*", `$${"..*".repeat(60)}`, `$${"[*]".repeat(60)}`],
  ...["$[?count($..*) > 1]", "$[?count(@[*]) > 1]", "$[?value($..*) == 1]", "$[?length($) > 1]", "$[?length(@.a) > 1]"],
  ...["$[?@ == $]", "$..[?@ == $]", "$[?@ == @]", "$[?$ == $]", "$[?$[0] == $[1]]"],
  ...["$[*,*,*,*][*,*,*,*]", `$${"[0,0]".repeat(30)}`, `$..[${"*,".repeat(90)}*]`, "$..[0,0,0,0]..[0,0,0,0]"],
  ...[`$${"[0:1,0:1]".repeat(20)}`, `$${"[::-1]".repeat(30)}`, `$[${"::-1,".repeat(30)}::-1]`],
  ...["$[9007199254740991:-9007199254740991:-9007199254740991]", "$[-9007199254740991:9007199254740991]"],
  ...["$[?@[?@[?@[?@]]]]", "$..[?@..[?@..[?@]]]", "$[?$[?$[?$[?@]]]]"],
  ...[
    `$[?${"(".repeat(80)}@.a${")".repeat(80)}]`,
    `$[?${"@.a||".repeat(35)}@.a]`,
    `$[?${"@.b==1||".repeat(22)}@.b==2]`,
  ],
  ...[`$[?${"$[0]==$[1]&&".repeat(13)}@]`, `$[${"?@,".repeat(60)}?@]`, `$[?@.a == '${"x".repeat(180)}']`],
  ...["$['鍵1']['é']", `$${".a".repeat(99)}`],
];
