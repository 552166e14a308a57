// A real server that goes away for 20 s and comes back: what the agent says, sends and makes up for.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { connectStore, type Store } from "../../src/store/connect.ts";
import { startStandalone, type TestServer } from "../helpers/mongo-servers.ts";
import { ownMongod } from "../helpers/mongo-targets.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { startAgent, type TestAgent, until } from "../helpers/test-agent.ts";

const outageMs = 20_000;
/** A claim acknowledged just before the end may still be sent; one that is older is asserted again first. */
const acknowledgementValidMs = 2_000;

const binary = await ownMongod("outage");

if (binary !== null) {
  let server: TestServer;
  let store: Store;
  let target: Target;

  before(async () => {
    server = await startStandalone(binary);
    store = await connectStore({ uri: server.uri, dbName: "fleetcron", appName: "outage" });
    target = await startTarget();
  });
  after(async () => {
    await store.close();
    await target.close();
    await server.stop();
  });

  const said = (agent: TestAgent, text: string) => agent.logged.filter((entry) => String(entry.msg).startsWith(text));
  const requestsOf = (path: string) => target.requests.filter((request) => request.url === path);

  test("a database away for 20 s stops nothing for good: nothing unclaimed is sent, and what was due is made up for", async () => {
    let answer: (() => void) | undefined;
    target.on("/long", (_request, response) => {
      answer = () => response.end("at last");
    });
    await store.jobs.insertMany([
      { name: "each second", every_sec: 1, overlap: "allow", url: `${target.url}/each` },
      { name: "long", at: new Date(), url: `${target.url}/long`, timeout_sec: 120 },
    ]);
    await using agent = await startAgent(store, { leaseSec: 60, heartbeatSec: 2, pollSec: 5 });
    await until(() => requestsOf("/each").length >= 3 && answer !== undefined, "both jobs are at work");

    await server.pause();
    const pausedAt = performance.now();
    await until(() => performance.now() - pausedAt > acknowledgementValidMs, "the last claim is old");
    const sentBefore = target.requests.length;
    answer?.();
    await delay(outageMs - (performance.now() - pausedAt));
    assert.equal(said(agent, "database not answering").length, 1, "it says so while the database is away");
    assert.equal(target.requests.length, sentBefore, "without a claim nothing is sent");
    const backAt = Date.now();
    await server.resume();

    await until(() => said(agent, "database answers again").length > 0, "it says that the database is back");
    await until(() => agent.runs.some((run) => run.scheduledFor > backAt + 2_000), "it goes on by itself");
    await agent.stop();
    assert.equal(said(agent, "database not answering").length, 1);
    assert.equal(said(agent, "database answers again").length, 1);

    const runs = await store.runs.find({ job_name: "each second" }).sort({ scheduled_for: 1 }).toArray();
    const first = runs[0]?.scheduled_for.getTime() ?? 0;
    assert.deepEqual(
      runs.map((run) => [run.scheduled_for.getTime(), run.status]),
      runs.map((_, i) => [first + i * 1_000, "ok"]),
      "no second is left out",
    );
    assert.ok(runs.filter((run) => run.late_ms > 2_000).length >= 15, "what was due meanwhile was started late");
    assert.equal(requestsOf("/each").length, runs.length);
    for (const run of runs) {
      const sent = requestsOf("/each").filter(({ headers }) => headers["idempotency-key"] === `${run._id}/0`);
      assert.equal(sent.length, 1, run._id);
      assert.ok(run.claimed_at.getTime() <= (sent[0]?.at ?? 0), "the claim precedes the request");
    }

    const [long] = await store.runs.find({ job_name: "long" }).toArray();
    assert.deepEqual(
      [long?.status, long?.attempt, long?.steps[0]?.response_sample, requestsOf("/long").length],
      ["ok", 1, "at last", 1],
      "the run in flight ended in the meantime and was recorded after",
    );
  });
}
