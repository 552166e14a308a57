// `npm run test:sim -- --seeds N --seed S`: N worlds from seed S on (2,000 from 1). With `--seed S` alone: that one
// world, with its story.
import { parseArgs } from "node:util";
import { check } from "../test/simulation/check.ts";
import { renderFailure, runSeeds } from "../test/simulation/run-seeds.ts";
import { simulate } from "../test/simulation/simulate.ts";

const { values } = parseArgs({
  options: { seeds: { type: "string" }, seed: { type: "string" }, failures: { type: "string", default: "1" } },
});
const first = Number(values.seed ?? 1);
const count = Number(values.seeds ?? (values.seed === undefined ? 2_000 : 1));

if (count === 1) await tellOne(first);
else await judgeMany();

async function tellOne(seed: number): Promise<void> {
  const witness = await simulate(seed);
  const violations = check(witness);
  console.log(witness.tell());
  for (const { guarantee, text } of violations) console.log(`VIOLATED ${guarantee}: ${text}`);
  console.log(`seed ${seed}: ${witness.requests.length} requests, ${witness.runs.length} runs`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}

async function judgeMany(): Promise<void> {
  const mostFailures = Number(values.failures);
  const startedAt = performance.now();
  const total = { worlds: 0, requests: 0, runs: 0 };
  const failed: number[] = [];
  await runSeeds({
    first,
    count,
    onResult: (result) => {
      total.worlds++;
      total.requests += result.requests;
      total.runs += result.runs;
      if (total.worlds % 1_000 === 0) console.error(`${total.worlds} of ${count} worlds`);
      if (result.violations.length === 0) return true;
      failed.push(result.seed);
      console.log(renderFailure(result));
      return failed.length < mostFailures;
    },
  });
  const sec = (performance.now() - startedAt) / 1_000;
  const pace = `${sec.toFixed(0)} s, ${(total.worlds / sec).toFixed(1)} a second`;
  console.log(`${total.worlds} worlds from seed ${first}: ${total.runs} runs, ${total.requests} requests; ${pace}`);
  console.log(failed.length === 0 ? "no violation" : `VIOLATED by ${failed.join(", ")}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}
