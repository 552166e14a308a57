// `npm run mutants`: breaks the schedule engine in a copy of the sources, one way at a time, and says which tests notice.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mutants } from "./mutants/list.ts";

const root = join(import.meta.dirname, "..");
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

const dir = mkdtempSync(join(tmpdir(), "fleetcron-mutants-"));
let survived = 0;
try {
  for (const name of ["src", "test", "docs", "package.json"])
    cpSync(join(root, name), join(dir, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(dir, "node_modules"));
  if (failing() !== null) throw new Error("the suites fail without any mutant");
  for (const [i, { title, file, from, to }] of mutants.entries()) {
    const path = join(dir, "src", file);
    const source = readFileSync(path, "utf8");
    if (source.split(from).length !== 2) throw new Error(`${title}: expected one ${JSON.stringify(from)} in ${file}`);
    writeFileSync(
      path,
      source.replace(from, () => to),
    );
    const caughtBy = failing();
    writeFileSync(path, source);
    if (caughtBy === null) survived++;
    console.log(
      `${String(i + 1).padStart(2)}  ${caughtBy === null ? "SURVIVED" : "caught"}  ${title}  (${caughtBy ?? file})`,
    );
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
console.log(`${mutants.length} mutants, ${survived} survived`);
process.exitCode = survived === 0 ? 0 : 1;

/** The first test that fails, or null. */
function failing(): string | null {
  for (const suite of suites) {
    const files = suite.map((name) => join(dir, "test", `${name}.test.ts`));
    const args = ["--test", "--test-reporter=tap", ...files];
    // A mutant may search without end.
    const child = spawnSync(process.execPath, args, { cwd: dir, encoding: "utf8", timeout: 120_000 });
    if (child.error !== undefined) return "it does not end";
    if (child.status !== 0) return /^ *not ok \d+ - (.*)$/m.exec(child.stdout)?.[1] ?? "a crash";
  }
  return null;
}
