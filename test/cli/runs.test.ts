import assert from "node:assert/strict";
import { before, test } from "node:test";
import { insertJob } from "../../src/store/jobs.ts";
import { stepDocument } from "../../src/store/run-document.ts";
import { sampleJob, sampleRun, sampleStep } from "../helpers/sample-run.ts";
import { cliSuite, type Json } from "./cli-suite.ts";

const hourMs = 3_600_000;

await cliSuite("runs and status", (cli) => {
  const now = Date.now();
  const nightly = sampleJob({ id: 7, idText: "7", name: "nightly" });
  const removed = sampleJob({ id: "gone", idText: "gone", name: "removed" });
  const at = (job: typeof nightly, hoursAgo: number, fields: object) => ({
    ...sampleRun({ job, scheduledFor: now - hoursAgo * hourMs, now: now - hoursAgo * hourMs }),
    ...fields,
  });
  const failed = at(nightly, 2, {
    status: "error",
    reason: 'step "step-1": status 503',
    elapsed_ms: 1234,
    takeovers: [
      {
        ...{ at: new Date(now), claimed_by: "former", instance_id: "i", hostname: "web-7", executed_by_serial: 2 },
        ...{ attempt: 1, step: 0 },
      },
    ],
    steps: [
      stepDocument(
        sampleStep({
          status: "error",
          statusCode: 503,
          elapsedMs: 1200,
          attempts: 7,
          tries: [
            { at: now, statusCode: null, elapsedMs: 3, error: { code: "reset", message: "reset: gone" }, waitMs: 2100 },
            { at: now, statusCode: 503, elapsedMs: 4, error: { code: "status", message: "status 503" }, waitMs: null },
          ],
          responseSample: "down for\nmaintenance \u001b[2J",
          responseTruncated: true,
          error: { code: "status", message: "status 503" },
        }),
      ),
    ],
  });
  before(async () => {
    await insertJob(cli.store, { _id: 7, name: "nightly", hour: 2, url: "https://x.example.com" });
    await insertJob(cli.store, { name: "broken", hour: 99 });
    await cli.store.runs.insertMany([
      at(nightly, 1, { status: "ok", elapsed_ms: 12, claimed_by: "0b6e7a52-1111-4000-8000-000000000000" }),
      failed,
      at(nightly, 30, { status: "missed", elapsed_ms: 0 }),
      at(removed, 3, { status: "lost", elapsed_ms: null }),
      at(removed, 0.5, { status: "running" }),
    ]);
  });
  const statuses = async (...args: string[]) =>
    (await cli.json(["runs", "list", ...args])).map(({ status }: Json) => status);

  test("list shows the newest first, as many as asked for", async () => {
    assert.deepEqual(await statuses(), ["running", "ok", "error", "lost", "missed"]);
    assert.deepEqual(await statuses("-n", "2"), ["running", "ok"]);
    const { stdout } = await cli.run(["runs", "list"]);
    assert.match(stdout, /^SCHEDULED FOR +JOB +STATUS +TOOK +HOST +SERIAL +RUN +REASON\n/);
    assert.match(stdout, /nightly +error +1\.2 s +host\.example +1 +7@\S+ +step "step-1": status 503\n/);
  });

  test("list filters by job, status, time and machine, and by all together", async () => {
    assert.deepEqual(await statuses("--job", "nightly"), ["ok", "error", "missed"]);
    assert.deepEqual(await statuses("--job", "7", "--status", "missed"), ["missed"]);
    assert.deepEqual(await statuses("--since", "90m"), ["running", "ok"]);
    assert.deepEqual(await statuses("--since", new Date(now - 2.5 * hourMs).toISOString(), "--status", "error"), [
      "error",
    ]);
    assert.deepEqual(await statuses("--machine", "0b6e7a52-1111-4000-8000-000000000000"), ["ok"]);
  });

  test("runs of a removed job are found by its name or id", async () => {
    assert.deepEqual(await statuses("--job", "removed"), ["running", "lost"]);
    assert.deepEqual(await statuses("--job", "gone"), ["running", "lost"]);
  });

  test("show prints every field, each try and the response, with nothing that could move the cursor", async () => {
    const { code, stdout } = await cli.run(["runs", "show", failed._id]);
    assert.equal(code, 0);
    for (const text of [
      /^run +7@/m,
      /^job +nightly \(7\)$/m,
      /^status +error$/m,
      /^reason +step "step-1": status 503$/m,
      /^executed by +host\.example \(machine\) {2}serial 1$/m,
      /^taken over +from web-7 \(former\) {2}serial 2 {2}attempt 1 {2}at \S+/m,
      /^step 1\. step-1 {2}error {2}503 {2}1\.2 s {2}7 tries {2}status 503$/m,
      /^ {2}try 6: .* {2}no answer {2}3 ms {2}reset: gone {2}then waited 2\.1 s$/m,
      /^ {2}try 7: .* {2}503 {2}4 ms {2}status 503$/m,
      /^ {2}response, its beginning:\n {4}down for\n {4}maintenance \\x1b\[2J$/m,
    ]) {
      assert.match(stdout, text);
    }
  });

  test("show --json prints the document in its own field names", async () => {
    const run = await cli.json(["runs", "show", failed._id]);
    assert.deepEqual([run._id, run.job_id, run.scheduled_for], [failed._id, 7, failed.scheduled_for.toISOString()]);
    assert.deepEqual(run.steps[0].error, { code: "status", message: "status 503" });
  });

  test("an unknown run is told with the newest ones", async () => {
    const { stderr } = await cli.run(["runs", "show", "7@nothing"]);
    assert.match(stderr, /no run with the id "7@nothing"\n {2}newest runs:\n {2}gone@\S+ {2}removed\n/);
  });

  test("status gathers what is due, what runs, the failures of a day and the number of invalid jobs", async () => {
    const { next, running, failures, invalid } = await cli.json(["status"]);
    assert.deepEqual([next.length, next[0].name, next[0].job_id], [1, "nightly", 7]);
    assert.ok(Date.parse(next[0].scheduled_for) > now);
    assert.deepEqual(
      running.map(({ status }: Json) => status),
      ["running"],
    );
    assert.deepEqual(
      failures.map(({ status }: Json) => status),
      ["error", "lost"],
    );
    assert.equal(invalid, 1);
    const { stdout } = await cli.run(["status"]);
    assert.match(stdout, /nightly +\d{4}-\d\d-\d\d 02:00:00 UTC +in \d/);
    assert.match(stdout, /1 job invalid: fleetcron jobs check says why\n$/);
  });
});
