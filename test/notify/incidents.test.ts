// What people hear of jobs in trouble: once when it begins and once when it ends, from however many agents. One fleet of
// three serves all these jobs side by side.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { insertCommand } from "../../src/store/commands.ts";
import { onEmbedded } from "../helpers/mongo-targets.ts";
import { until } from "../helpers/test-agent.ts";
import { NotifiedFleet } from "./notified-fleet.ts";

await onEmbedded("notifications", (suite) => {
  const fleet = new NotifiedFleet(suite);

  describe("of three agents", { concurrency: true }, () => {
    test("the runs that began and ended an incident say what was told of them", async () => {
      const work = await fleet.addJob("recorded", { channels: ["ops"], after: 1, on: ["failed", "recovered"] });
      await fleet.untilTold("recorded", 1);
      work.answer = 200;
      await fleet.untilTold("recorded", 2);
      await fleet.untilOver("recorded");
      for (const { event, incident_id, run_id } of fleet.told("recorded")) {
        const run = await fleet.store.runs.findOne({ _id: String(run_id) });
        const [notified, ...others] = run?.notified ?? [];
        assert.deepEqual({ ...notified, at: null }, { event, incident_id, channel: "ops", at: null, ok: true });
        assert.ok(notified?.at instanceof Date);
        assert.deepEqual(others, []);
      }
      const [incident] = await fleet.incidentsOf("recorded");
      assert.ok((incident?.expires_at ?? 0) > new Date(), "kept for a while");
      const messages = incident?.messages.map(({ event, tries, error }) => `${event} ${tries} ${error}`);
      assert.deepEqual(messages, ["failed 1 null", "recovered 1 null"]);
    });

    test("after: 3 means the third failure in a row", async () => {
      let answers = 0;
      await fleet.addJob("third", { channels: ["ops"], after: 3 });
      // Two failures, one success, and from then on failures.
      fleet.target.on("/third", (_request, response) => void response.writeHead(++answers === 3 ? 200 : 500).end());
      await fleet.untilTold("third", 1);
      const executed = { job_name: "third", status: { $ne: "skipped" as const } };
      const runs = await fleet.store.runs.find(executed).sort({ scheduled_for: 1 }).toArray();
      const statuses = runs.slice(0, runs.findIndex(({ _id }) => _id === fleet.told("third")[0]?.run_id) + 1);
      assert.deepEqual(
        statuses.map(({ status }) => status),
        ["error", "error", "ok", "error", "error", "error"],
      );
    });

    test("only what the job asks for is told", async () => {
      const work = await fleet.addJob("no-recovery", { channels: ["ops"], after: 1, on: ["failed"] });
      await fleet.addJob("losses-only", { channels: ["ops"], after: 1, on: ["lost"] });
      await fleet.addJob("quiet", []);
      await fleet.untilTold("no-recovery", 1);
      work.answer = 200;
      await fleet.goesOn("no-recovery", "ok", 1);
      await fleet.untilOver("no-recovery");
      assert.deepEqual(fleet.events("no-recovery"), ["failed"]);
      for (const name of ["losses-only", "quiet"]) {
        await until(async () => (await fleet.countEnded(name, "error")) > 1, `${name} fails`);
        const told = await fleet.store.runs.countDocuments({ job_name: name, notify_due: { $exists: true } });
        assert.deepEqual([told, await fleet.incidentsOf(name)], [0, []]);
      }
    });

    test("a job that says nothing follows notify_default", async () => {
      await fleet.addJob("silent");
      await fleet.untilTold("silent", 1);
      const [incident] = await fleet.incidentsOf("silent");
      const before = await fleet.countEnded("silent", "error");
      assert.ok(before >= 2, "after: 2 of the config");
      assert.equal(incident?.recovered, false);
    });

    test("a slow run is told of once, and a quick one ends it", async () => {
      const on = ["slow", "recovered"];
      const work = await fleet.addJob("slow", { channels: ["ops"], slow_sec: 0.2, on });
      Object.assign(work, { answer: 200, delayMs: 300 });
      await fleet.untilTold("slow", 1);
      await fleet.goesOn("slow", "ok");
      assert.deepEqual(fleet.events("slow"), ["slow"]);
      assert.match(fleet.told("slow")[0]?.text ?? "", /took longer than 0.2 s/);
      work.delayMs = 0;
      await fleet.untilTold("slow", 2);
      assert.match(fleet.told("slow")[1]?.text ?? "", /is quick again/);
    });

    test("a job that is removed in trouble ends its incident in silence", async () => {
      await fleet.addJob("removed", { channels: ["ops"], after: 1, on: ["failed", "recovered"] });
      await fleet.untilTold("removed", 1);
      await fleet.store.jobs.deleteOne({ name: "removed" });
      await fleet.untilOver("removed");
      const [incident] = await fleet.incidentsOf("removed");
      assert.deepEqual([incident?.state, incident?.end?.event], ["closed", "removed"]);
      assert.deepEqual(fleet.events("removed"), ["failed"]);
    });

    test("a job that is edited in trouble stays in its incident, whose end is told to those who heard of it", async () => {
      const notify = { channels: ["ops"], after: 1, on: ["failed", "recovered"] };
      const work = await fleet.addJob("edited", notify);
      await fleet.untilTold("edited", 1);
      await fleet.store.jobs.updateOne({ name: "edited" }, { $set: { notify: { ...notify, channels: ["dev"] } } });
      await insertCommand(fleet.store, { type: "reload_jobs", target: "all" });
      await fleet.goesOn("edited", "error");
      work.answer = 200;
      await fleet.untilTold("edited", 2);
      assert.deepEqual([fleet.events("edited"), fleet.events("edited", "/dev")], [["failed", "recovered"], []]);
    });

    test("a channel that answers 500 is tried again until it takes the message, always under the same key", async () => {
      await fleet.addJob("flaky", { channels: ["flaky"], after: 1 });
      await until(
        async () => (await fleet.incidentsOf("flaky"))[0]?.messages[0]?.sent_at instanceof Date,
        "it is sent",
      );
      assert.deepEqual(fleet.events("flaky", "/flaky"), ["failed", "failed", "failed"]);
      assert.equal(new Set(fleet.told("flaky", "/flaky").map(({ key }) => key)).size, 1);
      const run = await fleet.store.runs.findOne({ _id: String(fleet.told("flaky", "/flaky")[0]?.run_id) });
      assert.deepEqual(
        run?.notified?.map(({ ok }) => ok),
        [true],
      );
      const failures = fleet.agents.flatMap(({ logged }) => logged).filter(({ msg }) => msg === "notification failed");
      const refused = failures.filter(({ channel }) => channel === "flaky").map(({ error }) => String(error));
      assert.deepEqual(
        refused.map((error) => /status.* 500$/.test(error)),
        [true, true],
      );
    });

    test("a channel that hangs holds up no run, no record and no other channel", async () => {
      await fleet.addJob("hung", { channels: ["hangs", "ops"], after: 1 });
      await fleet.untilTold("hung", 1);
      await fleet.untilTold("hung", 1, "/hangs");
      await fleet.goesOn("hung", "error");
      assert.deepEqual(fleet.events("hung"), ["failed"]);
    });
  });

  test("what runs left to be told is taken up by others: a thousand failures are one message", async () => {
    const job = { _id: "rare", name: "rare", hour: 0, url: fleet.target.url };
    await fleet.store.jobs.insertOne(job as never);
    const begin = Date.now() - 3_600_000;
    const at = (i: number) => new Date(begin + i * 1_000);
    const notify_due = { event: "failed", channels: ["ops"], after: 1, recovered: true, slow_ms: null };
    const fields = { job_id: "rare", job_name: "rare", status: "error", reason: "it broke", hostname: "dead-host" };
    const runs = Array.from({ length: 1_000 }, (_, i) => ({
      ...{ _id: `rare@${at(i).toISOString()}`, scheduled_for: at(i), notify_due, ...fields },
    }));
    await fleet.store.runs.insertMany(runs as never[]);
    await fleet.untilTakenUp("rare");
    await fleet.untilTold("rare", 1);
    const [incident, ...others] = await fleet.incidentsOf("rare");
    assert.deepEqual([others, fleet.events("rare")], [[], ["failed"]]);
    assert.equal(incident?.last_run_for.getTime(), at(999).getTime());
    assert.match(fleet.told("rare")[0]?.text ?? "", /^job rare failed: it broke \(.* on dead-host\)$/);
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
    await fleet.store.incidents.insertOne({ _id: "odd", subject: 5, expires_at: null } as never);
    await fleet.store.runs.insertMany(runs as never[]);
    await fleet.untilTakenUp("odd");
    await fleet.addJob("sound", { channels: ["ops"], after: 1 });
    await fleet.untilTold("sound", 1);
    assert.deepEqual(await fleet.incidentsOf("odd"), []);
  });
});
