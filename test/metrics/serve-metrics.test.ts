// The agent's web server by itself: what it answers, what it refuses, and that it never holds up a stop.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, test } from "node:test";
import { type ServedMetrics, serveMetrics } from "../../src/metrics/serve-metrics.ts";
import type { AgentState } from "../../src/model/meter.ts";
import { startTarget } from "../helpers/target.ts";
import { readPage, scrape } from "./scrape.ts";

const anyPort = { host: "127.0.0.1", port: 0 };

const state: AgentState = {
  ...{ machineId: "m-1", hostname: "host.example", version: "1.2.3" },
  ...{ serial: 2, runsInProgress: 3, slots: { limit: 50, free: 47 }, jobs: { loaded: 10, invalid: 1 } },
  ...{ clockOffsetMs: -250, databaseAwayMs: null, claims: "open" },
};

const served = await serveMetrics(anyPort);
after(() => served[Symbol.asyncDispose]());

/** What a client gets that writes these bytes and then waits. */
async function answerTo(bytes: string, { url }: ServedMetrics): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1").setEncoding("utf8");
  let text = "";
  socket.on("data", (part: string) => {
    text += part;
  });
  socket.write(bytes);
  await once(socket, "close");
  return text;
}

test("before the agent is ready it is alive, not ready, and shows no figure that would be a lie", async () => {
  assert.deepEqual(await readPage(`${served.url}/healthz`), { status: 200, text: "alive\n" });
  const { status, text } = await readPage(`${served.url}/readyz`);
  assert.equal(status, 503);
  assert.match(text, /^not ready: starting/);
  const series = await scrape(served.url);
  assert.equal(series.get("fleetcron_ready"), 0);
  assert.equal(series.get('fleetcron_runs_total{status="ok"}'), 0);
  assert.ok(!series.has("fleetcron_serial"));
  assert.ok(!series.has("fleetcron_slots_free"));
});

test("a scrape shows the agent as it is at that moment", async () => {
  let now = state;
  served.watch({ state: () => now });
  assert.deepEqual(await readPage(`${served.url}/readyz?verbose`), { status: 200, text: "ready\n" });
  const series = await scrape(served.url);
  const expected = {
    'fleetcron_agent_info{machine_id="m-1",hostname="host.example",version="1.2.3"}': 1,
    ...{ fleetcron_ready: 1, fleetcron_database_up: 1, fleetcron_serial: 2, fleetcron_runs_in_progress: 3 },
    ...{ fleetcron_slots: 50, fleetcron_slots_free: 47, fleetcron_jobs_loaded: 10, fleetcron_jobs_invalid: 1 },
    ...{ fleetcron_clock_offset_seconds: -0.25 },
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(series.get(name), value, name);
  assert.ok((series.get("process_resident_memory_bytes") ?? 0) > 1e6);
  assert.ok((series.get("process_cpu_seconds_total") ?? 0) > 0);
  now = { ...state, serial: null };
  assert.equal((await scrape(served.url)).get("fleetcron_serial"), 0);
});

for (const [what, change, reason] of [
  ["whose database is away", { databaseAwayMs: 12_400 }, "the database has not answered for 12 s"],
  ["that is drained", { claims: "draining" }, "drained: nothing new starts until the command resume"],
  ["that stops", { claims: "stopping" }, "stopping: runs in progress end, nothing new starts"],
] as const) {
  test(`an agent ${what} is alive but not ready, and says why`, async () => {
    served.watch({ state: () => ({ ...state, ...change }) });
    assert.deepEqual(await readPage(`${served.url}/readyz`), { status: 503, text: `not ready: ${reason}\n` });
    assert.equal((await readPage(`${served.url}/healthz`)).status, 200);
    assert.equal((await scrape(served.url)).get("fleetcron_ready"), 0);
  });
}

test("an agent without a serial is ready: it takes its turn last", async () => {
  served.watch({ state: () => ({ ...state, serial: null }) });
  assert.equal((await readPage(`${served.url}/readyz`)).status, 200);
});

test("other paths are not found, other methods not allowed, and HEAD has no body", async () => {
  for (const path of ["/", "/metrics/", "/constructor"]) {
    assert.equal((await readPage(`${served.url}${path}`)).status, 404, path);
  }
  const posted = await fetch(`${served.url}/metrics`, { method: "POST", body: "x" });
  assert.deepEqual([posted.status, posted.headers.get("allow")], [405, "GET, HEAD"]);
  const head = await fetch(`${served.url}/metrics`, { method: "HEAD" });
  assert.deepEqual([head.status, await head.text()], [200, ""]);
  assert.ok(Number(head.headers.get("content-length")) > 1_000);
});

test("a request that is no HTTP, or has an endless head, ends its connection alone", async () => {
  assert.match(await answerTo("EHLO there\r\n\r\n", served), /^HTTP\/1\.1 400 /);
  assert.match(await answerTo(`GET /metrics HTTP/1.1\r\nx: ${"x".repeat(10_000)}`, served), /^HTTP\/1\.1 431 /);
  assert.equal((await readPage(`${served.url}/healthz`)).status, 200);
});

test("a client that never ends its request is sent away", { timeout: 30_000 }, async () => {
  assert.match(await answerTo("GET /metrics HTTP/1.1\r\n", served), /^HTTP\/1\.1 408 /);
});

test("figures that can't be read are an error of that scrape and no more", async () => {
  served.watch({
    state: () => {
      throw new Error("no figures");
    },
  });
  assert.deepEqual(await readPage(`${served.url}/metrics`), { status: 500, text: "no figures\n" });
  served.watch({ state: () => state });
  assert.equal((await readPage(`${served.url}/metrics`)).status, 200);
});

test("two agents of one process count apart", async () => {
  await using other = await serveMetrics(anyPort);
  other.metrics.runTakenOver();
  assert.equal((await scrape(other.url)).get("fleetcron_takeovers_total"), 1);
  assert.equal((await scrape(served.url)).get("fleetcron_takeovers_total"), 0);
});

test("a connection kept for the next scrape, and one in mid-request, do not hold up the end", {
  timeout: 30_000,
}, async () => {
  const own = await serveMetrics(anyPort);
  const port = Number(new URL(own.url).port);
  const sockets = [connect(port, "127.0.0.1"), connect(port, "127.0.0.1")] as const;
  const closed = sockets.map((socket) => new Promise((resolve) => socket.on("error", () => {}).once("close", resolve)));
  const [idle, half] = sockets;
  idle.write("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
  half.write("GET /healthz HTTP/1.1\r\n");
  await once(idle, "data");
  await own[Symbol.asyncDispose]();
  await Promise.all(closed);
});

test("a port that is taken, an address that is another's and a name that is none are told in words", async () => {
  await using target = await startTarget();
  const refused = async (host: string, port: number, why: RegExp) =>
    assert.rejects(serveMetrics({ host, port }), { code: "listen_failed", message: why });
  const taken = `metrics\\.listen: can't listen on 127\\.0\\.0\\.1:${target.port}: another program listens there`;
  await refused("127.0.0.1", target.port, new RegExp(`^${taken}`));
  await refused("192.0.2.1", 9464, /192\.0\.2\.1:9464: this machine has no such address$/);
  await refused("no.such.host.invalid", 9464, /: no such host$|EAI_AGAIN/);
});

test("it listens on IPv6 too", async (t) => {
  const own = await serveMetrics({ host: "::1", port: 0 }).catch((error: { readonly message: string }) => error);
  if ("message" in own) return t.skip(own.message);
  await using _own = own;
  assert.match(own.url, /^http:\/\/\[::1\]:\d+$/);
  assert.equal((await readPage(`${own.url}/healthz`)).status, 200);
});
