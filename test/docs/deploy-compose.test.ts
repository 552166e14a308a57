// docs/deploy/compose.yaml as far as it can be tried without Docker: the target by itself, the agents' settings by the
// program's own checks, and the job of docs/deploy.md with both.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { Script } from "node:vm";
import { scratch } from "../config/scratch.ts";
import { runProgram } from "../helpers/agent-process.ts";
import { imageEnv, lastOf, loadWith, read, readYaml, stopSec, version, type Yaml } from "./deploy-files.ts";

const [compose] = readYaml("docs/deploy/compose.yaml");
const agents: [string, Yaml][] = Object.entries<Yaml>(compose.services).filter(([name]) => name.startsWith("agent-"));
const echoUrl = "http://echo:8080";

test("three agents have a machine of their own each, rights of nobody, and the time to stop", () => {
  assert.equal(agents.length, 3);
  for (const [name, agent] of agents) {
    assert.equal(agent.image, `fleetcron:${version}`);
    assert.deepEqual([agent.hostname, agent.volumes], [name, [`${name}:${lastOf("VOLUME")}`]]);
    assert.ok(name in compose.volumes);
    assert.ok(Number.parseInt(agent.stop_grace_period, 10) >= stopSec);
    assert.deepEqual([agent.read_only, agent.cap_drop], [true, ["ALL"]]);
    // Everybody can read arguments: settings are variables and files alone.
    assert.equal(agent.command, undefined);
  }
});

test("every image is pinned", () => {
  for (const { image } of Object.values<Yaml>(compose.services)) assert.match(image, /^[a-z]+:\d+\.\d+\.\d+/);
});

test("the agents' variables are a config of the replica set, with the secret that Compose mounts", (t) => {
  const place = scratch(t);
  const secret = place.write("api_secret", "s3cret-of-the-echo");
  for (const [, { environment, secrets }] of agents) {
    assert.deepEqual(secrets, Object.keys(compose.secrets));
    const given = environment.FLEETCRON_SECRETS.replace("/run/secrets/api_secret", secret);
    const { config } = loadWith(place, { ...imageEnv(), ...environment, FLEETCRON_SECRETS: given });
    assert.equal(config.secrets.get("API_SECRET")?.value, "s3cret-of-the-echo");
    const { hostname, searchParams } = new URL(config.mongodbUri ?? "");
    const { command, healthcheck } = compose.services[hostname];
    assert.equal(searchParams.get("replicaSet"), command[command.indexOf("--replSet") + 1]);
    const script = healthcheck.test.at(-1);
    assert.ok(new Script(script) && script.includes(`_id: "${searchParams.get("replicaSet")}"`));
  }
});

test("the job of docs/deploy.md gets its answer from the target, which prints the request", async (t) => {
  const { command } = compose.services.echo;
  const told = command[2].replace(".listen(8080)", ".listen(0, function () { console.log(this.address().port); })");
  const echo = spawn(process.execPath, ["-e", told], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => echo.kill());
  const lines = createInterface(echo.stdout)[Symbol.asyncIterator]();
  const host = `127.0.0.1:${(await lines.next()).value}`;
  const [, job = ""] = /<<'JSON'\n(.*?)\nJSON/s.exec(read("docs/deploy.md")) ?? [];
  assert.ok(job.includes(echoUrl));
  const env = { FLEETCRON_SECRETS: JSON.stringify({ API_SECRET: { value: "s3cret-of-the-echo", hosts: [host] } }) };
  const { code, stdout, stderr } = await runProgram(
    ["try", "-", "--json"],
    env,
    job.replace(echoUrl, `http://${host}`),
  );
  assert.equal(code, 0, stderr);
  assert.equal(JSON.parse(stdout).steps[0].response_sample, '{"method":"POST","url":"/hello"}');
  assert.match(String((await lines.next()).value), /^POST \/hello \S+$/);
  echo.kill();
  await once(echo, "close");
});
