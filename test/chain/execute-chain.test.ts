import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { type ChainContext, type ChainEnd, executeChain, firstSteps } from "../../src/chain/execute-chain.ts";
import { createSendRequest } from "../../src/chain/http-attempt.ts";
import { createMasker } from "../../src/chain/masking.ts";
import type { Action, HttpAction } from "../../src/model/job.ts";
import type { Step } from "../../src/model/run.ts";
import { type Clock, systemClock } from "../../src/runtime/clock.ts";
import { chainContext, condition, httpAction, keepAdvances } from "../helpers/chain-fixtures.ts";
import { retryPolicy } from "../helpers/retry-policy.ts";
import { runCommand } from "../helpers/run-command.ts";
import { startTarget } from "../helpers/target.ts";

let target = await startTarget();
const sender = createSendRequest({ clock: systemClock });
after(async () => {
  await sender.close();
  await target.close();
});
beforeEach(async () => {
  await target.close();
  target = await startTarget();
});

interface RunOptions {
  readonly recorder?: ReturnType<typeof keepAdvances>;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  readonly acknowledgedAt?: number;
  readonly deadlineAt?: number;
}

async function run(context: ChainContext, options: RunOptions = {}) {
  const clock = options.clock ?? systemClock;
  const mask = createMasker(context.secrets);
  const recorder = options.recorder ?? keepAdvances();
  const deps = {
    clock,
    random: () => 0,
    now: () => 1000,
    send: sender.send,
    runCommand,
    mask,
    userAgent: "fleetcron/0.0.0",
  };
  const first = firstSteps(context, mask);
  const end = await executeChain(deps, context, {
    steps: first,
    recorder,
    signal: options.signal ?? new AbortController().signal,
    acknowledgedAt: options.acknowledgedAt ?? clock.monotonic(),
    deadlineAt: options.deadlineAt ?? null,
  });
  const all = new Map(first.map((step) => [String(step.index), step]));
  for (const advance of recorder.advances) for (const [i, step] of Object.entries(advance)) all.set(i, step);
  for (const [i, step] of end.changes.steps) all.set(String(i), step);
  const steps = [...all.values()];
  if (!end.isClaimLost) assert.deepEqual(end.steps, steps);
  return { end, first, advances: recorder.advances, steps };
}

function chain(...actions: Partial<HttpAction>[]): ChainContext {
  return chainContext(
    actions.map((changes, i) => httpAction({ name: `s${i}`, url: `${target.url}/${i}`, ...changes })),
  );
}

const statuses = (steps: readonly Step[]) => steps.map((step) => step.status).join(" ");
const reasonOf = (end: ChainEnd) => end.reason;
/** What the owner of a lost run knows: the step that failed to go on, and how. */
const lossOf = ({ isClaimLost, status, reason, changes }: ChainEnd) => [
  ...[isClaimLost, status, reason],
  ...[...changes.steps.values()].map((step) => `${step.index} ${step.status} ${step.attempts}`),
];
const answer = (status: number, headers: Record<string, string> = {}) => ({
  handler: (_: unknown, response: import("node:http").ServerResponse) => void response.writeHead(status, headers).end(),
});
const urls = () => target.requests.map((request) => request.url);

test("a one-step run needs no advance: its result comes with the end", async () => {
  const { end, first, advances, steps } = await run(chain({}));
  assert.equal(statuses(first), "started");
  assert.deepEqual([end.status, reasonOf(end), advances.length], ["ok", null, 0]);
  const [step] = steps;
  assert.deepEqual(
    [step?.status, step?.statusCode, step?.attempts, step?.responseSample, step?.responseTruncated, step?.error],
    ["ok", 200, 1, "ok", false, null],
  );
  assert.deepEqual([step?.tries.length, step?.tries[0]?.waitMs, step?.tries[0]?.at], [1, null, 1000]);
});

test("steps run in order, each recorded as started together with the result before it", async () => {
  const { end, advances, steps } = await run(chain({}, {}, {}));
  assert.deepEqual(urls(), ["/0", "/1", "/2"]);
  assert.deepEqual(
    advances.map((advance) => Object.entries(advance).map(([i, step]) => `${i} ${step.status}`)),
    [
      ["0 ok", "1 started"],
      ["1 ok", "2 started"],
    ],
  );
  assert.deepEqual([end.status, statuses(steps)], ["ok", "ok ok ok"]);
});

test("the first failing action ends the run and the rest has no step", async () => {
  target.on("/0", answer(500).handler);
  const { end, steps } = await run(chain({ name: "report" }, {}));
  assert.deepEqual([end.status, reasonOf(end)], ["error", 'step "report": status 500']);
  assert.deepEqual([statuses(steps), urls()], ["error", ["/0"]]);
});

test("with continue_on_failure the run goes on, is ok and names what failed", async () => {
  target.on("/0", answer(404).handler);
  const { end, steps } = await run(chain({ continueOnFailure: true }, {}));
  assert.deepEqual([end.status, reasonOf(end)], ["ok", 'went on after step "s0": status 404']);
  assert.equal(statuses(steps), "error ok");
});

test("a forgiven failure does not hide a later one", async () => {
  target.on("*", answer(404).handler);
  const { end } = await run(chain({ continueOnFailure: true }, {}, {}));
  assert.deepEqual([end.status, reasonOf(end)], ["error", 'step "s1": status 404']);
});

test("steps whose when does not hold are recorded as skipped, first ones with the claim", async () => {
  const never = condition({ hourIn: [3] });
  const { end, first, advances, steps } = await run(chain({ when: never }, {}, { when: never }, {}, { when: never }));
  assert.equal(statuses(first), "skipped_when started");
  assert.equal(statuses(Object.values(advances[0] ?? {})), "ok skipped_when started");
  assert.equal(statuses(steps), "skipped_when ok skipped_when ok skipped_when");
  assert.deepEqual([end.status, reasonOf(end), urls()], ["ok", null, ["/1", "/3"]]);
});

test("a run whose every step is skipped is ok and says so", async () => {
  const { end, first } = await run(chain({ when: condition({ hourIn: [] }) }));
  assert.equal(statuses(first), "skipped_when");
  assert.deepEqual([end.status, reasonOf(end), urls()], ["ok", "every step was skipped", []]);
});

test("an action of an unknown type is skipped and the chain goes on", async () => {
  const unsupported: Action = { type: "unsupported", unsupportedType: "exec", name: "x", when: null };
  const { end, steps } = await run(chainContext([unsupported, httpAction({ url: `${target.url}/1` })]));
  assert.deepEqual([end.status, statuses(steps)], ["ok", "skipped_unsupported ok"]);
});

test("a failed try is recorded before the next one, which carries the same key and the next number", async () => {
  let calls = 0;
  target.on("/0", (_request, response) => response.writeHead(++calls === 1 ? 500 : 200).end("fine"));
  const retry = retryPolicy({ retries: 2, delaySec: 0.001, backoff: 1, maxDelaySec: 1 });
  const { end, advances, steps } = await run(chain({ retry, method: "POST" }));
  assert.equal(end.status, "ok");
  assert.deepEqual([advances.length, advances[0]?.[0]?.status, advances[0]?.[0]?.tries.length], [1, "started", 1]);
  assert.equal(typeof advances[0]?.[0]?.tries[0]?.waitMs, "number");
  assert.deepEqual(steps[0]?.tries[0]?.error, { code: "status", message: "status 500" });
  assert.deepEqual([steps[0]?.attempts, steps[0]?.tries.length, steps[0]?.error], [2, 2, null]);
  const keys = target.requests.map(({ headers }) => headers["idempotency-key"]);
  assert.deepEqual(keys, Array(2).fill("nightly@2026-01-15T09:30:00.000Z/0"));
  assert.deepEqual(
    target.requests.map(({ headers }) => headers["x-fleetcron-attempt"]),
    ["1", "2"],
  );
  const traces = target.requests.map(({ headers }) => String(headers.traceparent).split("-"));
  assert.equal(traces[0]?.[1], traces[1]?.[1]);
  assert.notEqual(traces[0]?.[2], traces[1]?.[2]);
});

test("retries end after their number, and the last five tries are kept", async () => {
  target.on("/0", answer(503).handler);
  const retry = retryPolicy({ retries: 7, delaySec: 0, backoff: 1, maxDelaySec: 1 });
  const { end, steps } = await run(chain({ retry }));
  assert.deepEqual([reasonOf(end), steps[0]?.attempts, steps[0]?.tries.length], ['step "s0": status 503', 8, 5]);
});

test("a 404 is not retried", async () => {
  target.on("/0", answer(404).handler);
  const { steps } = await run(chain({ retry: retryPolicy({ retries: 3, delaySec: 0, backoff: 1, maxDelaySec: 1 }) }));
  assert.deepEqual([steps[0]?.attempts, target.requests.length], [1, 1]);
});

test("Retry-After is the least wait, and above max_delay_sec the step fails saying so", async () => {
  let calls = 0;
  target.on("/0", (_request, response) => response.writeHead(++calls === 1 ? 429 : 200, { "retry-after": "1" }).end());
  const retry = retryPolicy({ retries: 2, delaySec: 0, backoff: 1, maxDelaySec: 5 });
  const slept: number[] = [];
  const clock: Clock = { ...systemClock, sleep: async (ms) => void slept.push(ms) };
  assert.equal((await run(chain({ retry }), { clock })).steps[0]?.tries[0]?.waitMs, 1000);
  assert.deepEqual(slept, [1000]);
  target.on("/0", answer(429, { "retry-after": "600" }).handler);
  const { end, steps } = await run(chain({ retry }));
  assert.equal(reasonOf(end), 'step "s0": status 429: the target asks to wait 600 s, max_delay_sec is 5');
  assert.equal(steps[0]?.attempts, 1);
});

test("a lost claim stops the chain before the next request", async () => {
  const lost = await run(chain({}, {}), { recorder: keepAdvances(() => false) });
  assert.deepEqual([lossOf(lost.end), urls()], [[true, "aborted", "ownership_lost", "0 ok 1"], ["/0"]]);
  target.on("/0", answer(500).handler);
  const retry = retryPolicy({ retries: 3, delaySec: 0, backoff: 1, maxDelaySec: 1 });
  const lostInRetry = await run(chain({ retry }), { recorder: keepAdvances(() => false) });
  assert.deepEqual(
    [lossOf(lostInRetry.end), urls()],
    [
      [true, "aborted", "ownership_lost", "0 error 1"],
      ["/0", "/0"],
    ],
  );
});

test("an acknowledgement older than two seconds is renewed before anything is sent", async () => {
  const stale = systemClock.monotonic() - 2500;
  const renewed = await run(chain({}), { acknowledgedAt: stale });
  assert.deepEqual([renewed.end.status, renewed.advances.length, urls()], ["ok", 1, ["/0"]]);
  assert.equal(renewed.advances[0]?.[0]?.status, "started");
  const lost = await run(chain({}), { acknowledgedAt: stale, recorder: keepAdvances(() => false) });
  assert.deepEqual([lossOf(lost.end), urls()], [[true, "aborted", "ownership_lost", "0 error 0"], ["/0"]]);
});

test("a process paused after an advance asks again before it sends the next step", async () => {
  let readingsBeforePause = Number.POSITIVE_INFINITY;
  const monotonic = () => systemClock.monotonic() + (readingsBeforePause-- > 0 ? 0 : 10_000);
  const recorder = keepAdvances((n) => n === 1);
  const { advance } = recorder;
  recorder.advance = (changes) => {
    // The pause falls between the arrival of the acknowledgement and our reading it.
    readingsBeforePause = 0;
    return advance(changes);
  };
  const { end } = await run(chain({}, {}), { clock: { ...systemClock, monotonic }, recorder });
  assert.deepEqual([end.isClaimLost, recorder.advances.length, urls()], [true, 2, ["/0"]]);
});

test("a shutdown cancels the request under way and the run is aborted with its reason", async () => {
  target.on("/0", () => {});
  const abort = new AbortController();
  const pending = run(chain({}, {}), { signal: abort.signal });
  await target.waitForRequests(1);
  abort.abort("shutdown");
  const { end, steps } = await pending;
  assert.deepEqual([end.status, reasonOf(end), statuses(steps)], ["aborted", "shutdown", "error"]);
  assert.deepEqual(steps[0]?.error, { code: "aborted", message: "aborted: shutdown" });
});

test("a shutdown ends the wait before a retry", async () => {
  target.on("/0", answer(500).handler);
  const abort = new AbortController();
  const recorder = keepAdvances();
  const advance = recorder.advance;
  recorder.advance = async (changes) => {
    setImmediate(() => abort.abort("shutdown"));
    return advance(changes);
  };
  const clock: Clock = { ...systemClock, sleep: (_ms, signal) => systemClock.sleep(60_000, signal) };
  const retry = retryPolicy({ retries: 3, delaySec: 5, backoff: 1, maxDelaySec: 5 });
  const { end, steps } = await run(chain({ retry }), { signal: abort.signal, recorder, clock });
  assert.deepEqual([end.status, steps[0]?.error?.code, target.requests.length], ["aborted", "aborted", 1]);
});

test("a shutdown between two steps keeps the result and sends nothing more", async () => {
  const abort = new AbortController();
  target.on("/0", (_request, response) => {
    response.end("done");
    abort.abort("shutdown");
  });
  const { end, steps } = await run(chain({}, {}), { signal: abort.signal });
  assert.deepEqual([end.status, urls()], ["aborted", ["/0"]]);
  assert.equal(steps.length, 1);
});

test("a template that can't be rendered fails its step and sends nothing", async () => {
  const context = chain({
    url: `${target.url}/{{NOPE}}`,
    retry: retryPolicy({ retries: 3, delaySec: 0, backoff: 1, maxDelaySec: 1 }),
  });
  const { end, steps } = await run(context);
  assert.equal(end.status, "error");
  assert.deepEqual([steps[0]?.error?.code, steps[0]?.attempts, target.requests.length], ["template", 0, 0]);
  assert.match(steps[0]?.error?.message ?? "", /^template: url: expected a key of secrets .* got \{\{NOPE\}\}/);
});

test("a database that takes five seconds to acknowledge delays a request and does not hold it up for ever", async () => {
  let pausedMs = 0;
  const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + pausedMs };
  const recorder = keepAdvances(() => {
    pausedMs += 5_000;
    return true;
  });
  const { end } = await run(chain({}), { clock, recorder, acknowledgedAt: clock.monotonic() - 2_500 });
  assert.deepEqual([end.status, recorder.advances.length, urls()], ["ok", 2, ["/0"]]);
});
