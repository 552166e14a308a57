// Each definition is read back by somebody else's parser: Python's for property lists, XML and Windows command lines,
// systemd's own for units. One call reads all names, because starting a parser takes longer than reading.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { launchdService } from "../../src/service/launchd.ts";
import type { ServiceRequest } from "../../src/service/service.ts";
import { systemdService } from "../../src/service/systemd.ts";
import { windowsService } from "../../src/service/windows.ts";
import { temporaryDir } from "../helpers/agent-process.ts";

const awkward = [
  "plain",
  "with space",
  "quote's",
  'double "quoted"',
  "R&D <1>",
  "50 %d $HOME",
  "back\\slash\\",
  "ünïcödé",
  "@COMMAND@",
];

function request(name: string, user = false): ServiceRequest {
  return {
    program: [`/opt/${name}/fleetcron-agent`],
    configFile: `/etc/${name}/fleetcron.config.json`,
    user,
    homeDir: `/home/${name}`,
  };
}

const command = (name: string, stateDir: string): readonly string[] => [
  ...[`/opt/${name}/fleetcron-agent`, "--config", `/etc/${name}/fleetcron.config.json`],
  ...["--set", `state_dir=${stateDir}`, "agent"],
];

/** Applies a Python expression of `one` to each input. */
function python<T>(imports: string, expression: string, inputs: readonly unknown[]): readonly T[] {
  const script = `import json, sys, ${imports}\nprint(json.dumps([${expression} for one in json.load(sys.stdin)]))`;
  const { status, stdout, stderr } = spawnSync("python3", ["-c", script], {
    input: JSON.stringify(inputs),
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

type Plist = Readonly<Record<string, unknown>>;
const readPlists = (texts: readonly string[]) => python<Plist>("plistlib", "plistlib.loads(one.encode())", texts);

test("launchd's property lists hold every word of the command, and keep logs out of /tmp", () => {
  const plists = readPlists(awkward.map((name) => launchdService(request(name), 501).definition));
  for (const [i, plist] of plists.entries()) {
    assert.deepEqual(plist.ProgramArguments, command(awkward[i] ?? "", "/usr/local/var/fleetcron"));
    assert.deepEqual([plist.UserName, plist.KeepAlive, plist.RunAtLoad], ["daemon", true, true]);
    assert.equal(plist.StandardErrorPath, "/Library/Logs/FleetCron/agent.log");
  }
});

test("a person's launchd agent keeps its state and its log in their home", () => {
  const plists = readPlists(awkward.map((name) => launchdService(request(name, true), 501).definition));
  for (const [i, plist] of plists.entries()) {
    const home = `/home/${awkward[i]}`;
    assert.deepEqual(plist.ProgramArguments, command(awkward[i] ?? "", `${home}/.fleetcron`));
    assert.equal(plist.StandardErrorPath, `${home}/Library/Logs/FleetCron/agent.log`);
    assert.equal(plist.UserName, undefined);
  }
});

const windowsTask = (name: string) =>
  windowsService(
    {
      program: [`C:\\Program Files\\${name}\\node.exe`, `C:\\${name}\\main.js`],
      configFile: `C:\\${name}\\`,
      user: false,
      homeDir: "",
    },
    "C:\\Data",
  ).definition;

type Task = Readonly<Record<string, string>>;
const readTasks = (texts: readonly string[]) =>
  python<Task>(
    "xml.etree.ElementTree as tree",
    '{leaf.tag.split("}")[1]: leaf.text for leaf in tree.fromstring(one).iter() if len(leaf) == 0}',
    texts,
  );

test("the Windows task's arguments are quoted as Python quotes them for CommandLineToArgvW", () => {
  const words = awkward.map((name) => command(name, "C:\\Data\\FleetCron").slice(1));
  const wanted = awkward.map((name, i) => [
    `C:\\${name}\\main.js`,
    "--config",
    `C:\\${name}\\`,
    ...(words[i] ?? []).slice(2),
  ]);
  const commandLines = python<string>("subprocess", "subprocess.list2cmdline(one)", wanted);
  for (const [i, task] of readTasks(awkward.map(windowsTask)).entries()) {
    assert.equal(task.Command, `C:\\Program Files\\${awkward[i]}\\node.exe`);
    assert.equal(task.Arguments, commandLines[i]);
  }
});

test("the Windows task starts at boot without a logon, restarts, and ends neither by time nor by battery", () => {
  const [task] = readTasks([windowsTask("plain")]);
  assert.deepEqual([task?.UserId, task?.RunLevel, task?.ExecutionTimeLimit], ["S-1-5-19", "LeastPrivilege", "PT0S"]);
  assert.deepEqual([task?.StopIfGoingOnBatteries, task?.DisallowStartIfOnBatteries], ["false", "false"]);
  // 255 is the most that the schema allows, a minute the shortest.
  assert.deepEqual([task?.Count, task?.StopAtDurationEnd], ["255", "false"]);
});

test("a unit's command line says every word as a shell reads it, per cent signs doubled", () => {
  const lines = awkward.map((name) => /^ExecStart=:(.*)$/m.exec(systemdService(request(name)).definition)?.[1]);
  for (const [i, words] of python<string[]>("shlex", "shlex.split(one)", lines).entries()) {
    const plain = words.map((word) => word.replaceAll("%%", "%"));
    const launcher = plain[0] === "/usr/bin/env" ? ["/usr/bin/env"] : [];
    assert.deepEqual(plain, [...launcher, ...command(awkward[i] ?? "", "/var/lib/fleetcron")]);
  }
});

test("a unit's command is in one line, whatever the paths", () => {
  const { definition } = systemdService({ ...request("x"), configFile: "/etc/two\nlines" });
  assert.match(definition, /^ExecStart=.*"\/etc\/two\\nlines" "--set" "state_dir=\/var\/lib\/fleetcron" "agent"$/m);
});

const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;
const withSystemd = { skip: hasSystemd ? false : "there is no systemd-analyze on this machine" };

function analyze(...args: readonly string[]): { readonly status: number | null; readonly text: string } {
  const { status, stdout, stderr } = spawnSync("systemd-analyze", args, { encoding: "utf8" });
  return { status, text: `${stdout}${stderr}` };
}

for (const user of [false, true]) {
  test(
    `systemd finds the programs of ${user ? "persons'" : "machines'"} units, and nothing to complain`,
    withSystemd,
    () => {
      using dir = temporaryDir();
      const programs = awkward.map((name) => join(dir.path, name, "agent"));
      const units = programs.map((program, i) => {
        mkdirSync(dirname(program), { recursive: true });
        writeFileSync(program, "#!/bin/sh\n");
        const unit = join(dir.path, `fleetcron-${i}.service`);
        writeFileSync(unit, systemdService({ ...request("x", user), program: [program] }).definition);
        return unit;
      });
      const { text } = analyze("verify", ...units);
      // What has quotation marks is started by `env`, which does not look before it starts.
      for (const program of programs.filter((path) => !/["'\\]/.test(path))) {
        assert.ok(text.includes(`Command ${program} is not executable`), `${program}: ${text}`);
      }
      for (const program of programs) chmodSync(program, 0o755);
      assert.deepEqual(analyze("verify", ...units), { status: 0, text: "" });
    },
  );
}

test("the machine's unit is exposed by 1.5 at most", withSystemd, () => {
  using dir = temporaryDir();
  const unit = join(dir.path, "fleetcron.service");
  writeFileSync(unit, systemdService(request("x")).definition);
  const { status, text } = analyze("security", "--offline=yes", "--threshold=15", unit);
  assert.equal(status, 0, text);
});
