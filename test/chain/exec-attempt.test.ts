import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { createRunCommand, type ExecRequest } from "../../src/chain/exec-attempt.ts";
import { type Clock, systemClock } from "../../src/runtime/clock.ts";
import { temporaryDir } from "../helpers/agent-process.ts";
import { until } from "../helpers/test-agent.ts";

const dir = temporaryDir();
after(() => dir[Symbol.dispose]());
const run = createRunCommand({ clock: systemClock, environment: {} });
const never = new AbortController().signal;

function shell(script: string, more: Partial<ExecRequest> = {}): ExecRequest {
  const env = { PATH: process.env.PATH ?? "" };
  return { command: ["/bin/sh", "-c", script], env, cwd: dir.path, runAs: null, timeoutMs: 20_000, ...more };
}

describe("a command", { skip: process.platform === "win32" }, () => {
  test("that ends with 0 is a success, and both its outputs are kept", async () => {
    const { exitCode, sample, truncated, error } = await run(shell("echo out; echo err >&2"), never);
    assert.deepEqual(
      [exitCode, sample?.split("\n").sort().join(" ").trim(), truncated, error],
      [0, "err out", false, null],
    );
  });

  test("gets its arguments as they are: no shell reads them", async () => {
    const result = await run(shell("", { command: ["/bin/echo", "$HOME; `id` | x", "*"] }), never);
    assert.equal(result.sample, "$HOME; `id` | x *\n");
  });

  test("sees the environment it is given and nothing of the agent's", async () => {
    process.env.FLEETCRON_TEST_LEAK = "leaked";
    const { sample } = await run(shell("", { command: ["/usr/bin/env"], env: { A: "1" } }), never);
    assert.equal(sample, "A=1\n");
  });

  test("that ends with another code fails, saying which", async () => {
    const { exitCode, error } = await run(shell("echo no; exit 7"), never);
    assert.deepEqual([exitCode, error], [7, { code: "exit", message: "exit: /bin/sh ended with 7", retryable: true }]);
  });

  test("that a signal ended fails, saying which", async () => {
    const { exitCode, error } = await run(shell("kill -9 $$"), never);
    assert.deepEqual([exitCode, error?.message], [null, "exit: /bin/sh was ended by SIGKILL"]);
  });

  test("that does not exist is not started", async () => {
    const { exitCode, sample, error } = await run(shell("", { command: ["/no/such/program"] }), never);
    assert.deepEqual([exitCode, sample, error?.code, error?.retryable], [null, null, "start", false]);
    assert.match(error?.message ?? "", /^start: \/no\/such\/program could not be started: ENOENT/);
  });

  test("whose argument no system takes is not started", async () => {
    const { error } = await run(shell("", { command: ["/bin/echo", "a\0b"] }), never);
    assert.equal(error?.message, "start: /bin/echo could not be started: ERR_INVALID_ARG_VALUE");
  });

  test("that is out of time is ended with everything it started", async () => {
    await using lifeline = await startLifeline();
    let timeIsUp = () => {};
    const after: Clock["after"] = (ms, callback) => {
      if (ms !== 1_000) return systemClock.after(ms, callback);
      timeIsUp = callback;
      return () => {};
    };
    const runInOurTime = createRunCommand({ clock: { ...systemClock, after }, environment: {} });
    const running = runInOurTime(shell(`${lifeline.script} & wait`, { timeoutMs: 1_000 }), never);
    await lifeline.connected;
    timeIsUp();
    await lifeline.cut;
    assert.equal((await running).error?.message, "timeout: /bin/sh did not end within 1 s");
  });

  test("that ignores the request to end is ended by force", async () => {
    const { error, exitCode } = await run(
      shell("trap '' TERM; while :; do sleep 0.05; done", { timeoutMs: 300 }),
      never,
    );
    assert.deepEqual([error?.code, exitCode], ["timeout", null]);
  });

  test("that leaves something behind ends, and so does what it left", async () => {
    await using lifeline = await startLifeline();
    const marker = join(dir.path, "connected");
    const waits = `while [ ! -e ${marker} ]; do sleep 0.02; done`;
    const running = run(shell(`${lifeline.script} & ${waits}; echo done`), never);
    await lifeline.connected;
    writeFileSync(marker, "");
    const { error, sample } = await running;
    assert.deepEqual([error, sample], [null, "done\n"]);
    await lifeline.cut;
  });

  test("is ended when its run is aborted, and not started after that", async () => {
    const marker = join(dir.path, "started");
    const stop = new AbortController();
    const running = run(shell(`touch ${marker}; sleep 1000`), stop.signal);
    await until(async () => existsSync(marker), "the command started");
    stop.abort("shutdown");
    assert.deepEqual((await running).error, { code: "aborted", message: "aborted: shutdown", retryable: false });
    writeFileSync(marker, "untouched");
    assert.equal((await run(shell(`echo touched > ${marker}`), stop.signal)).error?.code, "aborted");
    assert.equal(readFileSync(marker, "utf8"), "untouched");
  });

  test("that writes without end keeps running, and 64 KiB of it are kept", async () => {
    const { error, sample, truncated } = await run(shell("head -c 5000000 /dev/zero | tr '\\0' x"), never);
    assert.deepEqual([error, sample?.length, truncated], [null, 65_536, true]);
  });
});

/** A process that holds a connection to us for as long as it lives: a dead one that nobody has buried holds none. */
async function startLifeline() {
  const connected = Promise.withResolvers<void>();
  const cut = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    connected.resolve();
    socket.on("error", () => {}).once("close", () => cut.resolve());
    socket.resume();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    script: `${process.execPath} -e "require('net').connect(${port}, '127.0.0.1')"`,
    connected: connected.promise,
    cut: cut.promise,
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}
