// The npm package, installed from its tarball as somebody installs it: only the packages it names are there.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ProgramProcess, temporaryDir } from "../test/helpers/agent-process.ts";

const root = join(import.meta.dirname, "..");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };

function npm(cwd: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("npm", args, { cwd, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout;
}

using dir = temporaryDir();
const [packed] = JSON.parse(npm(root, "pack", "--ignore-scripts", "--json", "--pack-destination", dir.path)) as [
  { filename: string },
];
npm(dir.path, "install", "--prefix", dir.path, "--prefer-offline", join(dir.path, packed.filename));

const installed = join(dir.path, "node_modules", ".bin", "fleetcron");
const env = { HOME: dir.path, PATH: dirname(process.execPath), TMPDIR: dir.path };
const asked = await new ProgramProcess(["--version"], env, [installed]).ended;
assert.deepEqual(asked, { code: 0, stdout: `${version}\n`, stderr: "" });
process.stdout.write(`ok: the installed package says ${version}\n`);

await using dev = new ProgramProcess(["dev"], env, [installed]);
await dev.says("first         ok ");
dev.kill("SIGINT");
assert.equal((await dev.ended).code, 0);
process.stdout.write("ok: its dev fired a run and ended cleanly\n");
