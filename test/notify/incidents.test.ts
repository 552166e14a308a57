// What people hear of jobs in trouble: once when it begins and once when it ends, from however many agents. One fleet of
// three serves all these jobs side by side.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { RunStatus } from "../../src/model/run.ts";
import { insertCommand } from "../../src/store/commands.ts";
import type { Store } from "../../src/store/connect.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { startAgent, type TestAgent, until } from "../helpers/test-agent.ts";
import { channelsTo, type Receiver, startReceiver } from "./receiver.ts";

await forEachTarget("notifications", (suite) => {
  let store: Store;
  let target: Target;
  let receiver: Receiver;
  let agents: readonly TestAgent[] = [];

  before(async () => {
    ({ store } = await openTestStore(suite));
    target = await startTarget();
    receiver = await startReceiver();
    let refusals = 2;
    receiver.target.on("/flaky", (_request, response) => void response.writeHead(refusals-- > 0 ? 500 : 200).end());
    receiver.target.on("/hangs", () => undefined);
    const notify = channelsTo(receiver, ["ops", "dev", "flaky", "hangs"]);
    const notifyDefault = { channels: ["ops"], after: 2, on: ["failed"] as const, slowSec: null };
    agents = await Promise.all([1, 2, 3].map(() => startAgent(store, { notify, notifyDefault })));
  });
  after(async () => {
    await receiver[Symbol.asyncDispose]();
    await Promise.all(agents.map((agent) => agent.stop()));
    await target.close();
    await store.close();
  });

  /** A job of each second whose target answers what `answer` says at the moment. */
  const addJob = async (name: string, notify?: unknown) => {
    const work = { answer: 500, delayMs: 0 };
    target.on(`/${name}`, (_request, response) => {
      setTimeout(() => response.writeHead(work.answer).end(), work.delayMs);
    });
    const job = { name, every_sec: 1, url: `${target.url}/${name}`, ...(notify === undefined ? {} : { notify }) };
    await store.jobs.insertOne(job);
    await insertCommand(store, { type: "reload_jobs", target: "all" });
    return work;
  };
  const ended = (name: string, status: RunStatus) => store.runs.countDocuments({ job_name: name, status });
  const isTakenUp = async (name: string) =>
    (await store.runs.countDocuments({ job_name: name, notify_due: { $exists: true } })) === 0;
  /** That many further runs ended so, and whoever had to be told of them has been. */
  const goesOn = async (name: string, status: RunStatus, runs = 3) => {
    const before = await ended(name, status);
    await until(async () => (await ended(name, status)) >= before + runs, `${runs} more runs of ${name} are ${status}`);
    await until(() => isTakenUp(name), `every run of ${name} is taken up`);
  };
  const told = (name: string, path?: string) => receiver.told(path).filter(({ job }) => job === name);
  const events = (name: string, path?: string) => told(name, path).map(({ event }) => event);
  const untilTold = (name: string, count: number, path?: string) =>
    until(() => told(name, path).length >= count, `${name} is told of ${count} times`);
  const incidentsOf = (name: string) => store.incidents.find({ job_name: name }).sort({ number: 1 }).toArray();
  const untilOver = (name: string) =>
    until(async () => (await incidentsOf(name)).every(({ expires_at }) => expires_at !== null), `${name} is over`);

  describe("of three agents", { concurrency: true }, () => {
    test("a failing job is told of once, so is its recovery, and the next failure is another incident", async () => {
      const work = await addJob("work", { channels: ["ops"], after: 1, on: ["failed", "recovered"] });
      await goesOn("work", "error", 4);
      assert.deepEqual(events("work"), ["failed"]);
      work.answer = 200;
      await untilTold("work", 2);
      await goesOn("work", "ok");
      assert.deepEqual(events("work"), ["failed", "recovered"]);
      work.answer = 500;
      await untilTold("work", 3);
      await goesOn("work", "error");
      assert.deepEqual(events("work"), ["failed", "recovered", "failed"]);
      const [first, second, third] = told("work");
      assert.equal(first?.incident_id, second?.incident_id);
      assert.notEqual(first?.incident_id, third?.incident_id);
      assert.deepEqual([first?.key, second?.key], [`${first?.incident_id}/failed`, `${first?.incident_id}/recovered`]);
      assert.match(first?.text ?? "", /^job work failed: step "step-1": status.* 500 \(due .*, on test-host\)$/);
      assert.match(second?.text ?? "", /^job work recovered after \d+ (s|min)$/);
    });

    test("the runs that began and ended an incident say what was told of them", async () => {
      const work = await addJob("recorded", { channels: ["ops"], after: 1, on: ["failed", "recovered"] });
      await untilTold("recorded", 1);
      work.answer = 200;
      await untilTold("recorded", 2);
      await untilOver("recorded");
      for (const { event, incident_id, run_id } of told("recorded")) {
        const run = await store.runs.findOne({ _id: String(run_id) });
        const [notified, ...others] = run?.notified ?? [];
        assert.deepEqual({ ...notified, at: null }, { event, incident_id, channel: "ops", at: null, ok: true });
        assert.ok(notified?.at instanceof Date);
        assert.deepEqual(others, []);
      }
      const [incident] = await incidentsOf("recorded");
      assert.ok((incident?.expires_at ?? 0) > new Date(), "kept for a while");
      const messages = incident?.messages.map(({ event, tries, error }) => `${event} ${tries} ${error}`);
      assert.deepEqual(messages, ["failed 1 null", "recovered 1 null"]);
    });

    test("after: 3 means the third failure in a row", async () => {
      let answers = 0;
      await addJob("third", { channels: ["ops"], after: 3 });
      // Two failures, one success, and from then on failures.
      target.on("/third", (_request, response) => void response.writeHead(++answers === 3 ? 200 : 500).end());
      await untilTold("third", 1);
      const executed = { job_name: "third", status: { $ne: "skipped" as const } };
      const runs = await store.runs.find(executed).sort({ scheduled_for: 1 }).toArray();
      const statuses = runs.slice(0, runs.findIndex(({ _id }) => _id === told("third")[0]?.run_id) + 1);
      assert.deepEqual(
        statuses.map(({ status }) => status),
        ["error", "error", "ok", "error", "error", "error"],
      );
    });

    test("only what the job asks for is told", async () => {
      const work = await addJob("no-recovery", { channels: ["ops"], after: 1, on: ["failed"] });
      await addJob("losses-only", { channels: ["ops"], after: 1, on: ["lost"] });
      await addJob("quiet", []);
      await untilTold("no-recovery", 1);
      work.answer = 200;
      await goesOn("no-recovery", "ok", 1);
      await untilOver("no-recovery");
      assert.deepEqual(events("no-recovery"), ["failed"]);
      for (const name of ["losses-only", "quiet"]) {
        await until(async () => (await ended(name, "error")) > 1, `${name} fails`);
        const told = await store.runs.countDocuments({ job_name: name, notify_due: { $exists: true } });
        assert.deepEqual([told, await incidentsOf(name)], [0, []]);
      }
    });

    test("a job that says nothing follows notify_default", async () => {
      await addJob("silent");
      await untilTold("silent", 1);
      const [incident] = await incidentsOf("silent");
      const before = await ended("silent", "error");
      assert.ok(before >= 2, "after: 2 of the config");
      assert.equal(incident?.recovered, false);
    });

    test("a slow run is told of once, and a quick one ends it", async () => {
      const on = ["slow", "recovered"];
      const work = await addJob("slow", { channels: ["ops"], slow_sec: 0.2, on });
      Object.assign(work, { answer: 200, delayMs: 300 });
      await untilTold("slow", 1);
      await goesOn("slow", "ok");
      assert.deepEqual(events("slow"), ["slow"]);
      assert.match(told("slow")[0]?.text ?? "", /took longer than 0.2 s/);
      work.delayMs = 0;
      await untilTold("slow", 2);
      assert.match(told("slow")[1]?.text ?? "", /is quick again/);
    });

    test("a job that is removed in trouble ends its incident in silence", async () => {
      await addJob("removed", { channels: ["ops"], after: 1, on: ["failed", "recovered"] });
      await untilTold("removed", 1);
      await store.jobs.deleteOne({ name: "removed" });
      await untilOver("removed");
      const [incident] = await incidentsOf("removed");
      assert.deepEqual([incident?.state, incident?.end?.event], ["closed", "removed"]);
      assert.deepEqual(events("removed"), ["failed"]);
    });

    test("a job that is edited in trouble stays in its incident, whose end is told to those who heard of it", async () => {
      const notify = { channels: ["ops"], after: 1, on: ["failed", "recovered"] };
      const work = await addJob("edited", notify);
      await untilTold("edited", 1);
      await store.jobs.updateOne({ name: "edited" }, { $set: { notify: { ...notify, channels: ["dev"] } } });
      await insertCommand(store, { type: "reload_jobs", target: "all" });
      await goesOn("edited", "error");
      work.answer = 200;
      await untilTold("edited", 2);
      assert.deepEqual([events("edited"), events("edited", "/dev")], [["failed", "recovered"], []]);
    });

    test("a channel that answers 500 is tried again until it takes the message, always under the same key", async () => {
      await addJob("flaky", { channels: ["flaky"], after: 1 });
      await until(async () => (await incidentsOf("flaky"))[0]?.messages[0]?.sent_at instanceof Date, "it is sent");
      assert.deepEqual(events("flaky", "/flaky"), ["failed", "failed", "failed"]);
      assert.equal(new Set(told("flaky", "/flaky").map(({ key }) => key)).size, 1);
      const run = await store.runs.findOne({ _id: String(told("flaky", "/flaky")[0]?.run_id) });
      assert.deepEqual(
        run?.notified?.map(({ ok }) => ok),
        [true],
      );
      const failures = agents.flatMap(({ logged }) => logged).filter(({ msg }) => msg === "notification failed");
      const refused = failures.filter(({ channel }) => channel === "flaky").map(({ error }) => String(error));
      assert.deepEqual(
        refused.map((error) => /status.* 500$/.test(error)),
        [true, true],
      );
    });

    test("a channel that hangs holds up no run, no record and no other channel", async () => {
      await addJob("hung", { channels: ["hangs", "ops"], after: 1 });
      await untilTold("hung", 1);
      await untilTold("hung", 1, "/hangs");
      await goesOn("hung", "error");
      assert.deepEqual(events("hung"), ["failed"]);
    });
  });

  test("what runs left to be told is taken up by others: a thousand failures are one message", async () => {
    const job = { _id: "rare", name: "rare", hour: 0, url: target.url };
    await store.jobs.insertOne(job as never);
    const begin = Date.now() - 3_600_000;
    const at = (i: number) => new Date(begin + i * 1_000);
    const notify_due = { event: "failed", channels: ["ops"], after: 1, recovered: true, slow_ms: null };
    const fields = { job_id: "rare", job_name: "rare", status: "error", reason: "it broke", hostname: "dead-host" };
    const runs = Array.from({ length: 1_000 }, (_, i) => ({
      ...{ _id: `rare@${at(i).toISOString()}`, scheduled_for: at(i), notify_due, ...fields },
    }));
    await store.runs.insertMany(runs as never[]);
    await until(() => isTakenUp("rare"), "all are taken up");
    await untilTold("rare", 1);
    const [incident, ...others] = await incidentsOf("rare");
    assert.deepEqual([others, events("rare")], [[], ["failed"]]);
    assert.equal(incident?.last_run_for.getTime(), at(999).getTime());
    assert.match(told("rare")[0]?.text ?? "", /^job rare failed: it broke \(.* on dead-host\)$/);
  });

  test("marks and incidents that a person broke stop nobody", async () => {
    const broken = [
      7,
      {},
      { event: "failed", channels: "ops", after: 1 },
      { event: "failed", channels: [1], after: 1 },
    ];
    const runs = broken.map((notify_due, i) => ({
      ...{ _id: `odd${i}`, job_id: "odd", job_name: "odd", status: "error", scheduled_for: new Date(0), notify_due },
    }));
    await store.incidents.insertOne({ _id: "odd", subject: 5, expires_at: null } as never);
    await store.runs.insertMany(runs as never[]);
    await until(() => isTakenUp("odd"), "they are cleared");
    await addJob("sound", { channels: ["ops"], after: 1 });
    await untilTold("sound", 1);
    assert.deepEqual(await incidentsOf("odd"), []);
  });
});
