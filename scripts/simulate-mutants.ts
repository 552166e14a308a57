// `npm run test:mutants -- --seeds N`: removes one safeguard after the other in a copy of the sources and says which
// world shows it, and by which guarantee. `--only TEXT` takes those whose title holds the text.
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runSeeds, type SeedResult } from "../test/simulation/run-seeds.ts";
import type { Mutant } from "./mutants/list.ts";
import { simulationMutants } from "./mutants/simulation.ts";

const { values } = parseArgs({
  options: { seeds: { type: "string", default: "20000" }, only: { type: "string", default: "" } },
});
const root = join(import.meta.dirname, "..");
const dir = mkdtempSync(join(tmpdir(), "fleetcron-mutants-"));
let survived = 0;
try {
  for (const name of ["src", "test", "package.json"]) cpSync(join(root, name), join(dir, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(dir, "node_modules"));
  for (const mutant of simulationMutants.filter(({ title }) => title.includes(values.only))) {
    const startedAt = performance.now();
    const caught = await withMutant(mutant, () => firstViolation(Number(values.seeds)));
    const sec = ((performance.now() - startedAt) / 1_000).toFixed(0);
    if (caught === null) survived++;
    const verdict = caught === null ? "SURVIVED" : `seed ${caught.seed}`.padEnd(8);
    console.log(`${verdict}  ${mutant.title} (${sec} s)`);
    for (const { guarantee, text } of caught?.violations.slice(0, 1) ?? [])
      console.log(`          ${guarantee}: ${text}`);
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
console.log(`${survived} survived`);
process.exitCode = survived === 0 ? 0 : 1;

async function withMutant<T>({ title, file, from, to }: Mutant, work: () => Promise<T>): Promise<T> {
  const path = join(dir, "src", file);
  const source = readFileSync(path, "utf8");
  if (source.split(from).length !== 2) throw new Error(`${title}: expected one ${JSON.stringify(from)} in ${file}`);
  writeFileSync(
    path,
    source.replace(from, () => to),
  );
  try {
    return await work();
  } finally {
    writeFileSync(path, source);
  }
}

/** Of the worlds from seed 1 on. */
async function firstViolation(count: number): Promise<SeedResult | null> {
  let caught: SeedResult | null = null;
  await runSeeds({
    first: 1,
    count,
    root: dir,
    onResult: (result) => {
      if (result.violations.length > 0) caught ??= result;
      return caught === null;
    },
  });
  return caught;
}
