// What `-h` prints, and what it costs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { Command } from "commander";
import type { Cli } from "../../src/cli/cli.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { ownSources, ProgramProcess, temporaryDir } from "../helpers/agent-process.ts";

const listModules = pathToFileURL(join(import.meta.dirname, "..", "helpers", "list-modules.mjs")).href;

const program = new Command();
// Only the actions of commands use it.
buildProgram(program, {} as Cli);
const pathsBelow = (command: Command, path: readonly string[]): readonly (readonly string[])[] =>
  command.commands.flatMap((sub) => {
    const at = [...path, sub.name()];
    return [at, ...pathsBelow(sub, at)];
  });
const paths = pathsBelow(program, []);

async function askForHelp(path: readonly string[]) {
  using dir = temporaryDir();
  const file = join(dir.path, "modules");
  const env = { NODE_OPTIONS: `--import ${listModules}`, MODULES_FILE: file };
  const { code, stdout, stderr } = await new ProgramProcess([...path, "-h"], env, ownSources).ended;
  assert.equal(code, 0, stderr);
  return { stdout, modules: readFileSync(file, "utf8").split("\n") };
}

const atOnce = 4;
const mostModules = 100;
const packagesOf = (modules: readonly string[]) =>
  new Set(modules.flatMap((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? []));

test("the help of every command begins with an example of it, and loads neither the driver nor the config", async () => {
  assert.ok(paths.length > 30);
  for (let i = 0; i < paths.length; i += atOnce) {
    await Promise.all(
      paths.slice(i, i + atOnce).map(async (path) => {
        const { stdout, modules } = await askForHelp(path);
        assert.ok(stdout.startsWith(`Example: fleetcron ${path.join(" ")}`), stdout);
        const packages = packagesOf(modules);
        assert.ok(packages.has("commander"), "the modules are listed");
        for (const heavy of ["string-width", "mongodb", "bson", "undici", "pino", "luxon", "yaml", "zod"]) {
          assert.ok(!packages.has(heavy), `${path.join(" ")} -h loads ${heavy}`);
        }
        assert.ok(modules.length < mostModules, `${path.join(" ")} -h loads ${modules.length} modules`);
      }),
    );
  }
});
