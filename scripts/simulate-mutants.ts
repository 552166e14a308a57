// `npm run test:mutants -- --seeds N`: removes one safeguard after the other in a copy of the sources and says which
// world shows it, and by which guarantee. `--only TEXT` takes those whose title holds the text.
import { parseArgs } from "node:util";
import { runSeeds, type SeedResult } from "../test/simulation/run-seeds.ts";
import { type SimulationMutant, simulationMutants } from "./mutants/simulation.ts";
import { copySources } from "./mutants/source-copy.ts";

const { values } = parseArgs({
  options: { seeds: { type: "string", default: "2000" }, only: { type: "string", default: "" } },
});
let survived = 0;
using copy = copySources(["src", "test", "package.json"]);
for (const mutant of simulationMutants.filter(({ title }) => title.includes(values.only))) {
  const startedAt = performance.now();
  const caught = await copy.withMutant(mutant, () => firstViolation(mutant, Number(values.seeds)));
  const sec = ((performance.now() - startedAt) / 1_000).toFixed(0);
  if (caught === null) survived++;
  const verdict = caught === null ? "SURVIVED" : `seed ${caught.seed}`.padEnd(8);
  console.log(`${verdict}  ${mutant.title} (${sec} s)`);
  for (const { guarantee, text } of caught?.violations.slice(0, 1) ?? [])
    console.log(`          ${guarantee}: ${text}`);
}
console.log(`${survived} survived`);
process.exitCode = survived === 0 ? 0 : 1;

async function firstViolation({ firstSeed = 1 }: SimulationMutant, count: number): Promise<SeedResult | null> {
  let caught: SeedResult | null = null;
  await runSeeds({
    first: firstSeed,
    count,
    root: copy.dir,
    onResult: (result) => {
      if (result.violations.length > 0) caught ??= result;
      return caught === null;
    },
  });
  return caught;
}
