// An agent as a service manager keeps it: told what it wants to know, asked to reload by SIGHUP, and with a log that
// may go nowhere.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Environment, ownProgram, ProgramProcess, runProgram, temporaryDir } from "../helpers/agent-process.ts";
import { startTarget } from "../helpers/target.ts";
import { until } from "../helpers/test-agent.ts";

interface Place extends Disposable {
  readonly path: string;
  readonly env: Environment;
  /** Writes the config, with these values beside those that the test needs. */
  configure(values: Readonly<Record<string, unknown>>): void;
}

function servicePlace(): Place {
  const dir = temporaryDir();
  const config = join(dir.path, "fleetcron.config.json");
  const configure = (values: Readonly<Record<string, unknown>>) => {
    writeFileSync(config, JSON.stringify({ store: "embedded", state_dir: join(dir.path, "state"), ...values }));
    chmodSync(config, 0o600);
  };
  configure({});
  const env = { FLEETCRON_CONFIG: config, PATH: process.env.PATH };
  return { path: dir.path, env, configure, [Symbol.dispose]: () => dir[Symbol.dispose]() };
}

async function addJob({ path, env }: Place, url: string): Promise<void> {
  const file = join(path, "job.json");
  writeFileSync(file, JSON.stringify({ name: "tick", every_sec: 1, url, headers: { "X-Token": "{{TOKEN}}" } }));
  const { code, stderr } = await runProgram(["jobs", "add", "--force", file], env);
  assert.equal(code, 0, stderr);
}

async function readyAgent(env: Environment): Promise<ProgramProcess> {
  const agent = new ProgramProcess(["agent"], env);
  await agent.says("agent ready");
  return agent;
}

async function stop(agent: ProgramProcess): Promise<void> {
  agent.kill("SIGTERM");
  const { code, stderr } = await agent.ended;
  assert.equal(code, 0, stderr);
}

test("SIGHUP reads the config again; one that does not load leaves the old one in force", async () => {
  using place = servicePlace();
  await using target = await startTarget();
  place.configure({ secrets: { TOKEN: { value: "first-token" } } });
  await addJob(place, target.url);
  const arrives = (token: string) =>
    until(() => target.requests.some(({ headers }) => headers["x-token"] === token), `a request with ${token} arrives`);
  await using agent = await readyAgent(place.env);
  await arrives("first-token");

  place.configure({ secrets: { TOKEN: { value: "second-token" } } });
  agent.kill("SIGHUP");
  await agent.says('"config reloaded"');
  await arrives("second-token");

  place.configure({ secrets: { TOKEN: { value: "third-token" } }, stagger_sec: "often" });
  agent.kill("SIGHUP");
  await agent.says("config not reloaded: the one before stays in force");
  assert.match(agent.stderr, /stagger_sec/);
  const before = target.requests.length;
  await until(() => target.requests.length > before, "it still fires");
  assert.equal(target.requests.at(-1)?.headers["x-token"], "second-token");
  await stop(agent);
});

/** A stand-in that writes down what systemd would be told; it does not need a systemd. */
function notifyCommand(path: string): { readonly bin: string; told(): readonly string[] } {
  const bin = join(path, "bin");
  const file = join(path, "told");
  mkdirSync(bin);
  writeFileSync(join(bin, "systemd-notify"), `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >> ${file}\n`);
  chmodSync(join(bin, "systemd-notify"), 0o755);
  writeFileSync(file, "");
  return { bin, told: () => readFileSync(file, "utf8").split("\n").slice(0, -1) };
}

test("systemd is told when it is ready, that it lives, and when it stops", async () => {
  using place = servicePlace();
  const { bin, told } = notifyCommand(place.path);
  const watched = { NOTIFY_SOCKET: "/run/x", WATCHDOG_USEC: "300000" };
  await using agent = await readyAgent({ ...place.env, ...watched, PATH: bin });
  const count = (state: string) => told().filter((line) => line === `/run/x ${state}`).length;
  await until(() => count("WATCHDOG=1") >= 3, "three signs of life");
  assert.equal(count("READY=1"), 1);
  assert.equal(count("STOPPING=1"), 0);
  await stop(agent);
  await until(() => count("STOPPING=1") === 1, "the stop is told");
});

test("a watchdog of another process is none of this one's", async () => {
  using place = servicePlace();
  const { bin, told } = notifyCommand(place.path);
  const env = { ...place.env, PATH: bin, NOTIFY_SOCKET: "/run/x", WATCHDOG_USEC: "1000", WATCHDOG_PID: "1" };
  await using agent = await readyAgent(env);
  await stop(agent);
  await until(() => told().length === 2, "start and stop are told");
  assert.ok(!told().some((line) => line.includes("WATCHDOG")));
});

test("without systemd-notify it says so once and goes on", async () => {
  using place = servicePlace();
  const env = { ...place.env, PATH: "/nonexistent", NOTIFY_SOCKET: "/run/x", WATCHDOG_USEC: "3000" };
  await using agent = await readyAgent(env);
  await agent.says("warning: systemd-notify is not on PATH");
  await stop(agent);
  assert.equal(agent.stderr.split("systemd-notify is not on PATH").length, 2);
});

const hasNotify = spawnSync("systemd-notify", ["--version"]).status === 0;

test("the real systemd-notify brings it to a real socket", { skip: !hasNotify && "no systemd-notify" }, async () => {
  using place = servicePlace();
  const socket = join(place.path, "notify.sock");
  const listen = `
import socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
print("listening", flush=True)
while True: print(listener.recv(4096).decode(), flush=True)`;
  const listener = spawn("python3", ["-c", listen, socket], { stdio: ["ignore", "pipe", "inherit"] });
  let heard = "";
  listener.stdout.setEncoding("utf8").on("data", (text: string) => {
    heard += text;
  });
  try {
    await until(() => heard.includes("listening"), "the socket is there");
    await using agent = await readyAgent({ ...place.env, NOTIFY_SOCKET: socket, WATCHDOG_USEC: "300000" });
    await until(() => heard.includes("READY=1") && heard.includes("WATCHDOG=1"), "it is told");
    await stop(agent);
    await until(() => heard.includes("STOPPING=1"), "the stop is told");
  } finally {
    listener.kill("SIGKILL");
  }
});

const logs: [string, string][] = [
  ["a full disk", 'exec "$0" "$@" 2>/dev/full'],
  ["nobody who reads it", 'exec "$0" "$@" 2>&-'],
];
for (const [where, shell] of logs) {
  test(`a log that goes to ${where} does not stop an agent`, { skip: process.platform !== "linux" }, async () => {
    using place = servicePlace();
    await using target = await startTarget();
    place.configure({ secrets: { TOKEN: { value: "a-token" } } });
    await addJob(place, target.url);
    await using agent = new ProgramProcess(["agent"], place.env, ["/bin/sh", "-c", shell, ...ownProgram]);
    await until(() => target.requests.length >= 2, "two requests arrive");
    await stop(agent);
  });
}

test("a log whose reader went away does not stop an agent", async () => {
  using place = servicePlace();
  await using target = await startTarget();
  place.configure({ secrets: { TOKEN: { value: "a-token" } } });
  await addJob(place, target.url);
  await using agent = await readyAgent(place.env);
  agent.child.stderr?.destroy();
  agent.child.stdout?.destroy();
  const before = target.requests.length;
  await until(() => target.requests.length >= before + 2, "two more requests arrive");
  agent.kill("SIGTERM");
  assert.equal((await agent.ended).code, 0);
});

test("500 runs in flight fit into 1,024 open files", { skip: process.platform !== "linux" }, async () => {
  using place = servicePlace();
  await using target = await startTarget();
  const held: (() => void)[] = [];
  target.on("*", (_request, response) => held.push(() => response.end()));
  place.configure({ max_concurrent_runs: 500 });
  const file = join(place.path, "jobs.json");
  // Time for the agent to start; late ones still run.
  const at = new Date(Date.now() + 3_000);
  writeFileSync(file, JSON.stringify(Array.from({ length: 500 }, (_, i) => ({ name: `${i}`, at, url: target.url }))));
  const added = await runProgram(["jobs", "add", file], place.env);
  assert.equal(added.code, 0, added.stderr);
  const shell = 'ulimit -n 1024; exec "$0" "$@"';
  await using agent = new ProgramProcess(["agent"], place.env, ["/bin/sh", "-c", shell, ...ownProgram]);
  await until(() => held.length === 500, "all are in flight");
  for (const answer of held) answer();
  const ended = () => agent.stderr.split("\n").filter((line) => line.includes('"run ended"'));
  await until(() => ended().length === 500, "all have ended");
  assert.ok(ended().every((line) => JSON.parse(line).status === "ok"));
  await stop(agent);
});

test("a home that can't be written to is named, with exit code 77", {
  skip: process.platform !== "linux",
  // Node's own recursive mkdir would never return.
  timeout: 60_000,
}, async (t) => {
  // To a new folder /sys answers "not permitted", /proc "no such file".
  for (const HOME of ["/sys", "/proc"]) {
    const agent = new ProgramProcess(["agent"], { HOME, FLEETCRON_STORE: "embedded" });
    t.after(() => agent.kill("SIGKILL"));
    const { code, stderr } = await agent.ended;
    assert.equal(code, 77);
    assert.ok(stderr.includes(`state_dir: can't make ${HOME}/.fleetcron`), stderr);
  }
});
