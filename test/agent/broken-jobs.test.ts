// Every document of the table of broken jobs in one collection with a good one: each is reported, none runs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Document } from "mongodb";
import type { Store } from "../../src/store/connect.ts";
import { assertEverySecond } from "../helpers/every-second.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { startAgent, type TestAgent, until } from "../helpers/test-agent.ts";
import type { BrokenJob } from "../model/broken-job.ts";
import { brokenJobs } from "../model/broken-jobs.ts";

/** Were a broken job's request sent, it must not reach anybody. */
const network = { denyPrivate: false, allowHosts: [], denyHosts: ["example.com"] };

const hasBrokenSchedule = ({ problems }: BrokenJob) =>
  problems.some((problem) => /^(hour|minute|every_sec|at|schedules|cron|start_at|end_at)\b/.test(problem));

/** Due each second where the schedule is not the fault: were it not refused, it would run at once. */
function makeUrgent(row: BrokenJob): Document {
  if (hasBrokenSchedule(row)) return row.document;
  const { hour: _, ...rest } = row.document;
  return { ...rest, every_sec: 1 };
}

/** As the log names it: an `_id` or a name that can't be one is no name for anything. */
function reportOf({ document, problems }: BrokenJob): Document {
  const { _id, name } = document;
  const hasBrokenName = problems.some((problem) => problem.startsWith("name:"));
  return { jobId: typeof _id === "string" ? _id : "(no usable _id)", job: hasBrokenName ? null : name, problems };
}

const sorted = (reports: readonly Document[]) => reports.map((report) => JSON.stringify(report)).sort();

await forEachTarget("broken jobs", (suite) => {
  let store: Store;
  let target: Target;
  let agent: TestAgent;
  const cleanup = new AsyncDisposableStack();
  const ended = () => agent.runs.filter((run) => run.job === "good").length;

  before(async () => {
    ({ store } = await openTestStore(suite));
    cleanup.defer(() => store.close());
    target = cleanup.use(await startTarget());
    const good: Document = { _id: "good", name: "good", every_sec: 1, overlap: "allow", url: `${target.url}/good` };
    // The driver would put an id in the place of a null.
    const { insertedCount } = await store.jobs.insertMany([...brokenJobs.map(makeUrgent), good], {
      forceServerObjectId: true,
    });
    assert.ok(insertedCount > 40);
    agent = cleanup.use(await startAgent(store, { network }));
  });
  after(() => cleanup.disposeAsync());

  test("each of them is reported once with all that is wrong with it", () => {
    const reports = agent.logged
      .filter((entry) => entry.msg === "invalid job ignored")
      .map(({ jobId, job, problems }) => ({ jobId, job, problems }));
    assert.deepEqual(sorted(reports), sorted(brokenJobs.map(reportOf)));
    const loaded = agent.logged.find((entry) => entry.msg === "jobs loaded");
    assert.deepEqual([loaded?.loaded, loaded?.invalid], [1, brokenJobs.length]);
  });

  test("each of them is refused with the same words when a person asks to run it now", async () => {
    const ids = brokenJobs.map(({ document }) => document._id);
    await store.db
      .collection("commands")
      .insertMany(ids.map((job_id) => ({ type: "run_job", target: "all", args: { job_id } })));
    const find = () => store.commands.find({ type: "run_job" }).sort({ _id: 1 }).toArray();
    await until(async () => (await find()).every((command) => (command.acks ?? []).length > 0), "all are acknowledged");
    assert.deepEqual(
      (await find()).map(({ acks: [ack] = [] }) => [ack?.ok, ack?.error]),
      brokenJobs.map(({ problems }) => [false, `job is invalid: ${problems.join("; ")}`]),
    );
  });

  test("a good job beside them runs every second, and none of them ever does", async () => {
    await until(() => ended() >= 4, "the good job ran for some seconds");
    await assertEverySecond(store, "good");
    assert.deepEqual(await store.runs.distinct("job_id"), ["good"]);
    assert.deepEqual([...new Set(agent.runs.map((run) => run.job))], ["good"]);
    assert.deepEqual([...new Set(target.requests.map((request) => request.url))], ["/good"]);
  });
});
