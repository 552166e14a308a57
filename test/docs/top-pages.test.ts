import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..", "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const headings = (page: string) =>
  [...page.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) => title.toLowerCase().replaceAll(" ", "-"));

for (const page of ["CHANGELOG.md", "SECURITY.md"]) {
  test(`every page and every section that ${page} names exists`, () => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)(?:#([^)]*))?\)/g)];
    assert.ok(links.length > 0);
    for (const [, path = "", section] of links) {
      assert.ok(existsSync(join(root, path)), path);
      if (section !== undefined) assert.ok(headings(read(path)).includes(section), `${path}#${section}`);
    }
  });
}

test("the changelog speaks of the version that the package has", () => {
  const { version } = JSON.parse(read("package.json"));
  assert.ok(read("CHANGELOG.md").includes(version));
});
