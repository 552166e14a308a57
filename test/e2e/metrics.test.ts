// The program with metrics.listen: as Prometheus, a supervisor and a person at the terminal meet it.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { type Environment, ownSources } from "../helpers/agent-process.ts";
import { EmbeddedMachine } from "../helpers/embedded-machine.ts";
import { startTarget } from "../helpers/target.ts";
import { until } from "../helpers/test-agent.ts";
import { readPage, scrape, servedAt } from "../metrics/scrape.ts";

const listModules = pathToFileURL(join(import.meta.dirname, "..", "helpers", "list-modules.mjs")).href;
const anyPort = { FLEETCRON_METRICS_LISTEN: "127.0.0.1:0" };

test("an agent serves its metrics, no secret among them, and a kept connection does not hold up its end", async () => {
  await using target = await startTarget();
  using machine = new EmbeddedMachine({ ...anyPort, FLEETCRON_SECRETS: '{"TOKEN": {"value": "correct-horse"}}' });
  await machine.addJob({ name: "tick", every_sec: 1, url: `${target.url}/{{TOKEN}}` });
  await using agent = await machine.startAgent();
  const url = servedAt(agent);
  await until(async () => ((await scrape(url)).get('fleetcron_runs_total{status="ok"}') ?? 0) >= 1, "a run is counted");
  assert.deepEqual(await readPage(`${url}/readyz`), { status: 200, text: "ready\n" });
  const series = await scrape(url);
  assert.doesNotMatch([...series.keys()].join("\n"), /correct-horse|tick/);
  assert.ok((series.get('fleetcron_database_command_duration_seconds_count{command="insert"}') ?? 0) >= 1);

  const idle = connect(Number(new URL(url).port), "127.0.0.1").on("error", () => {});
  idle.write("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
  await new Promise((resolve) => idle.once("data", resolve));
  agent.kill("SIGTERM");
  assert.equal((await agent.ended).code, 0);
  await assert.rejects(fetch(`${url}/healthz`));
});

test("a port that is taken ends the agent before it does anything, in words", async () => {
  await using target = await startTarget();
  using machine = new EmbeddedMachine({ FLEETCRON_METRICS_LISTEN: `127.0.0.1:${target.port}` });
  const { code, stderr } = await machine.run(["agent"]);
  assert.equal(code, 1);
  const address = `127.0.0.1:${target.port}`;
  const why = "another program listens there; stop it or choose another port";
  assert.equal(stderr, `fleetcron: metrics.listen: can't listen on ${address}: ${why}\n`);
});

test("a changed metrics.listen counts after a restart, which reload-config says", async () => {
  using machine = new EmbeddedMachine();
  const file = join(machine.dir.path, "listen");
  writeFileSync(file, "127.0.0.1:0\n");
  const env = { FLEETCRON_METRICS_LISTEN_FILE: file };
  await using agent = await machine.startAgent(env);
  writeFileSync(file, "127.0.0.1:9464\n");
  const { code, stdout } = await machine.run(["reload-config"]);
  assert.equal(code, 0);
  assert.match(stdout, /metrics changed: it counts after a restart of the agent/);
  assert.equal((await readPage(`${servedAt(agent)}/healthz`)).status, 200);
});

test("the library that counts is loaded only where metrics are wanted", async () => {
  using machine = new EmbeddedMachine();
  const loadedBy = async (name: string, env: Environment) => {
    const file = join(machine.dir.path, name);
    const listing = { ...env, MODULES_FILE: file, NODE_OPTIONS: `--import=${listModules}` };
    await using _agent = await machine.startAgent(listing, ownSources);
    return readFileSync(file, "utf8");
  };
  assert.doesNotMatch(await loadedBy("without", {}), /prom-client/);
  assert.match(await loadedBy("with", anyPort), /prom-client/);
});
