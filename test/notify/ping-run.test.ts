// `ping_url`: each run tells of its start and its end, in this order, and never waits for the answer.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Store } from "../../src/store/connect.ts";
import { onEmbedded } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { clearFleet } from "../helpers/swept-fleet.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { startAgent, until } from "../helpers/test-agent.ts";

await onEmbedded("pings", (suite) => {
  let store: Store;
  let target: Target;
  before(async () => {
    ({ store } = await openTestStore(suite));
    target = await startTarget();
  });
  after(async () => {
    await target.close();
    await store.close();
  });
  beforeEach(() => clearFleet(store));

  const insert = (name: string, fields: Record<string, unknown>) =>
    store.jobs.insertOne({ name, at: new Date(), url: `${target.url}/${name}`, ...fields });
  const pingsOf = (path: string) => target.requests.filter(({ url }) => url.startsWith(path)).map(({ url }) => url);
  const agent = () =>
    startAgent(store, {
      secrets: new Map([
        ["PINGS", { value: target.url, hosts: null }],
        ["ID", { value: "a/b?c", hosts: ["127.0.0.1"] }],
        ["BOUND", { value: "bound-to-another", hosts: ["api.example.com"] }],
      ]),
    });

  test("a good run tells start and success, a bad one start and failure; templates and bound secrets hold", async () => {
    target.on("/bad", (_request, response) => response.writeHead(500).end());
    await insert("good", { ping_url: "{{PINGS}}/ping/{{job.name}}/{{ID}}?key=1" });
    await insert("bad", { ping_url: "{{PINGS}}/ping/{{job.name}}/" });
    await insert("misused", { ping_url: "{{PINGS}}/ping/{{job.name}}/{{BOUND}}" });
    await using one = await agent();
    await until(() => one.runs.length === 3, "all ran");
    await until(() => pingsOf("/ping/").length === 4, "all pings came");
    assert.deepEqual(pingsOf("/ping/good"), ["/ping/good/a%2Fb%3Fc/start?key=1", "/ping/good/a%2Fb%3Fc?key=1"]);
    assert.deepEqual(pingsOf("/ping/bad"), ["/ping/bad/start", "/ping/bad/fail"]);
    const refused = one.logged.filter(({ msg }) => msg === "ping failed");
    assert.deepEqual(
      refused.map(({ job, error }) => [job, String(error).slice(0, 31)]),
      Array(2).fill(["misused", "blocked: secret BOUND is bound "]),
    );
    assert.equal(one.runs.find(({ job }) => job === "misused")?.status, "ok");
    const ping = target.requests.find(({ url }) => url.startsWith("/ping/good"));
    assert.equal(ping?.headers["idempotency-key"], undefined, "it is no step of the run");
  });

  test("a ping that is refused is tried once more; one without an answer holds up neither the run nor its record", async () => {
    const answers: (() => void)[] = [];
    target.on("/hang/start", (_request, response) => void answers.push(() => response.end()));
    target.on("/no/start", (_request, response) => response.writeHead(503).end());
    await insert("hung", { ping_url: `${target.url}/hang` });
    await insert("refused", { ping_url: `${target.url}/no` });
    await using one = await agent();
    await until(() => one.runs.length === 2 && answers.length === 1, "both ran");
    assert.equal(await store.runs.countDocuments({ status: "ok" }), 2);
    await until(() => pingsOf("/no").length === 3, "the other's pings came");
    assert.deepEqual(pingsOf("/no"), ["/no/start", "/no/start", "/no"]);
    // A success that overtook its start would make the service wait for another end.
    assert.deepEqual(pingsOf("/hang"), ["/hang/start"]);
    for (const answer of answers) answer();
    await until(() => pingsOf("/hang").length === 2, "the end is told after the start");
  });
});
