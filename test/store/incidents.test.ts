// Whatever several agents do to an incident at one moment, one of them does it.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { IncidentDocument } from "../../src/store/collections.ts";
import type { Store } from "../../src/store/connect.ts";
import { ensureIndexes } from "../../src/store/ensure-indexes.ts";
import {
  claimMessage,
  giveMessageUp,
  markMessageSent,
  putMessageOff,
  recordNotified,
} from "../../src/store/incident-messages.ts";
import {
  beginIncident,
  endIncident,
  expireIncident,
  extendIncident,
  findLatestIncident,
  findUnsettledIncidents,
} from "../../src/store/incidents.ts";
import { failCommand } from "../helpers/fail-command.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { sampleIncident, sampleMessage } from "../helpers/sample-incident.ts";
import { sampleRun } from "../helpers/sample-run.ts";

const writeConcernError = { code: 64, errmsg: "waiting for replication timed out" };

await forEachTarget("incidents in the store", (suite) => {
  let store: Store;
  let appName: string;
  before(async () => {
    ({ store, appName } = await openTestStore(suite));
    await ensureIndexes(store);
  });
  after(() => store.close());
  beforeEach(() => store.incidents.deleteMany({}));

  const atOnce = <T>(work: () => Promise<T>) => Promise.all(Array.from({ length: 8 }, work));
  const countTrue = (answers: readonly boolean[]) => answers.filter((answer) => answer).length;
  const load = async (): Promise<IncidentDocument> => {
    const [incident] = await store.incidents.find().toArray();
    assert.ok(incident);
    return incident;
  };
  const messageNow = async () => {
    const incident = await load();
    const [message] = incident.messages;
    assert.ok(message);
    return { incident, index: 0, message };
  };
  const begin = async (fields: Partial<IncidentDocument> = {}) => {
    assert.equal(await beginIncident(store, sampleIncident(fields)), true);
    return messageNow();
  };

  test("eight that begin the same incident at once begin one, and the next has the next number", async () => {
    assert.equal(countTrue(await atOnce(() => beginIncident(store, sampleIncident()))), 1);
    assert.equal(await store.incidents.countDocuments(), 1);
    const { incident, next } = await findLatestIncident(store, "failing:sample");
    assert.deepEqual([incident?._id, next], [(await load())._id, 2]);
    assert.equal(await beginIncident(store, sampleIncident({ number: 2 })), true);
    assert.deepEqual(await findLatestIncident(store, "failing:other"), { incident: null, next: 1 });
  });

  test("one that was begun without an answer is one's own", async () => {
    await using _ = await failCommand(suite, { failCommands: ["insert"], appName, writeConcernError }, 1);
    assert.equal(await beginIncident(store, sampleIncident()), true);
  });

  test("it is ended by one, against what was seen, and its messages are there once", async () => {
    const { incident } = await begin();
    const turn = { ...incident.begin, event: "recovered" as const };
    const end = { end: turn, messages: [sampleMessage({ event: "recovered" })] };
    const later = new Date(incident.last_run_for.getTime() + 1);
    assert.equal(await extendIncident(store, incident._id, later), true);
    await endIncident(store, incident, end);
    assert.equal((await load()).state, "open", "a later run was counted to it");
    const seen = await load();
    await atOnce(() => endIncident(store, seen, end));
    const { state, messages } = await load();
    assert.deepEqual([state, messages.map(({ event }) => event)], ["closed", ["failed", "recovered"]]);
    assert.equal(await extendIncident(store, incident._id, later), false, "it is over");
  });

  test("an end that is written twice because its answer was lost has its messages once", async () => {
    const { incident } = await begin();
    await using _ = await failCommand(suite, { failCommands: ["update"], appName, writeConcernError }, 1);
    const end = { ...incident.begin, event: "recovered" as const };
    await endIncident(store, incident, { end, messages: [sampleMessage({ event: "recovered" })] });
    assert.equal((await load()).messages.length, 2);
  });

  test("a message is claimed by one, again only as it was seen, and never once it is sent or given up", async () => {
    const seen = await begin();
    assert.equal(countTrue(await atOnce(() => claimMessage(store, seen, "agent"))), 1);
    const claimed = await messageNow();
    assert.deepEqual([claimed.message.tries, claimed.message.claimed_by], [1, "agent"]);
    const dueAt = new Date();
    await putMessageOff(store, seen, { dueAt, error: "status 500" });
    assert.equal(await claimMessage(store, claimed, "late"), false, "it was let go of since");
    const free = await messageNow();
    assert.deepEqual([free.message.claimed_at, free.message.due_at, free.message.error], [null, dueAt, "status 500"]);
    assert.equal(await claimMessage(store, free, "other"), true);
    await putMessageOff(store, seen, { dueAt, error: "of a former sender" });
    const taken = await messageNow();
    assert.deepEqual([taken.message.claimed_by, taken.message.error], ["other", "status 500"]);
    await markMessageSent(store, seen);
    const sent = await messageNow();
    assert.equal(sent.message.error, null);
    assert.equal(await claimMessage(store, sent, "agent"), false);
    assert.equal(await giveMessageUp(store, sent), false);
    await store.incidents.deleteMany({});
    const given = await begin();
    assert.equal(countTrue(await atOnce(() => giveMessageUp(store, given))), 1);
    assert.equal(await claimMessage(store, await messageNow(), "agent"), false);
  });

  test("what was told is noted in the run once", async () => {
    const run = sampleRun();
    await store.runs.insertOne(run);
    const told = { event: "failed", incident_id: "i", channel: "ops", at: new Date(), ok: true } as const;
    await atOnce(() => recordNotified(store, run._id, { ...told, at: new Date() }));
    await recordNotified(store, run._id, { ...told, channel: "dev" });
    const { notified } = (await store.runs.findOne({ _id: run._id })) ?? {};
    assert.deepEqual(notified?.map(({ channel }) => channel).sort(), ["dev", "ops"]);
  });

  test("it is kept among the unsettled until it is over and expires; a broken one is passed over", async () => {
    const { incident } = await begin();
    await store.incidents.insertOne({ ...sampleIncident({ number: 2 }), begin: "yesterday" } as never);
    const unsettled = async () => (await findUnsettledIncidents(store)).map(({ _id }) => _id);
    const at = new Date(Date.now() + 60_000);
    await expireIncident(store, incident._id, at);
    assert.deepEqual(await unsettled(), [incident._id], "it goes on");
    await endIncident(store, incident, { end: incident.begin, messages: [] });
    assert.deepEqual(await unsettled(), [incident._id]);
    await expireIncident(store, incident._id, at);
    await expireIncident(store, incident._id, new Date(0));
    assert.deepEqual(await unsettled(), []);
    assert.deepEqual((await store.incidents.findOne({ _id: incident._id }))?.expires_at, at);
    assert.deepEqual(await findLatestIncident(store, "failing:sample"), { incident: null, next: 3 });
  });
});
