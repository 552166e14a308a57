// An agent that stops waits neither for a channel nor for a ping that never answers, once its drain is over.
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { hurriedClock } from "../helpers/hurried-clock.ts";
import { onEmbedded } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { startTarget } from "../helpers/target.ts";
import { startAgent, until } from "../helpers/test-agent.ts";

await onEmbedded("stopping while nobody answers", (suite) => {
  test("the agent ends after its drain, gives both requests up, and leaves the message to others", async () => {
    await using cleanup = new AsyncDisposableStack();
    const { store } = await openTestStore(suite);
    cleanup.defer(() => store.close());
    const target = cleanup.use(await startTarget());
    const hanging = new Map<string, ServerResponse>();
    target.on("*", ({ url }, response) => void hanging.set(url, response));
    target.on("/fails", (_request, response) => void response.writeHead(500).end());
    await store.jobs.insertOne({
      ...{ name: "fails", at: new Date(), url: `${target.url}/fails` },
      ...{ ping_url: `${target.url}/ping`, notify: ["hook"] },
    });
    const clock = hurriedClock();
    const notify = new Map([["hook", { type: "webhook", url: `${target.url}/hook` }]] as const);
    await using agent = await startAgent(store, { clock, notify });
    await until(() => hanging.has("/ping/start") && hanging.has("/hook"), "the ping and the message are under way");
    assert.equal((await store.runs.findOne())?.status, "error", "neither holds up the record");

    await agent.stop();
    await until(() => [...hanging.values()].every(({ destroyed }) => destroyed), "both connections are closed");
    assert.equal(clock.sleeping(), 0, "nothing waits any more");
    assert.deepEqual([...hanging.keys()].sort(), ["/hook", "/ping/start"], "nothing was sent again");
    const given = agent.logged.filter(({ msg }) => msg === "ping failed").map(({ error }) => String(error));
    assert.match(given[0] ?? "", /^aborted: /);
    // Nobody knows whether it arrived: it stays claimed, and another agent sends it after the lease.
    const [message, ...others] = (await store.incidents.findOne())?.messages ?? [];
    assert.deepEqual([message?.sent_at, message?.error, others.length], [null, null, 0]);
    assert.ok(message?.claimed_at instanceof Date);
  });
});
