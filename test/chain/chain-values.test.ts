// Chains whose steps hand values to each other, and steps that depend on those before them.
import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import { type ChainContext, executeChain, firstSteps } from "../../src/chain/execute-chain.ts";
import { createSendRequest } from "../../src/chain/http-attempt.ts";
import { createMasker } from "../../src/chain/masking.ts";
import type { Outputs } from "../../src/model/run.ts";
import { type Clock, systemClock } from "../../src/runtime/clock.ts";
import { chainContext, keepAdvances } from "../helpers/chain-fixtures.ts";
import { runCommand } from "../helpers/run-command.ts";
import { startTarget } from "../helpers/target.ts";
import { jobOf, simple } from "../model/parse-fixtures.ts";

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

/** Actions as a job has them, each to a path of its own: `/0`, `/1`, … */
function chain(actions: readonly Record<string, unknown>[], job: Record<string, unknown> = {}): ChainContext {
  const { url: _, ...rest } = simple;
  const full = actions.map((action, i) => ({ name: `s${i}`, url: `${target.url}/${i}`, ...action }));
  const retry = { retries: 0 };
  return { ...chainContext([]), job: jobOf({ ...rest, retry, ...job, actions: full }) };
}

async function run(context: ChainContext, options: { readonly clock?: Clock; readonly deadlineAt?: number } = {}) {
  const { clock = systemClock, deadlineAt = null } = options;
  const mask = createMasker(context.secrets);
  const recorder = keepAdvances();
  const deps = { clock, random: () => 0.5, now: () => 0, send: sender.send, runCommand, mask, userAgent: "x" };
  const end = await executeChain(deps, context, {
    steps: firstSteps(context, mask),
    recorder,
    signal: new AbortController().signal,
    acknowledgedAt: clock.monotonic(),
    deadlineAt,
  });
  const steps = end.steps.map(({ status, error }) => `${status}${error === null ? "" : ` ${error.code}`}`).join(", ");
  return { end, steps, recorder };
}

const answers = (path: string, value: unknown, status = 200) =>
  target.on(path, (_request, response) => response.writeHead(status).end(JSON.stringify(value)));
const urls = () => target.requests.map(({ url }) => url);
const plain = (outputs: Outputs) => Object.fromEntries(outputs);

test("what one step saves later ones use in every place, and it is written with the step's own result", async () => {
  answers("/0", { token: "t/1", user: { id: 7, tags: ["a"] } });
  const context = chain([
    { save: { token: "$.token", user: "$.user", id: "$.user.id" } },
    {
      method: "POST",
      url: `${target.url}/1/{{outputs.token}}`,
      params: { id: "{{outputs.id}}" },
      headers: { Authorization: "Bearer {{outputs.token}}", "X-Basic": "{{outputs.token | base64}}" },
      body: { id: "{{outputs.id}}", user: "{{outputs.user}}", text: "id {{outputs.id}}" },
    },
  ]);
  const { end, steps, recorder } = await run(context);
  assert.deepEqual([end.status, steps, urls()], ["ok", "ok, ok", ["/0", "/1/t%2F1?id=7"]]);
  const second = target.requests[1];
  assert.deepEqual([second?.headers.authorization, second?.headers["x-basic"]], ["Bearer t/1", "dC8x"]);
  assert.deepEqual(JSON.parse(second?.body ?? ""), { id: 7, user: { id: 7, tags: ["a"] }, text: "id 7" });
  const saved = { token: "t/1", user: { id: 7, tags: ["a"] }, id: 7 };
  assert.deepEqual(recorder.outputs.map(plain), [saved]);
  assert.deepEqual([plain(end.outputs), plain(end.changes.outputs)], [saved, {}]);
});

test("what the last step saves comes with the write that ends the run, and a later value replaces an earlier one", async () => {
  answers("/0", { n: 1 });
  answers("/1", { n: 2 });
  const { end, recorder } = await run(chain([{ save: { n: "$.n" } }, { save: { n: "$.n" } }]));
  assert.deepEqual([recorder.outputs.map(plain), plain(end.changes.outputs)], [[{ n: 1 }], { n: 2 }]);
  assert.deepEqual(plain(end.outputs), { n: 2 });
});

test("a step that can't save fails, and keeps nothing", async () => {
  answers("/0", { a: 1 });
  const { end, steps } = await run(chain([{ save: { a: "$.a", b: "$.b" }, continue_on_failure: true }, {}]));
  assert.deepEqual([end.status, steps, plain(end.outputs)], ["ok", "error expect, ok", {}]);
  assert.equal(end.reason, 'went on after step "s0": expect: save.b: expected a value at $.b, got nothing');
});

test("an output that was not saved fails the step that needs it before anything is sent", async () => {
  answers("/0", { user: 1 }, 500);
  const first = { save: { user: "$.user" }, continue_on_failure: true };
  const { end, steps } = await run(chain([first, { params: { user: "{{outputs.user}}" } }]));
  assert.deepEqual([end.status, steps, urls()], ["error", "error status, error template", ["/0"]]);
  assert.match(
    end.reason ?? "",
    /params\.user: expected an output that an earlier step saved, got \{\{outputs\.user\}\}$/,
  );
});

test("a chain that is continued works with the outputs of its record", async () => {
  const context = { ...chain([{ url: `${target.url}/{{outputs.id}}` }]), outputs: new Map([["id", 7]]) };
  const { end } = await run(context);
  assert.deepEqual([end.status, urls(), plain(end.outputs)], ["ok", ["/7"], { id: 7 }]);
});

test("outputs can't make a request of any size", async () => {
  answers("/0", { x: "x".repeat(4_000) });
  const save = { x: "$.x" };
  const body = ["{{outputs.x}}".repeat(270)];
  const { end } = await run(chain([{ save }, { method: "POST", body }]));
  assert.match(end.reason ?? "", /: template: expected a request of at most 1048576 characters, got more$/);
  const long = await run(chain([{ save }, { url: `${target.url}/${"{{outputs.x}}".repeat(20)}` }]));
  assert.match(long.end.reason ?? "", /: template: url: expected at most 65536 characters with its params, got more$/);
  assert.ok((long.end.steps[1]?.url?.length ?? 0) < 1_000);
});

describe("when asks for what happened before:", () => {
  const onError = { when: { previous: "error" } };
  const onOk = { when: { previous: "ok" } };

  test("nothing did before the first step", async () => {
    const { end, steps } = await run(chain([onOk, onError]));
    assert.deepEqual([steps, end.reason, urls()], ["skipped_when, skipped_when", "every step was skipped", []]);
  });

  test("the step before failed, or did not; skipped ones in between don't count", async () => {
    answers("/0", {}, 500);
    const { steps } = await run(chain([{ continue_on_failure: true }, onOk, onError, onError, onOk]));
    assert.deepEqual([steps, urls()], ["error status, skipped_when, ok, skipped_when, ok", ["/0", "/2", "/4"]]);
  });

  test("an output has a value", async () => {
    answers("/0", { state: "done", nothing: null });
    const output = (name: string, rest: object) => ({ when: { output: { name, ...rest } } });
    const { steps } = await run(
      chain([
        { save: { state: "$.state", nothing: "$.nothing" } },
        output("state", { eq: "done" }),
        output("state", { ne: "done" }),
        output("nothing", { exists: true }),
        output("other", { exists: false }),
        output("other", { ne: "done" }),
        output("state", { exists: true, eq: "open" }),
      ]),
    );
    assert.equal(steps, "ok, ok, skipped_when, ok, ok, skipped_when, skipped_when");
  });
});

describe("expect", () => {
  test("of the job is the default of its actions, as a whole", async () => {
    answers("/0", { ok: true }, 404);
    answers("/1", { ok: true });
    const own = { expect: { status: [200] } };
    const { end, steps } = await run(chain([{}, own], { expect: { status: [404] } }));
    assert.deepEqual([end.status, steps], ["ok", "ok, ok"]);
  });

  test("that fails is tried again, and the answer that passes counts", async () => {
    let calls = 0;
    target.on("/0", (_request, response) => response.end(JSON.stringify({ ready: ++calls === 3 })));
    const retry = { retries: 5, delay_sec: 0 };
    const { end } = await run(chain([{ retry, expect: { json: [{ path: "$.ready", eq: true }] } }]));
    const [step] = end.steps;
    assert.deepEqual([end.status, step?.attempts, step?.tries[0]?.error?.code, step?.error], ["ok", 3, "expect", null]);
  });
});

describe("retry", () => {
  const slept = (): { readonly clock: Clock; readonly waits: number[] } => {
    const waits: number[] = [];
    return { waits, clock: { ...systemClock, sleep: async (ms) => void waits.push(ms) } };
  };

  test("repeats what it lists, and only that", async () => {
    answers("/0", {}, 404);
    answers("/1", {}, 500);
    const retry = { retries: 2, delay_sec: 0, on: ["404-410"] };
    const { end } = await run(chain([{ retry, continue_on_failure: true }, { retry }]));
    assert.deepEqual(
      end.steps.map(({ attempts }) => attempts),
      [3, 1],
    );
  });

  test("waits half of the longest by chance, and all of it without jitter; Retry-After is the least in both", async () => {
    let calls = 0;
    target.on("*", (_request, response) => {
      calls += 1;
      response.writeHead(503, calls % 3 === 0 ? { "retry-after": "20" } : {}).end();
    });
    const full = slept();
    await run(chain([{ retry: { retries: 3, delay_sec: 4, backoff: 2, max_delay_sec: 60 } }]), full);
    assert.deepEqual(full.waits, [2_000, 4_000, 20_000]);
    const none = slept();
    calls = 0;
    await run(chain([{ retry: { retries: 3, delay_sec: 4, backoff: 2, max_delay_sec: 60, jitter: "none" } }]), none);
    assert.deepEqual(none.waits, [4_000, 8_000, 20_000]);
  });

  test("that would come after the run's deadline fails at once and says so", async () => {
    answers("/0", {}, 503);
    const retry = { retries: 3, delay_sec: 30, jitter: "none" };
    const { waits, clock } = slept();
    const { end } = await run(chain([{ retry }]), { clock, deadlineAt: clock.monotonic() + 20_000 });
    assert.equal(end.reason, `step "s0": status 503: the next try would come in 30 s, after the run's deadline_sec`);
    assert.deepEqual([waits, end.steps[0]?.attempts, end.steps[0]?.error?.code], [[], 1, "status"]);
    const enough = slept();
    await run(chain([{ retry }]), { clock: enough.clock, deadlineAt: enough.clock.monotonic() + 1_000_000 });
    assert.deepEqual(enough.waits, [30_000, 60_000, 120_000]);
  });
});
