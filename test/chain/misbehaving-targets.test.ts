import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createSendRequest } from "../../src/chain/http-attempt.ts";
import { judgeResponse } from "../../src/chain/judge-response.ts";
import { isRetried } from "../../src/model/retry.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { httpAction } from "../helpers/chain-fixtures.ts";
import { retryPolicy } from "../helpers/retry-policy.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { misbehavingAnswers } from "./misbehaving-answers.ts";
import { misbehavingConnections } from "./misbehaving-connections.ts";

let target: Target;
const sender = createSendRequest({ clock: systemClock });
const network = { denyPrivate: false, allowHosts: [], denyHosts: [] };

before(async () => {
  target = await startTarget();
});
after(async () => {
  await sender.close();
  await target.close();
});

const policy = retryPolicy({ retries: 1, delaySec: 1, backoff: 1, maxDelaySec: 1 });

/** What the machine may take beyond a deadline, however busy it is. */
const slackMs = 2_000;

for (const { name, handler, timeoutMs = 10_000, code, retryable = true, message, statusCode, check } of [
  ...misbehavingConnections,
  ...misbehavingAnswers,
]) {
  test(`a target that ${name} gives ${code ?? "a success"}`, async () => {
    const path = `/${name.replaceAll(/\W/g, "-")}`;
    target.on(path, handler);
    const result = await sender.send(
      { method: "GET", url: target.url + path, headers: {}, body: null, timeoutMs, network },
      new AbortController().signal,
    );
    const verdict = judgeResponse(httpAction({ url: target.url }), result, new Map(), (text) => text);
    assert.equal(verdict.error?.code ?? null, code, verdict.error?.message);
    if (verdict.error !== null) assert.equal(verdict.cause !== null && isRetried(policy, verdict.cause), retryable);
    if (message !== undefined) assert.match(verdict.error?.message ?? "", message);
    if (statusCode !== undefined) assert.equal(result.statusCode, statusCode);
    assert.ok(result.elapsedMs < timeoutMs + slackMs, `took ${result.elapsedMs} ms`);
    check?.(result);
  });
}

test("after all of them the target is reached as before", async () => {
  const request = { method: "GET", url: target.url, headers: {}, body: null, timeoutMs: 10_000, network };
  assert.equal((await sender.send(request, new AbortController().signal)).sample, "ok");
});
