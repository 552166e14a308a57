// Urls and tokens of channels, and the secrets of jobs that messages are about, appear nowhere: not in the database, not
// in what the program says, not in a message. What channels answer is full of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BSON } from "mongodb";
import { findCommand, insertCommand } from "../../src/store/commands.ts";
import { startAgentProcess, temporaryDir } from "../helpers/agent-process.ts";
import { onEmbedded } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { assertNoSecret } from "../helpers/secret-forms.ts";
import { startTarget } from "../helpers/target.ts";
import { until } from "../helpers/test-agent.ts";

const ofJobs = { ODD: `p@ss/wörd+"x"&=1` };
const ofChannels = { HOOK: "T0/B0/0a1B2c3D4e5F6071", SLACK: "T1/B1/9z8Y7x6W5v4U3t2S", BOT: "123456:AAH-9s8d7f6g5h4j" };
const values = { ...ofJobs, ...ofChannels };

await onEmbedded("secrets of channels", (suite) => {
  test("none is stored, said or sent in a message, whether a channel takes it or fails with all it was sent", async () => {
    await using target = await startTarget();
    using dir = temporaryDir();
    const { store } = await openTestStore(suite);
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(() => store.close());
    let refusals = 3;
    const urls = { hook: `${target.url}/${values.HOOK}`, slack: `${target.url}/${values.SLACK}` };
    target.on("*", ({ url, headers, body }, response) => {
      const echo = `${url}\n${JSON.stringify(headers)}\n${body}`;
      response.writeHead(refusals-- > 0 ? 500 : 200, { location: url }).end(echo);
    });
    target.on("/tells", (_request, response) => void response.end(`${urls.hook} ${urls.slack} ${values.BOT}`));
    const notify = {
      hook: { type: "webhook", url: { env: "HOOK_URL" } },
      slack: { type: "slack", url: urls.slack },
      bot: { type: "telegram", url: target.url, token: { env: "BOT_TOKEN" }, chat_id: "7" },
      gone: { type: "webhook", url: `http://127.0.0.1:9/${values.HOOK}` },
    };
    await using agent = await startAgentProcess({
      ...{ uri: suite.uri, dbName: suite.dbName, stateDir: dir.path },
      settings: { heartbeat_sec: 0.5, lease_sec: 4, poll_sec: 1 },
      env: {
        ...{ HOOK_URL: urls.hook, BOT_TOKEN: values.BOT, FLEETCRON_NOTIFY: JSON.stringify(notify) },
        ...{ FLEETCRON_SECRETS: JSON.stringify(ofJobs), FLEETCRON_LOG: '{"level": "trace"}' },
      },
    });
    await store.jobs.insertMany([
      { name: "fails", at: new Date(), url: "{{ODD}}", notify: Object.keys(notify) },
      { name: "tells", at: new Date(), url: `${target.url}/tells` },
      { name: "pings", at: new Date(), url: target.url, ping_url: `http://127.0.0.1:9/{{ODD}}` },
    ]);
    await insertCommand(store, { type: "reload_jobs", target: "all" });
    const messages = async () => (await store.incidents.findOne({ job_name: "fails" }))?.messages ?? [];
    await until(async () => {
      const sent = (await messages()).filter(({ sent_at }) => sent_at !== null).length;
      return sent === 3 && (await messages()).some(({ channel, error }) => channel === "gone" && error !== null);
    }, "three channels took it, one is not there");
    await agent.says("ping failed");
    const tells = () => store.runs.findOne({ job_name: "tells", status: "ok" });
    await until(async () => (await tells()) !== null, "a target tells what it knows of channels");
    assert.equal((await tells())?.steps[0]?.response_sample, "{{notify.hook}} {{notify.slack}} {{notify.bot}}");
    const reload = await insertCommand(store, { type: "reload_config", target: "all" });
    await until(async () => (await findCommand(store, reload))?.acks[0]?.ok === true, "the config is read again");
    agent.kill("SIGTERM");
    const { stdout, stderr } = await agent.ended;

    for (const secret of Object.values(ofChannels)) {
      assert.ok(target.requests.filter(({ url }) => url.includes(secret)).length > 0, "it was used");
    }
    assert.match(stderr, /notification failed/);
    assert.match((await messages()).map(({ error }) => error).join("\n"), /connect/);
    const told = target.requests.filter(({ method }) => method === "POST");
    assert.ok(
      told.every(({ body }) => body.includes("{{ODD}}")),
      "a message says the reason, masked",
    );
    for (const { body, headers } of told) assertNoSecret(body + JSON.stringify(headers), values, "a message");
    assertNoSecret(stdout, values, "stdout");
    assertNoSecret(stderr, values, "stderr");
    for (const { name } of await store.db.listCollections().toArray()) {
      for (const document of await store.db.collection(name).find().toArray()) {
        assertNoSecret(BSON.EJSON.stringify(document), values, name);
        assertNoSecret(Buffer.from(BSON.serialize(document)).toString("latin1"), values, `${name}, bytes`);
      }
    }
  });
});
