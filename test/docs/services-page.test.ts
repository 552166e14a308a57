// docs/services.md, followed as it stands: a real shell runs its blocks with the real program. What would change the
// machine is only written down, by a stand-in for sudo, and paths of the machine lie below a folder of the test.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { launchdService } from "../../src/service/launchd.ts";
import type { Service, ServiceRequest } from "../../src/service/service.ts";
import { systemdService } from "../../src/service/systemd.ts";
import { windowsService } from "../../src/service/windows.ts";
import { scratch } from "../config/scratch.ts";
import { ownProgram, temporaryDir } from "../helpers/agent-process.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/services.md"), "utf8");
const onUnix = { skip: process.platform === "win32" };
const onLinux = { skip: process.platform === "linux" ? false : "the page's first recipe is for Linux" };

function blocks(title: string, language: string): readonly string[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(title)) ?? "";
  const found = [...section.matchAll(new RegExp(`\`\`\`${language}\\n([^\`]*)\`\`\``, "g"))];
  assert.ok(found.length > 0, title);
  return found.map(([, text = ""]) => text);
}

/** A machine whose /etc and /Library are folders of the test. */
function machine(dir: string) {
  const bin = join(dir, "bin");
  const asked = join(dir, "asked");
  for (const folder of ["bin", "etc/systemd/system", "Library/LaunchDaemons"]) {
    mkdirSync(join(dir, folder), { recursive: true });
  }
  writeFileSync(asked, "");
  const scripts = {
    "fleetcron-agent": `exec ${ownProgram.join(" ")} "$@"`,
    sudo: `case "$1" in fleetcron-agent|tee) exec "$@";; esac; IFS='\t'; echo "$*" >> ${asked}`,
    journalctl: "exit 0",
    tail: "exit 0",
  };
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const here = (text: string) => text.replaceAll(/(?<![\w.])\/(etc|Library)\//g, `${dir}/$1/`);
  const env = { HOME: dir, PATH: `${bin}:/usr/bin:/bin` };
  return {
    here,
    run: (script: string) => spawnSync("/bin/sh", ["-eu", "-c", here(script)], { cwd: dir, env, encoding: "utf8" }),
    /** Each command's words, as sudo got them. */
    asked: () =>
      readFileSync(asked, "utf8")
        .trim()
        .split("\n")
        .map((line) => line.split("\t")),
  };
}

/** What `service print` speaks of where there is no config yet. */
const request: ServiceRequest = {
  program: ownProgram,
  configFile: "/etc/fleetcron/fleetcron.config.json",
  user: false,
  homeDir: "/nonexistent",
};

/** What an install runs that it can't do without. It starts the agent by a restart; by hand one has none to restart. */
function commandsOf({ install }: Service): readonly (readonly string[])[] {
  return install
    .flatMap((step) => (step.kind === "run" && step.mayFail !== true ? [step.command] : []))
    .filter((words) => !words.includes("restart"));
}

test("the recipe for Linux writes a config, and a service would be installed with it", onLinux, () => {
  using dir = temporaryDir();
  const { run, here, asked } = machine(dir.path);
  const [recipe = ""] = blocks("Linux", "sh");
  const { status, stdout, stderr } = run(recipe.replace("service install", "service install --dry-run"));
  assert.equal(status, 0, stderr);
  const plan = ["run chown fleetcron /etc/fleetcron/fleetcron.config.json", "run systemctl restart fleetcron.service"];
  for (const line of plan) assert.ok(stdout.includes(`${here(line)}\n`), stdout);
  assert.deepEqual(asked(), [["install", "fleetcron-agent", "/usr/local/bin/"]]);
});

for (const [title, service] of [
  ["Linux", systemdService(request)],
  ["macOS", launchdService(request, 0)],
] as const) {
  test(`by hand one does what an install on ${title} does`, onUnix, () => {
    using dir = temporaryDir();
    const { run, here, asked } = machine(dir.path);
    const [, recipe = ""] = blocks(title, "sh");
    const { status, stderr } = run(recipe);
    assert.equal(status, 0, stderr);
    assert.equal(readFileSync(here(service.file), "utf8"), service.definition);
    for (const words of commandsOf(service)) {
      const wanted = words.map((word) => here(word).replace(/^fleetcron\.service$/, "fleetcron"));
      const isDone = asked().some((line) => wanted.every((word) => line.includes(word)));
      assert.ok(isDone, `nothing on the page does ${words.join(" ")}`);
    }
  });
}

test("by hand one runs the commands that an install under Windows runs", () => {
  const [, recipe = ""] = blocks("Windows", "bat");
  const windows = { ...request, configFile: "C:\\ProgramData\\FleetCron\\fleetcron.config.json" };
  const planned = commandsOf(windowsService(windows, "C:\\ProgramData"));
  const lines = recipe
    .trim()
    .split("\n")
    .map((line) => line.split(" "));
  const commands = lines.filter(([program]) => program !== "fleetcron-agent");
  assert.equal(commands.length, 3);
  for (const words of commands) {
    const isPlanned = planned.some((command) => words.every((word) => command.includes(word)));
    assert.ok(isPlanned, `an install does not run ${words.join(" ")}`);
  }
});

test("the secret and the connection string that are credentials of systemd are read from their files", (t) => {
  const place = scratch(t);
  const [dropIn = ""] = blocks("Linux", "ini");
  const [config = ""] = blocks("Linux", "json");
  const [, credential = ""] = /^LoadCredential=(\w+):/m.exec(dropIn) ?? [];
  place.write(credential, "k3y");
  const folder = "/run/credentials/fleetcron.service";
  assert.ok(config.includes(`"${folder}/${credential}"`), "the config reads the file that systemd makes");
  place.write("fleetcron.config.json", config.replace(folder, place.dir));
  const [, variable = "", name = ""] = /`Environment=(\w+)=%d\/(\w+)`/.exec(page) ?? [];
  assert.ok(page.includes(`LoadCredential=${name}:`));
  place.write(name, "mongodb://db.example.com");
  const { config: loaded } = place.load({ env: { [variable]: join(place.dir, name) } });
  assert.equal(loaded.secrets.get("API_SECRET")?.value, "k3y");
  assert.equal(loaded.mongodbUri, "mongodb://db.example.com");
});
