// The command as a person types it; docs/cli.md shows what it prints.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { jobDefaults, parseJob } from "../../../src/model/parse-job.ts";
import { insertJob } from "../../../src/store/jobs.ts";
import { stepDocument } from "../../../src/store/run-document.ts";
import { sampleJob, sampleRun, sampleStep } from "../../helpers/sample-run.ts";
import { testSettings } from "../../helpers/test-agent.ts";
import { cliSuite } from "../cli-suite.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/cli.md"), "utf8");

await cliSuite("explain", (cli) => {
  const document = {
    ...{ _id: "nightly", name: "nightly-report", hour: 2, minute: 30, tz: "Europe/Berlin" },
    url: "https://api.example.com/report",
  };
  const due = Date.parse("2026-03-29T01:30:00Z");
  before(async () => {
    await insertJob(cli.store, document);
    await insertJob(cli.store, { _id: "broken", name: "broken", hour: 99 });
    const parsed = parseJob(document, jobDefaults(testSettings));
    assert.ok("job" in parsed);
    const run = sampleRun({ job: parsed.job, scheduledFor: due, now: due + 5_080 });
    await cli.store.runs.insertOne({
      ...run,
      ...{ status: "ok", elapsed_ms: 812, end_at: new Date(due + 5_900) },
      ...{ hostname: "web-2", claimed_by: "580b6766-54b8-43ec-a314-609707644955", executed_by_serial: 2 },
      steps: [stepDocument(sampleStep({ status: "ok", statusCode: 200 }))],
    });
  });

  test("prints one screen, as docs/cli.md shows it; the blank in TIME needs no quotes", async () => {
    const [, shown = ""] =
      /```\nfleetcron explain nightly-report "2026-03-29 02:30"\n```\n\n```\n([^`]*)```/.exec(page) ?? [];
    const { code, stdout } = await cli.run(["explain", "nightly-report", "2026-03-29", "02:30"]);
    const undated = (text: string) => text.replaceAll(/\d+ d ago/g, "some d ago");
    assert.equal(undated(stdout), undated(shown));
    assert.equal(code, 0);
    assert.match(stdout, /^ok\n/);
  });

  test("--json prints one object with the situation, the nearest instants and the record", async () => {
    const answer = await cli.json(["explain", "nightly", "2026-03-29T01:30:00Z"]);
    assert.deepEqual(
      [answer.status, answer.situation, answer.run._id],
      ["ok", "ran", "nightly@2026-03-29T01:30:00.000Z"],
    );
    assert.deepEqual([answer.at, answer.local], ["2026-03-29T01:30:00Z", "2026-03-29T03:30:00+02:00"]);
    assert.deepEqual([answer.due_before, answer.due_after], ["2026-03-28T01:30:00Z", "2026-03-30T00:30:00Z"]);
  });

  test("what was not due is no error", async () => {
    const { code, stdout } = await cli.run(["explain", "nightly", "2026-03-29T01:30:01Z"]);
    assert.deepEqual([code, stdout.split("\n")[0]], [0, "not due"]);
    const broken = await cli.json(["explain", "broken", "last"]);
    assert.deepEqual([broken.situation, broken.due_before, broken.run], ["invalid", null, null]);
  });

  test("a job that was removed is explained by its records, found by name or id", async () => {
    const gone = sampleJob({ id: 7, idText: "7", name: "weekly" });
    const run = sampleRun({ job: gone, scheduledFor: due, now: due + 5_080 });
    await cli.store.runs.insertMany([
      { ...run, status: "ok", end_at: new Date(due + 5_900) },
      {
        ...sampleRun({ job: gone, scheduledFor: due - 60_000 }),
        ...{ status: "missed", reason: "start_grace_passed", start_at: null },
      },
    ]);
    const last = await cli.json(["explain", "weekly", "last"]);
    assert.deepEqual([last.job, last.situation, last.run._id], ["weekly", "ran", run._id]);
    assert.deepEqual(
      last.rows.find(({ label }: { label: string }) => label === "edited"),
      { label: "edited", text: "the job was removed since" },
    );
    const missed = await cli.json(["explain", "7", new Date(due - 60_000).toISOString()]);
    assert.deepEqual([missed.job, missed.situation], ["weekly", "missed"]);
    assert.ok(!missed.rows.some(({ label }: { label: string }) => label === "start grace"), "nobody knows it any more");
    const between = await cli.run(["explain", "weekly", "2026-03-29T01:30:01Z"]);
    assert.match(between.stdout, /^not due\nweekly\n.*The job was removed, .*newest run +7@2026-03-29T01:30:00\.000Z/s);
  });

  test("an unknown job ends with 1 and is told with what was probably meant", async () => {
    const { code, stdout, stderr } = await cli.run(["explain", "nightly-reprot", "now"]);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /no job with the name or id "nightly-reprot"\n {2}did you mean "nightly-report"\?/);
  });
});
