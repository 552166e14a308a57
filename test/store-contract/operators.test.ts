import assert from "node:assert/strict";
import { before, test } from "node:test";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { connectForSuite } from "./contract.ts";
import { accumulators, windowOperators } from "./operators/accumulators.ts";
import { arithmetic } from "./operators/arithmetic.ts";
import { arrayUpdates } from "./operators/array-updates.ts";
import { arrays } from "./operators/arrays.ts";
import { comparisons } from "./operators/comparisons.ts";
import { dates } from "./operators/dates.ts";
import { filters, otherFilters } from "./operators/filters.ts";
import { otherStages } from "./operators/other-stages.ts";
import { testOperators } from "./operators/probes.ts";
import { projections } from "./operators/projections.ts";
import { stages } from "./operators/stages.ts";
import { strings } from "./operators/strings.ts";
import { types } from "./operators/types.ts";
import { updates } from "./operators/updates.ts";

const expressions = [arithmetic, arrays, comparisons, dates, strings, types];
for (const table of expressions) await testOperators(table);
await testOperators(filters);
await testOperators(otherFilters);
await testOperators(projections);
await testOperators(updates);
await testOperators(arrayUpdates);
await testOperators(stages);
await testOperators(otherStages);
await testOperators(accumulators);
await testOperators(windowOperators);

/** mongod's own counters name every operator it has; those with an underscore are for its own use. */
const listed: Readonly<Record<string, readonly { readonly probes: object }[]>> = {
  expressions,
  match: [filters, otherFilters],
  groupAccumulators: [accumulators],
  windowAccumulators: [windowOperators],
};

await forEachTarget("list of operators", (target) => {
  const connected = connectForSuite(target);
  let metrics: { operatorCounters: Record<string, object>; aggStageCounters: object };
  before(async () => {
    ({ metrics } = await connected().client.db("admin").command({ serverStatus: 1 }));
  });
  for (const [kind, tables] of Object.entries(listed)) {
    test(`${kind}: each operator of the server has a probe`, (t) => {
      if (connected().kind === "embedded") return t.skip("it counts nothing");
      assert.deepEqual(withoutProbe(metrics.operatorCounters[kind] ?? {}, tables), []);
    });
  }
  test("each stage of the server has a probe", (t) => {
    if (connected().kind === "embedded") return t.skip("it counts nothing");
    assert.deepEqual(withoutProbe(metrics.aggStageCounters, [stages, otherStages]), []);
  });
});

function withoutProbe(counters: object, tables: readonly { readonly probes: object }[]): string[] {
  const probed = new Set(tables.flatMap(({ probes }) => Object.keys(probes)));
  return Object.keys(counters).filter((name) => !name.startsWith("$_") && !probed.has(name));
}
