// An agent's log on a real terminal and in a pipe: the same rules as for everything else that is printed.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { type Environment, ProgramProcess, temporaryDir } from "../helpers/agent-process.ts";
import { ScreenProcess } from "../helpers/screen-process.ts";
import { until } from "../helpers/test-agent.ts";

const colour = "\u001b[3";
const ready = "agent ready";
const onLinux = { skip: process.platform === "linux" ? false : "needs script of util-linux" };

const onTerminal: [string, readonly string[], Environment, boolean][] = [
  ["has colours", [], {}, true],
  ["has none with NO_COLOR", [], { NO_COLOR: "1" }, false],
  ["has none with --no-color", ["--no-color"], {}, false],
];
for (const [what, flags, env, isColoured] of onTerminal) {
  test(`an agent's log on a terminal ${what}`, onLinux, async () => {
    using dir = temporaryDir();
    const settings = { FLEETCRON_STORE: "embedded", FLEETCRON_STATE_DIR: join(dir.path, "state") };
    await using screen = new ScreenProcess([...flags, "agent"], { ...settings, ...env }, { columns: 80 });
    await until(() => screen.shown.includes(ready), "the agent is ready");
    assert.equal(screen.shown.includes(colour), isColoured);
  });
}

const inPipe: [string, readonly string[], Environment, boolean][] = [
  ["has no colours", [], {}, false],
  ["has colours with --color", ["--color"], {}, true],
  ["has colours with FORCE_COLOR", [], { FORCE_COLOR: "1" }, true],
];
for (const [what, flags, env, isColoured] of inPipe) {
  test(`an agent's readable log in a pipe ${what}`, async () => {
    using dir = temporaryDir();
    const settings = { FLEETCRON_STORE: "embedded", FLEETCRON_STATE_DIR: join(dir.path, "state") };
    const args = [...flags, "--set", "log.format=pretty", "agent"];
    await using agent = new ProgramProcess(args, { ...settings, ...env });
    await agent.says(ready);
    assert.equal(agent.stderr.includes(colour), isColoured);
  });
}
