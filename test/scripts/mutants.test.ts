import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { mutants } from "../../scripts/mutants/list.ts";
import { simulationMutants } from "../../scripts/mutants/simulation.ts";

test("every mutant finds its place in the sources, once, and changes it", () => {
  for (const { title, file, from, to } of [...mutants, ...simulationMutants]) {
    const source = readFileSync(join(import.meta.dirname, "../../src", file), "utf8");
    assert.equal(source.split(from).length, 2, `${title}: ${JSON.stringify(from)} in ${file}`);
    assert.notEqual(from, to, title);
  }
  assert.ok(mutants.length >= 12);
});
