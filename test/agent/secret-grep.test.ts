// Two hundred chains that use secrets wherever they can, against targets that send them back in every everyday encoding:
// afterwards everything that anybody can read is searched for all of them. FLEETCRON_PROPERTY_SEED chooses the chains.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BSON } from "mongodb";
import type { RunDocument } from "../../src/store/collections.ts";
import { insertCommand } from "../../src/store/commands.ts";
import type { Store } from "../../src/store/connect.ts";
import { agentEnvironment, runProgram, startAgentProcess, temporaryDir } from "../helpers/agent-process.ts";
import { onEmbedded } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { assertNoSecret } from "../helpers/secret-forms.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { until } from "../helpers/test-agent.ts";
import { readPage, servedAt } from "../metrics/scrape.ts";
import { startReceiver } from "../notify/receiver.ts";
import { answerChains, chainSecrets, encodings, secretJobs } from "./secret-chains.ts";

const seed = Number(process.env.FLEETCRON_PROPERTY_SEED ?? 1);
const chains = 200;

/** Half a secret is a secret too. */
const halves = Object.entries(chainSecrets).flatMap(([key, value]) => [
  [`start of ${key}`, value.slice(0, 10)],
  [`end of ${key}`, value.slice(-10)],
]);
const wanted: Readonly<Record<string, string>> = { ...chainSecrets, ...Object.fromEntries(halves) };

/** Without this the search would prove nothing: every way back was taken, and a mask stands where a secret was. */
function assertUsed(runs: readonly RunDocument[], target: Target): void {
  const asked = new Set(target.requests.map(({ url }) => url.split("/")[2]));
  assert.equal(asked.size, encodings.length, "every encoding was asked for");
  const steps = runs.flatMap((run) => run.steps);
  const codes = new Set<string | undefined>(steps.map(({ error }) => error?.code));
  for (const code of ["status", "expect", "reset", "template"])
    assert.ok(codes.has(code), `a step failed with ${code}`);
  assert.ok(runs.some(({ outputs }) => Object.keys(outputs ?? {}).length > 0));
  assert.ok(steps.some(({ url }) => url?.endsWith("?…")));
  assert.ok(steps.some(({ error }) => error?.message.includes("outputs are stored, secrets never are")));
  assert.ok(steps.some(({ error }) => /got .*\{\{\w+\}\}/.test(error?.message ?? "")));
  for (const key of Object.keys(chainSecrets)) {
    const masked = steps.filter(({ response_sample }) => response_sample?.includes(`{{${key}}}`));
    assert.ok(masked.length > chains / 4, `${key} came back ${masked.length} times`);
    assert.ok(steps.some(({ url }) => url?.includes(`{{${key}}}`)));
  }
  for (const [name, answered] of Map.groupBy(steps, (step) => String(step.name).split(" ")[0])) {
    const has = answered.some(({ response_sample }) => response_sample?.includes("{{"));
    assert.ok(has, `an answer of ${name} held a secret`);
  }
}

async function assertCleanDatabase(store: Store): Promise<void> {
  const collections = await store.db.listCollections().toArray();
  assert.ok(collections.length >= 6, "there is something to look at");
  for (const { name } of collections) {
    const documents = await store.db.collection(name).find().toArray();
    assertNoSecret(documents.map((one) => BSON.EJSON.stringify(one)).join("\n"), wanted, name);
    const bytes = Buffer.concat(documents.map((one) => BSON.serialize(one)));
    assertNoSecret(bytes.toString("latin1"), wanted, `${name}, bytes`);
  }
}

await onEmbedded("generated chains", (suite) => {
  test(`of ${chains} no secret is in the database, the log, a message or the answer of a command`, async () => {
    await using cleanup = new AsyncDisposableStack();
    using dir = temporaryDir();
    const { store } = await openTestStore(suite);
    cleanup.defer(() => store.close());
    const target = cleanup.use(await startTarget());
    const receiver = cleanup.use(await startReceiver());
    answerChains(target);
    await store.jobs.insertMany([...secretJobs(seed, chains, target.url)]);
    const notify = { hook: { type: "webhook", url: `${receiver.target.url}/ops` } };
    const options = {
      ...{ uri: suite.uri, dbName: suite.dbName, stateDir: dir.path, settings: { poll_sec: 1, heartbeat_sec: 0.5 } },
      env: {
        FLEETCRON_SECRETS: JSON.stringify(chainSecrets),
        FLEETCRON_NOTIFY: JSON.stringify(notify),
        FLEETCRON_EXEC: '{"allow": ["/usr/bin/env"]}',
        FLEETCRON_HTTP_DEFAULTS: '{"retry": {"retries": 0}}',
        FLEETCRON_LOG: '{"level": "trace"}',
        FLEETCRON_METRICS_LISTEN: "127.0.0.1:0",
      },
    };
    await using agent = await startAgentProcess(options);
    const ended = () => store.runs.find({ end_at: { $ne: null } }).toArray();
    await until(async () => (await ended()).length === chains, "all chains have ended");
    const runs = await ended();
    const failed = runs.filter(({ status }) => status === "error");
    await until(() => receiver.told().length >= failed.length, "every failure was told of");
    assertUsed(runs, target);
    assert.ok(receiver.told().some(({ text, reason }) => text.includes("{{") && reason?.includes("{{")));
    await assertCleanDatabase(store);
    const shown = failed.slice(0, 3).map(({ _id }) => ["runs", "show", _id, "--json"]);
    const [first] = failed;
    const asked = [...shown, ["status"], ["explain", first?.job_name ?? "", "last", "--json"]];
    const answers = await Promise.all(asked.map((args) => runProgram(args, agentEnvironment(options))));
    for (const [i, answer] of answers.entries()) {
      assert.equal(answer.code, 0, `${asked[i]}: ${answer.stderr}`);
      assertNoSecret(answer.stdout + answer.stderr, wanted, String(asked[i]));
    }
    assert.match(answers[0]?.stdout ?? "", /\{\{\w+\}\}/);

    // A person's mistake: what the database then holds must not go further.
    const pasted = { name: `pasted ${chainSecrets.TOKEN}`, at: new Date(), url: target.url, expect: { status: [404] } };
    await store.jobs.insertOne({ ...pasted, notify: ["hook"] });
    await insertCommand(store, { type: "reload_jobs", target: "all" });
    await until(() => receiver.told().length > failed.length, "the failure of that one is told of too");
    const { text: metrics } = await readPage(`${servedAt(agent)}/metrics`);
    assert.match(metrics, /fleetcron_runs_total\{status="error"\}/);
    assertNoSecret(metrics, wanted, "metrics");
    agent.kill("SIGTERM");
    const { code, stdout, stderr } = await agent.ended;
    assert.equal(code, 0);

    assert.match(stderr, /ping failed/);
    assert.match(stderr, /pasted \{\{TOKEN\}\}/);
    assertNoSecret(stdout, wanted, "stdout");
    assertNoSecret(stderr, wanted, "stderr");
    const told = receiver.target.requests.map(({ body, headers }) => body + JSON.stringify(headers));
    assertNoSecret(told.join("\n"), wanted, "messages");
  });
});
