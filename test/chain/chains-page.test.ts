import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/chains.md"), "utf8");

test("docs/chains.md explains exactly the error codes of steps", () => {
  const source = readFileSync(join(root, "src/model/run.ts"), "utf8");
  const [, union = ""] = /export type ErrorClass =([^;]+);/.exec(source) ?? [];
  const codes = [...union.matchAll(/"(\w+)"/g)].map((match) => match[1]);
  const [, section = ""] = page.split("## Error codes");
  const documented = [...section.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]);
  assert.ok(codes.length > 0);
  assert.deepEqual(documented.toSorted(), codes.toSorted());
});

test("the examples of docs/chains.md are valid JSON", () => {
  const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map((match) => match[1] ?? "");
  assert.ok(examples.length > 0);
  for (const example of examples) assert.doesNotThrow(() => JSON.parse(example));
});
