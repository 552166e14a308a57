// docs/deploy/Dockerfile as far as it can be tried without Docker.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { serveMetrics } from "../../src/metrics/serve-metrics.ts";
import { scratch } from "../config/scratch.ts";
import { devDependencies, imageEnv, lastOf, loadWith, read, readDockerfile, root } from "./deploy-files.ts";

const wordsOf = (name: string) =>
  readDockerfile()
    .filter((one) => one.name === name)
    .map(({ text }) => text.split(" "));

test("the image stands on the Node that the project is tested with, and is not root's", () => {
  for (const [image] of wordsOf("FROM")) assert.equal(image, `node:${devDependencies.node}-bookworm-slim`);
  assert.match(lastOf("USER"), /^[1-9]\d*:[1-9]\d*$/);
  assert.equal(readDockerfile().findLast(({ name }) => name === "USER" || name === "RUN")?.name, "USER");
  assert.deepEqual([lastOf("ENTRYPOINT"), lastOf("CMD")], ['["fleetcron"]', '["agent"]']);
  assert.equal(lastOf("STOPSIGNAL"), "SIGTERM");
});

test("what it copies from the clone is there, and .dockerignore lets it pass", () => {
  const passed = read(".dockerignore")
    .split("\n")
    .filter((line) => line.startsWith("!"));
  const copied = wordsOf("COPY").filter(([first]) => !first?.startsWith("--from="));
  for (const path of copied.flatMap((words) => words.slice(0, -1))) {
    assert.ok(existsSync(join(root, path)), path);
    assert.ok(passed.includes(`!${path.split("/")[0]}`), path);
  }
  for (const line of passed) assert.ok(existsSync(join(root, line.slice(1))), line);
  assert.ok(copied.length > 3);
});

test("its variables are settings: the state lies in the volume, and the port is told", (t) => {
  const { config } = loadWith(scratch(t), { ...imageEnv(), FLEETCRON_MONGODB_URI: "mongodb://db.example.com" });
  assert.equal(config.stateDir, lastOf("VOLUME"));
  assert.equal(String(config.metrics.listen?.port), lastOf("EXPOSE"));
});

test("its health check succeeds while an agent answers, and fails when none does", async () => {
  const [, ...quoted] = /CMD (\[.*\])$/.exec(lastOf("HEALTHCHECK")) ?? [];
  const [program, flag, script] = JSON.parse(quoted[0] ?? "[]");
  assert.deepEqual([program, flag], ["node", "-e"]);
  const check = async (url: string) => {
    const code = script.replace(`http://127.0.0.1:${lastOf("EXPOSE")}`, url);
    assert.notEqual(code, script);
    const [exit] = await once(spawn(process.execPath, [flag, code], { stdio: "ignore" }), "close");
    return exit;
  };
  const served = await serveMetrics({ host: "127.0.0.1", port: 0 });
  assert.equal(await check(served.url), 0);
  assert.equal(await check(`${served.url}/no/such/page?`), 1);
  await served[Symbol.asyncDispose]();
  assert.equal(await check(served.url), 1);
});
