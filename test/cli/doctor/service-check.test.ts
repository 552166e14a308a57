// What doctor says of the service, with a unit that `service install` wrote.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Environment, ownProgram, runProgram, temporaryDir } from "../../helpers/agent-process.ts";
import { home, unit, withConfig } from "../../helpers/service-home.ts";

const onLinux = { skip: process.platform === "linux" ? false : "systemd is for Linux" };

async function found(path: string, env: Environment) {
  const { stdout } = await runProgram(withConfig(path, "doctor", "--json"), env);
  const all = JSON.parse(stdout) as { check: string; verdict: string; text: string; mend: string | null }[];
  return all.filter(({ check }) => check === "service").map(({ verdict, text, mend }) => ({ verdict, text, mend }));
}

const install = (path: string) => `fleetcron --config ${join(path, "fleetcron.config.json")} service install --user`;

test("no service is a warning with the command that installs one which can see this program", onLinux, async () => {
  using dir = temporaryDir();
  assert.deepEqual(await found(dir.path, home(dir.path)), [
    { verdict: "warning", text: "no service starts the agent on this machine", mend: install(dir.path) },
  ]);
});

test("where no service manager answers none is missed", onLinux, async () => {
  using dir = temporaryDir();
  const env = home(dir.path, "exit 1");
  const fine = { verdict: "ok", text: "no service manager answers on this machine", mend: null };
  assert.deepEqual(await found(dir.path, env), [fine]);
  assert.deepEqual(await found(dir.path, { ...env, PATH: "/nonexistent" }), [fine]);
});

test("a service as it would be installed today, which runs, is fine", onLinux, async () => {
  using dir = temporaryDir();
  const env = home(dir.path);
  await runProgram(withConfig(dir.path, "service", "install", "--user"), env);
  assert.deepEqual(await found(dir.path, env), [{ verdict: "ok", text: `${join(dir.path, unit)}, runs`, mend: null }]);
});

test("a service that does not run is a warning", onLinux, async () => {
  using dir = temporaryDir();
  const env = home(dir.path, 'case "$*" in *status*) exit 3;; esac');
  await runProgram(withConfig(dir.path, "service", "install", "--user"), env);
  assert.deepEqual(await found(dir.path, env), [
    {
      verdict: "warning",
      text: `${join(dir.path, unit)} is installed and does not run`,
      mend: install(dir.path),
    },
  ]);
});

test(
  "a unit of another program, and one of a shorter edition, are told by the first line that differs",
  onLinux,
  async () => {
    using dir = temporaryDir();
    const env = home(dir.path);
    await runProgram(withConfig(dir.path, "service", "install", "--user"), env);
    const file = join(dir.path, unit);
    const text = readFileSync(file, "utf8");
    const [, main = ""] = ownProgram;
    writeFileSync(file, text.replace(main, "/old/main.ts"));
    const [other, ...more] = await found(dir.path, env);
    assert.deepEqual([other?.verdict, other?.mend, more], ["warning", install(dir.path), []]);
    assert.match(
      other?.text ?? "",
      /would be installed today: line \d+: expected "ExecStart=.*, got ".*\/old\/main\.ts/,
    );
    const lines = text.trimEnd().split("\n");
    writeFileSync(file, lines.slice(0, -1).join("\n"));
    const [shorter] = await found(dir.path, env);
    assert.ok(shorter?.text.endsWith(`expected ${JSON.stringify(lines.at(-1))}, got no such line`), shorter?.text);
  },
);
