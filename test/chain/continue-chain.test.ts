// A chain that a successor goes on with, from the record its former owner left.
import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { type ChainContext, executeChain, firstSteps } from "../../src/chain/execute-chain.ts";
import { createSendRequest } from "../../src/chain/http-attempt.ts";
import type { HttpAction } from "../../src/model/job.ts";
import type { Step } from "../../src/model/run.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { chainContext, httpAction, keepAdvances } from "../helpers/chain-fixtures.ts";
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

function chain(...actions: Partial<HttpAction>[]): ChainContext {
  return chainContext(
    actions.map((changes, i) => httpAction({ name: `s${i}`, url: `${target.url}/${i}`, ...changes })),
  );
}

const urls = () => target.requests.map((request) => request.url);

test("a step continued after two tries makes only those that are left, and counts on", async () => {
  target.on("/0", (_request, response) => response.writeHead(503).end());
  const context = chain({ retry: retryPolicy({ retries: 3, delaySec: 0, backoff: 1, maxDelaySec: 1 }) });
  const [started] = firstSteps(context, (text) => text);
  assert.ok(started);
  const deps = {
    clock: systemClock,
    random: () => 0,
    now: () => 0,
    send: sender.send,
    runCommand,
    mask: (text: string) => text,
  };
  const end = await executeChain({ ...deps, userAgent: "x" }, context, {
    steps: [{ ...started, attempts: 2 }],
    recorder: keepAdvances(),
    signal: new AbortController().signal,
    acknowledgedAt: systemClock.monotonic(),
    deadlineAt: null,
  });
  assert.deepEqual([end.status, end.steps[0]?.attempts], ["error", 4]);
  assert.deepEqual(
    target.requests.map(({ headers }) => headers["x-fleetcron-attempt"]),
    ["3", "4"],
  );
});

test("a chain continues from its last started step", async () => {
  const context = chain({}, {}, {});
  const started = firstSteps(context, (text) => text)[0];
  assert.ok(started);
  const steps: Step[] = [
    { ...started, status: "ok" },
    { ...started, index: 1, name: "s1", status: "started" },
  ];
  const deps = {
    clock: systemClock,
    random: () => 0,
    now: () => 0,
    send: sender.send,
    runCommand,
    mask: (text: string) => text,
  };
  const end = await executeChain({ ...deps, userAgent: "x" }, context, {
    steps,
    recorder: keepAdvances(),
    signal: new AbortController().signal,
    acknowledgedAt: systemClock.monotonic(),
    deadlineAt: null,
  });
  assert.deepEqual([end.status, urls()], ["ok", ["/1", "/2"]]);
});
