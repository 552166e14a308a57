// `fleetcron service …` as a person runs it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ownProgram, runProgram, temporaryDir } from "../helpers/agent-process.ts";
import { asked, home, unit, withConfig } from "../helpers/service-home.ts";

const onLinux = { skip: process.platform === "linux" ? false : "systemd is for Linux" };
test("print shows each system's definition on every system, without a config", async () => {
  const signs = { systemd: "[Service]", launchd: "<plist", windows: "<Task" };
  for (const [system, sign] of Object.entries(signs)) {
    const { code, stdout, stderr } = await runProgram(["service", "print", system], { HOME: "/nonexistent" });
    assert.deepEqual([code, stderr], [0, ""]);
    assert.ok(stdout.includes(sign), stdout);
    assert.ok(stdout.includes(ownProgram.at(-1) ?? ""), stdout);
    assert.doesNotMatch(stdout, /@[A-Z_]+@/);
  }
});

test("print of an unknown system is a usage error that names the known ones", async () => {
  const { code, stderr } = await runProgram(["service", "print", "runit"], { HOME: "/nonexistent" });
  assert.equal(code, 2);
  assert.match(stderr, /Allowed choices are systemd, launchd, windows/);
});

test("install --user writes a unit without secrets, starts it, and says what next", onLinux, async () => {
  using dir = temporaryDir();
  const env = home(dir.path);
  const { code, stderr } = await runProgram(withConfig(dir.path, "service", "install", "--user"), env);
  assert.equal(code, 0, stderr);
  const file = join(dir.path, unit);
  assert.equal(statSync(file).mode & 0o777, 0o644);
  const text = readFileSync(file, "utf8");
  assert.ok(text.includes(`"--config" "${join(dir.path, "fleetcron.config.json")}"`), text);
  assert.doesNotMatch(text, /s3cret-value/);
  assert.deepEqual(asked(dir.path), [
    "--user show-environment",
    "--user daemon-reload",
    "--user enable fleetcron.service",
    "--user restart fleetcron.service",
  ]);
  assert.match(stderr, /next: let it run while you are not logged in: loginctl enable-linger/);
});

test("uninstall takes away what install wrote, and then there is nothing to do", onLinux, async () => {
  using dir = temporaryDir();
  const env = home(dir.path);
  await runProgram(withConfig(dir.path, "service", "install", "--user"), env);
  const { code, stderr } = await runProgram(["service", "uninstall", "--user"], env);
  assert.deepEqual([code, stderr], [0, "config and data are left as they are\n"]);
  assert.ok(!existsSync(join(dir.path, unit)));
  const before = asked(dir.path).length;
  const again = await runProgram(["service", "uninstall", "--user"], env);
  assert.equal(again.code, 0);
  assert.match(again.stderr, /^nothing to do: there is no /);
  assert.equal(asked(dir.path).length, before);
});

test("--dry-run says every step and does none", onLinux, async () => {
  using dir = temporaryDir();
  const env = home(dir.path);
  const before = readdirSync(dir.path);
  const user = await runProgram(withConfig(dir.path, "service", "install", "--user", "--dry-run"), env);
  assert.deepEqual(user.stdout.split("\n"), [
    `write ${join(dir.path, unit)}`,
    "run systemctl --user daemon-reload",
    "run systemctl --user enable fleetcron.service",
    "run systemctl --user restart fleetcron.service",
    "",
  ]);
  const machine = await runProgram(withConfig(dir.path, "service", "install", "--dry-run"), env);
  assert.equal(machine.code, 0);
  assert.match(machine.stdout, /^run systemd-sysusers .*\nrun chown fleetcron .*\nwrite \/etc\/systemd\/system/);
  assert.match(machine.stderr, /it would be refused: .* lies where the service's account can't see it/);
  assert.deepEqual(readdirSync(dir.path), before);
});

test("a step that fails ends the install with its reason", onLinux, async () => {
  using dir = temporaryDir();
  const env = home(dir.path, 'case "$*" in *enable*) echo "Unit is masked." >&2; exit 1;; esac');
  const { code, stderr } = await runProgram(withConfig(dir.path, "service", "install", "--user"), env);
  assert.equal(code, 1);
  assert.match(stderr, /systemctl --user enable fleetcron\.service ended with 1\n {2}Unit is masked\./);
  assert.ok(!asked(dir.path).includes("--user restart fleetcron.service"));
});

test("a manager that does not answer is told before anything is written", onLinux, async () => {
  using dir = temporaryDir();
  const env = home(dir.path, 'echo "Failed to connect to bus" >&2; exit 1');
  const { code, stderr } = await runProgram(withConfig(dir.path, "service", "install", "--user"), env);
  assert.equal(code, 1);
  assert.match(stderr, /does not answer: systemctl --user show-environment\n {2}Failed to connect to bus/);
  assert.ok(!existsSync(join(dir.path, unit)));
});

test("a machine without systemctl is told so", onLinux, async () => {
  using dir = temporaryDir();
  const { HOME } = home(dir.path);
  const end = await runProgram(withConfig(HOME, "service", "install", "--user"), { HOME, PATH: "/nonexistent" });
  assert.equal(end.code, 1);
  assert.match(end.stderr, /systemctl is not on PATH: this machine has another service manager/);
});

test("install without a config says how to write one", onLinux, async () => {
  const { code, stderr } = await runProgram(["service", "install"], { HOME: "/nonexistent" });
  assert.equal(code, 78);
  assert.match(stderr, /write one first: fleetcron init --file \/etc\/fleetcron\/fleetcron\.config\.json/);
});

test("the machine's service is root's", onLinux, () => {
  const root = join(import.meta.dirname, "..", "..");
  const args = ["--config", join(root, "fleetcron.config.example.json"), "service", "install"];
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const [node = "", ...program] = ownProgram;
  const { status, stderr } = spawnSync(node, [...program, ...args], {
    ...nobody,
    env: { HOME: "/nonexistent" },
    encoding: "utf8",
  });
  assert.equal(status, 77, stderr);
  assert.match(stderr, /the machine's service is root's: use sudo, or --user for your own/);
});

test("status tells whether it is installed and runs", onLinux, async () => {
  using dir = temporaryDir();
  const env = home(dir.path, 'case "$*" in *status*) echo "active (running)";; esac');
  const before = await runProgram(["service", "status", "--user", "--json"], env);
  assert.equal(before.code, 1);
  assert.deepEqual(JSON.parse(before.stdout), { installed: false, running: false, file: join(dir.path, unit) });
  await runProgram(withConfig(dir.path, "service", "install", "--user"), env);
  const after = await runProgram(["service", "status", "--user"], env);
  assert.deepEqual([after.code, after.stdout], [0, "active (running)\n"]);
});
