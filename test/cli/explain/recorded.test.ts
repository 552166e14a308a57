import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { RunDocument, TakeoverDocument } from "../../../src/store/collections.ts";
import type { Store } from "../../../src/store/connect.ts";
import { stepDocument } from "../../../src/store/run-document.ts";
import { forEachTarget } from "../../helpers/mongo-targets.ts";
import { openTestStore } from "../../helpers/open-test-store.ts";
import { sampleStep } from "../../helpers/sample-run.ts";
import { ask, insertMachine, leave, noon, record } from "./asking.ts";

const daily = { hour: 9, minute: 0 };
const at = "2026-03-29T09:00:00.000Z";
const due = Date.parse(at);
const unsent = { start_at: null, elapsed_ms: 0 };
const former: TakeoverDocument = {
  ...{ at: new Date(due + 60_000), claimed_by: "former", instance_id: "i", hostname: "web-7" },
  ...{ executed_by_serial: 2, attempt: 1, step: 0 },
};

await forEachTarget("explain a record", (target) => {
  let store: Store;
  before(async () => {
    ({ store } = await openTestStore(target));
  });
  after(() => store.close());

  const rows: readonly {
    readonly name: string;
    readonly job?: Readonly<Record<string, unknown>>;
    readonly run: Partial<RunDocument>;
    readonly situation: string;
    readonly says: readonly RegExp[];
  }[] = [
    {
      name: "a run that ended well is told with machine, serial, start and duration",
      run: { executed_by_serial: 2, late_ms: 5_100, steps: [stepDocument(sampleStep({ status: "ok" }))] },
      situation: "ran",
      says: [/^ok /, /It ran on host\.example\./, /serial 2/, /5\.1 s after it was due/, /took 1\.2 s/, /1 ok/],
    },
    {
      name: "a run that failed is told with its reason",
      run: { status: "error", reason: 'step "step-1": status 503' },
      situation: "ran",
      says: [/^error /, /ended as error/, /reason step "step-1": status 503/],
    },
    {
      name: "jitter is told apart from lateness",
      job: { jitter_sec: 600 },
      run: { late_ms: 400_000 },
      situation: "ran",
      says: [/put off by .* of jitter/],
    },
    {
      name: "a run of another edition says that the job was edited since",
      run: { job_rev: "1111111111111111" },
      situation: "ran",
      says: [/edited the job was changed since: .* 1111111111111111/],
    },
    {
      name: "a run in progress is told with where it runs and which step is under way",
      run: {
        status: "running",
        end_at: null,
        elapsed_ms: null,
        beat_at: new Date(noon),
        steps: [stepDocument(sampleStep())],
      },
      situation: "running",
      says: [/^running /, /right now, on host\.example/, /step 1, step-1/],
    },
    {
      name: "a run whose agent is silent for longer than its lease is not said to run",
      run: { status: "running", end_at: null, elapsed_ms: null },
      situation: "silent",
      says: [/silent for longer than the lease/, /last beat 2026-03-29 09:00:00/],
    },
    {
      name: "a run that was taken over names both machines",
      run: { attempt: 2, takeovers: [former] },
      situation: "taken_over",
      says: [/begun on web-7, which fell silent; host\.example/, /taken over from web-7/],
    },
    {
      name: "a run of a catch-up says that it was late on purpose",
      job: { catch_up: "last" },
      run: { trigger: "catch_up", late_ms: 7_200_000 },
      situation: "caught_up",
      says: [/catch_up "last"/, /2 h after it was due/],
    },
    {
      name: "a lost run says why it was not sent again, and what to do",
      run: { status: "lost", reason: "its agent on web-1 stopped beating", elapsed_ms: null },
      situation: "lost",
      says: [/^lost /, /must not be sent again/, /look at the target/],
    },
    {
      name: "a lost run of an edited job says that",
      run: { status: "lost", reason: "job_edited" },
      situation: "lost",
      says: [/edited meanwhile/],
    },
    {
      name: "a cancelled run says who ended it",
      run: { status: "aborted", reason: "cancelled" },
      situation: "aborted",
      says: [/^aborted /, /A person cancelled it/],
    },
    {
      name: "a run past its deadline says that",
      run: { status: "aborted", reason: "deadline_passed" },
      situation: "aborted",
      says: [/longer than the job's deadline_sec/],
    },
    {
      name: "what `when` skipped is told with the clock and the condition",
      job: { when: { hour_in: [22, 23], weekday_in: [0] } },
      run: { status: "skipped", reason: "when", ...unsent },
      situation: "skipped_by_when",
      says: [/^skipped /, /showed Sunday, 2026-03-29 09:00:00 \+00:00/, /hour_in 22, 23 weekday_in 0 see/],
    },
    {
      name: "an `at` that was past when first seen says that",
      run: { status: "missed", reason: "at_past", ...unsent },
      situation: "missed_before_seen",
      says: [/^missed /, /"at" was past/],
    },
    {
      name: "what the cap of catch_up left out says that",
      run: { status: "missed", reason: "catch_up_cap", ...unsent },
      situation: "missed_by_cap",
      says: [/newest 100/],
    },
  ];
  for (const { name, job, run, situation, says } of rows) {
    test(name, async () => {
      const known = await leave(store, { job: { ...daily, ...job } });
      await record(store, known, at, run);
      const answer = await ask(store, "2026-03-29 09:00");
      assert.equal(answer.situation, situation);
      for (const words of says) assert.match(answer.words, words);
    });
  }

  for (const [status, situation] of [
    ["skipped", "skipped_by_overlap"],
    ["missed", "missed_by_overlap"],
  ] as const) {
    test(`an occurrence ${status} for an earlier run names that run`, async () => {
      const job = await leave(store, { job: daily });
      const earlier = await record(store, job, "2026-03-27T09:00:00.000Z", { end_at: null, status: "running" });
      await record(store, job, "2026-03-28T09:00:00.000Z", {});
      await record(store, job, at, { status, reason: "previous_running", ...unsent });
      const answer = await ask(store, at);
      assert.deepEqual([answer.situation, answer.status], [situation, status]);
      assert.ok(answer.text.includes(`earlier run    ${earlier._id}`), answer.text);
    });
  }

  test("a missed occurrence says that nobody was alive", async () => {
    const job = await leave(store, { job: daily });
    await record(store, job, at, { status: "missed", reason: "start_grace_passed", ...unsent });
    await insertMachine(store, { machine_id: "later", started_at: new Date(due + 3_600_000) });
    await insertMachine(store, {
      machine_id: "over",
      state: "stopped",
      last_seen: null,
      stopped_at: new Date(due - 1),
      started_at: new Date(0),
    });
    const { situation, text } = await ask(store, at);
    assert.equal(situation, "missed");
    assert.match(text, /No agent was alive/);
    assert.match(text, /alive then +no agent that is known of\nran others +nobody/);
    assert.match(text, /start grace +5 min/);
  });

  test("a missed occurrence names who was alive all the same, and who ran other jobs", async () => {
    const job = await leave(store, { job: daily });
    await record(store, job, at, { status: "missed", reason: "start_grace_passed", ...unsent });
    await record(store, { ...job, id: "other", idText: "other" }, at, { hostname: "web-9" });
    await insertMachine(store, { machine_id: "a", hostname: "web-1", started_at: new Date(0) });
    await insertMachine(store, {
      machine_id: "b",
      hostname: "web-2",
      state: "stopped",
      last_seen: null,
      stopped_at: new Date(due + 1),
      started_at: new Date(0),
    });
    const { text, words } = await ask(store, at);
    assert.match(words, /though some were alive/);
    assert.match(text, /alive then +web-1, web-2\nran others +web-9/);
  });

  test("a summary is the record of every occurrence between its ends, and of no other", async () => {
    const job = await leave(store, { job: daily });
    const [from, to] = ["2026-03-20T09:00:00.000Z", "2026-03-28T09:00:00.000Z"];
    await record(store, job, from, {
      ...{
        _id: `nightly@missed:${from}`,
        status: "missed",
        reason: "9 occurrences were due while no agent ran",
        ...unsent,
      },
      ...{ from: new Date(from), to: new Date(to), count: 9 },
    });
    for (const covered of [from, "2026-03-24T09:00:00Z", to]) {
      const { situation, status, text } = await ask(store, covered);
      assert.deepEqual([situation, status], ["covered_by_summary", "missed"]);
      assert.match(text, /9 occurrences were due while no agent ran/);
    }
    assert.equal((await ask(store, at)).situation, "record_removed");
  });

  test("a record that a hand has broken is explained on one screen all the same", async () => {
    const job = await leave(store, { job: daily });
    const text = "very long ".repeat(200);
    const broken = { start_at: "never", late_ms: "x", takeovers: 5, steps: "none", beat_at: 7, hostname: null };
    await record(store, job, at, { status: "error", reason: `${text}\u001b[2J`, ...broken } as never);
    const answer = await ask(store, at);
    assert.equal(answer.situation, "ran");
    assert.match(answer.text, /started +an unknown time/);
    assert.ok(!answer.text.includes("\u001b"));
  });
});
