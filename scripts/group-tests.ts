// Test files by the handful in one process: alone, each would spend more on loading the program than on its tests.
import { globSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { pathToFileURL } from "node:url";

/** They take long, or fill a processor: each has its process, so that the others don't wait behind it. */
const alone = /^test\/(agent\/clock-change-nights|chaos|e2e|model\/(croner|fuzzed)|simulation)/;
const filesInGroup = 6;

/**
 * Writes the files for `node --test` into `dir` and answers their paths: each imports some test files of one folder, as
 * a suite of its own, so that what a file sets up is set up for it alone.
 */
export function groupTests(root: string, dir: string): readonly string[] {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const files = globSync("test/**/*.test.ts", { cwd: root }).map((file) => file.replaceAll(sep, "/"));
  return groupsOf(files.sort()).map((group, index) => {
    const path = join(dir, `${String(index).padStart(3, "0")}.test.mjs`);
    writeFileSync(path, renderGroup(root, group));
    return path;
  });
}

function groupsOf(files: readonly string[]): readonly (readonly string[])[] {
  const groups: string[][] = files.filter((file) => alone.test(file)).map((file) => [file]);
  const others = files.filter((file) => !alone.test(file));
  for (const ofFolder of Map.groupBy(others, (file) => file.split("/")[1]).values()) {
    for (let i = 0; i < ofFolder.length; i += filesInGroup) groups.push(ofFolder.slice(i, i + filesInGroup));
  }
  return groups;
}

function renderGroup(root: string, files: readonly string[]): string {
  const suites = files.map((file) => {
    const url = JSON.stringify(pathToFileURL(join(root, file)).href);
    return `describe(${JSON.stringify(file)}, async () => void (await import(${url})));\n`;
  });
  return `import { describe } from "node:test";\n${suites.join("")}`;
}
