// `npm run smoke`: the single file as somebody has it who downloaded it: in a folder with a space in its name, and with
// nothing on the PATH. Ends with an error at the first thing that is not as it should be.
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ProgramProcess, temporaryDir } from "../test/helpers/agent-process.ts";
import { binaryName, isHost, targets } from "./binary/targets.ts";

const root = join(import.meta.dirname, "..");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
const target = targets.find(isHost);
assert.ok(target, "no single file is made for this machine");

using dir = temporaryDir();
const folder = join(dir.path, "a folder");
mkdirSync(folder);
const program = join(folder, binaryName(target));
copyFileSync(join(root, "dist", binaryName(target)), program);
const env = { HOME: folder, PATH: folder, TMPDIR: folder };

async function run(args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const process = new ProgramProcess(args, env, [program]);
  process.child.stdin?.end();
  return process.ended;
}

function passed(what: string): void {
  process.stdout.write(`ok: ${what}\n`);
}

assert.deepEqual(await run(["--version"]), { code: 0, stdout: `${version}\n`, stderr: "" });
passed(`--version says ${version}`);

const nothing = await run([]);
assert.equal(nothing.code, 78, nothing.stderr);
assert.match(nothing.stderr, /found no config/);
passed("without arguments and config it asks for a config");

const config = join(folder, "fleetcron.config.json");
assert.equal((await run(["init", "--store", "embedded", "--file", config])).code, 0);
const check = await run(["config", "check"]);
assert.deepEqual([check.code, check.stdout], [0, `ok: ${config}\n`], check.stderr);
passed("config check finds the config beside the program");

for (const [system, sign] of [
  ["systemd", "[Service]"],
  ["launchd", "<plist"],
  ["windows", "<Task"],
] as const) {
  const { code, stdout, stderr } = await run(["service", "print", system]);
  assert.equal(code, 0, stderr);
  assert.ok(stdout.includes(sign) && stdout.includes("a folder"), stdout);
}
passed("service print has its templates");

await using dev = new ProgramProcess(["dev"], env, [program]);
await dev.says("first         ok ");
await dev.says("two-steps     ok ");
dev.kill("SIGINT");
const end = await dev.ended;
assert.equal(end.code, 0, end.stderr);
passed("dev fired runs on the embedded store and ended cleanly");

await using agent = new ProgramProcess(["agent"], { ...env, FLEETCRON_METRICS_LISTEN: "127.0.0.1:0" }, [program]);
await agent.says("agent ready");
const url = /"url":"(http:[^"]+)","msg":"metrics served"/.exec(agent.stderr)?.[1];
assert.match(await (await fetch(`${url}/metrics`)).text(), /^fleetcron_ready 1$/m);
passed("agent serves its metrics");
