// What doctor says of the programs that jobs may run, with real files.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { checkExec } from "../../../src/cli/doctor/check-exec.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { configName, type Scratch, scratch, uri } from "../../config/scratch.ts";

const onUnix = { skip: process.platform === "win32" };
const look = (machine: Scratch) => checkExec.look({ clock: systemClock, env: {}, loaded: machine.load() });

/** A machine whose jobs may run `<dir>/bin/tool`, and that program. */
function machineWithTool(t: TestContext) {
  const machine = scratch(t);
  const bin = `${machine.dir}/bin`;
  const tool = machine.write("bin/tool", "#!/bin/sh\n", 0o755);
  machine.write(configName, { mongodb_uri: uri, exec: { allow: [tool] } });
  chmodSync(bin, 0o755);
  return { machine, bin, tool, found: () => look(machine) };
}

test("nothing is said where no program is allowed", async (t) => {
  const machine = scratch(t);
  machine.write(configName, { mongodb_uri: uri });
  assert.deepEqual(await look(machine), []);
});

test("a program that only its owner can change is fine", onUnix, async (t) => {
  const { found } = machineWithTool(t);
  const text = "1 program, only their owners can change them";
  assert.deepEqual(await found(), [{ verdict: "ok", text, mend: null }]);
});

test("a program that is missing, is a folder or can't be executed is a warning", onUnix, async (t) => {
  const { tool, found } = machineWithTool(t);
  chmodSync(tool, 0o644);
  const [finding, ...others] = await found();
  assert.deepEqual([finding?.verdict, finding?.mend, others], ["warning", `chmod +x ${tool}`, []]);
  rmSync(tool);
  const mend = "install it, or take it out of exec.allow";
  const text = `exec.allow: there is no ${tool}: jobs that run it fail`;
  assert.deepEqual(await found(), [{ verdict: "warning", text, mend }]);
  mkdirSync(tool);
  assert.deepEqual(await found(), [{ verdict: "warning", text: `exec.allow: ${tool} is no program`, mend }]);
});

for (const mode of [0o775, 0o757]) {
  const who = mode === 0o775 ? "the group" : "others";
  test(`a program that ${who} may change, by itself or a folder above it, is a failure`, onUnix, async (t) => {
    const { machine, bin, tool, found } = machineWithTool(t);
    for (const path of [tool, bin, machine.dir]) {
      chmodSync(path, mode);
      const text = `exec.allow: others may change ${tool}, by ${path}`;
      assert.deepEqual(await found(), [{ verdict: "failed", text, mend: `chmod go-w ${path}` }]);
      chmodSync(path, 0o755);
    }
  });
}

test("of a link both places count; in a sticky folder others can replace nothing", onUnix, async (t) => {
  const { machine, bin, tool, found } = machineWithTool(t);
  const real = machine.write("real/tool", "#!/bin/sh\n", 0o755);
  rmSync(tool);
  symlinkSync(real, tool);
  for (const dir of [bin, `${machine.dir}/real`]) {
    chmodSync(dir, 0o777);
    const [finding] = await found();
    assert.deepEqual([finding?.verdict, finding?.mend], ["failed", `chmod go-w ${dir}`]);
    chmodSync(dir, 0o1777);
    assert.equal((await found())[0]?.verdict, "ok");
    chmodSync(dir, 0o755);
  }
});
