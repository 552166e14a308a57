import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { errorTable } from "../../src/errors.ts";

const root = join(import.meta.dirname, "..", "..");
const page = readFileSync(join(root, "docs", "errors.md"), "utf8");

test("every error code is on its page with its exit code, and the page knows no other", () => {
  const documented = [...page.matchAll(/^\| `([a-z_]+)` \| (\d+) \|/gm)].map(([, code = "", exit]) => [
    code,
    Number(exit),
  ]);
  assert.deepEqual(Object.fromEntries(documented), { ...errorTable });
});

test("every error code is thrown somewhere", () => {
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const sources = files
    .filter((name) => name !== "errors.ts")
    .map((name) => readFileSync(join(root, "src", name), "utf8"));
  for (const code of Object.keys(errorTable)) {
    assert.ok(
      sources.some((text) => text.includes(`"${code}"`)),
      code,
    );
  }
});
