// `npm run mutants`: breaks the schedule engine in a copy of the sources, one way at a time, and says which tests notice.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { mutants } from "./mutants/list.ts";
import { copySources } from "./mutants/source-copy.ts";

/** The quick ones first: the others run only for what they let pass. */
const suites = [
  [
    "model/cron-vectors",
    "model/cron-next",
    "model/cron-days",
    "model/schedule",
    "model/schedule-bounds",
    "model/parse-cron",
    "docs/schedules-page",
  ],
  ["agent/job-catalog", "agent/due-instants", "model/schedule-walk", "model/schedule-properties"],
];

let survived = 0;
using copy = copySources(["src", "test", "docs", "package.json"]);
if (failing() !== null) throw new Error("the suites fail without any mutant");
for (const [i, mutant] of mutants.entries()) {
  const caughtBy = await copy.withMutant(mutant, failing);
  if (caughtBy === null) survived++;
  const verdict = caughtBy === null ? "SURVIVED" : "caught";
  console.log(`${String(i + 1).padStart(2)}  ${verdict}  ${mutant.title}  (${caughtBy ?? mutant.file})`);
}
console.log(`${mutants.length} mutants, ${survived} survived`);
process.exitCode = survived === 0 ? 0 : 1;

/** The first test that fails, or null. */
function failing(): string | null {
  for (const suite of suites) {
    const files = suite.map((name) => join(copy.dir, "test", `${name}.test.ts`));
    const args = ["--test", "--test-reporter=tap", ...files];
    // A mutant may search without end.
    const child = spawnSync(process.execPath, args, { cwd: copy.dir, encoding: "utf8", timeout: 120_000 });
    if (child.error !== undefined) return "it does not end";
    if (child.status !== 0) return /^ *not ok \d+ - (.*)$/m.exec(child.stdout)?.[1] ?? "a crash";
  }
  return null;
}
