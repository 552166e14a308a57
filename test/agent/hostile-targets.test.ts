// Targets that misbehave in every way, under one agent: each run ends as it must, and nothing else notices.
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { BSON } from "mongodb";
import type { RunDocument } from "../../src/store/collections.ts";
import { findCommand, insertCommand } from "../../src/store/commands.ts";
import type { Store } from "../../src/store/connect.ts";
import { assertEverySecond } from "../helpers/every-second.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { startAgent, type TestAgent, until } from "../helpers/test-agent.ts";

interface Hostility {
  readonly path: string;
  /** 60: ends long before; the memory is what is looked at. */
  readonly timeoutSec: 1 | 60;
  /** The run's status, the step's error.code and its status_code. */
  readonly end: readonly [string, string | null, number | null];
  readonly sample?: RegExp;
}

const hostilities: readonly Hostility[] = [
  { path: "never-answers", timeoutSec: 1, end: ["error", "timeout", null] },
  { path: "drips", timeoutSec: 1, end: ["error", "timeout", 200], sample: /^x{1,3}$/ },
  { path: "floods", timeoutSec: 60, end: ["ok", null, 200], sample: /^a{2000}$/ },
  { path: "resets", timeoutSec: 60, end: ["error", "reset", 200], sample: /^half$/ },
  { path: "redirects", timeoutSec: 60, end: ["error", "status", 302] },
  { path: "gzip-bomb", timeoutSec: 60, end: ["ok", null, 200] },
  { path: "long-headers", timeoutSec: 60, end: ["error", "too_large", null] },
  { path: "broken-utf8", timeoutSec: 60, end: ["ok", null, 200], sample: /^a\ufffd\ufffd\(b$/ },
];

const mib = 2 ** 20;

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

await forEachTarget("hostile targets", (suite) => {
  let store: Store;
  let target: Target;
  let hostileUrl: string;
  let agent: TestAgent;
  const cleanup = new AsyncDisposableStack();
  const memory = { before: 0, peak: 0 };
  const runs = new Map<string, RunDocument>();
  const ended = (job: string) => agent.runs.filter((run) => run.job === job).length;

  before(async () => {
    ({ store } = await openTestStore(suite));
    cleanup.defer(() => store.close());
    target = cleanup.use(await startTarget());
    const hostile = fork(join(import.meta.dirname, "..", "helpers", "hostile-target-process.ts"), { execArgv: [] });
    cleanup.defer(() => void hostile.kill("SIGKILL"));
    [hostileUrl] = (await once(hostile, "message")) as [string];
    await store.jobs.insertOne({ name: "good", every_sec: 1, overlap: "allow", url: `${target.url}/good` });
    agent = cleanup.use(await startAgent(store));
    // Before the agent stops: the endless run ends with its target.
    cleanup.defer(() => void hostile.kill("SIGKILL"));
    await until(() => ended("good") >= 2, "the good job ran");
    collectGarbage();
    memory.before = process.memoryUsage.rss();
  });
  after(() => cleanup.disposeAsync());

  test("a good job runs every second while others meet their targets, and memory stays flat", async () => {
    const at = new Date();
    const base = { at, retry: { retries: 0 } };
    await store.jobs.insertMany([
      ...hostilities.map(({ path, timeoutSec }) => ({
        ...base,
        name: path,
        url: `${hostileUrl}/${path}`,
        timeout_sec: timeoutSec,
      })),
      { ...base, name: "hangs", url: `${hostileUrl}/hangs`, timeout_sec: 3_600 },
    ]);
    const command = await insertCommand(store, { type: "reload_jobs", target: "all" });
    await until(async () => (await findCommand(store, command))?.acks[0]?.ok === true, "the jobs are taken up");
    const goodBefore = ended("good");
    await until(() => {
      memory.peak = Math.max(memory.peak, process.memoryUsage.rss());
      return ended("good") >= goodBefore + 4 && hostilities.every(({ path }) => ended(path) > 0);
    }, "all but the endless run have ended");
    for (const run of await store.runs.find({ scheduled_for: at }).toArray()) runs.set(run.job_name, run);

    await assertEverySecond(store, "good");
    assert.equal(runs.get("hangs")?.status, "running", "nothing waited for the endless run");
    const growth = memory.peak - memory.before;
    assert.ok(growth < 64 * mib, `grew by ${Math.round(growth / mib)} MiB`);
  });

  for (const { path, end, sample } of hostilities) {
    test(`a target that is known for "${path}" ends the run as ${end.join(", ")}`, () => {
      const run = runs.get(path);
      const [step] = run?.steps ?? [];
      assert.deepEqual([run?.status, step?.error?.code ?? null, step?.status_code], end, run?.reason ?? "");
      if (sample !== undefined) assert.match(step?.response_sample ?? "", sample);
      // What is kept of an answer is 2,000 characters, whatever came.
      assert.ok(BSON.calculateObjectSize(run ?? {}) < 16_384);
    });
  }

  test("each of them was asked once: no redirect is followed, nothing is repeated", async () => {
    const { "/counts": _, ...counts } = (await (await fetch(`${hostileUrl}/counts`)).json()) as Record<string, number>;
    const paths = [...hostilities.map(({ path }) => path), "hangs"];
    assert.deepEqual(counts, Object.fromEntries(paths.map((path) => [`/${path}`, 1])));
  });
});
