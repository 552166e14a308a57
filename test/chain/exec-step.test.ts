import assert from "node:assert/strict";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type ChainContext, executeChain, firstSteps } from "../../src/chain/execute-chain.ts";
import { createMasker } from "../../src/chain/masking.ts";
import type { ExecAction } from "../../src/model/job.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { temporaryDir } from "../helpers/agent-process.ts";
import { chainContext, condition, keepAdvances } from "../helpers/chain-fixtures.ts";
import { retryPolicy } from "../helpers/retry-policy.ts";
import { runCommand } from "../helpers/run-command.ts";

const dir = temporaryDir();
after(() => dir[Symbol.dispose]());
const program = join(dir.path, "report");
/** Says what it was called with and counts its calls; fails as often as it is told. */
before(() => {
  writeFileSync(
    program,
    `#!/bin/sh
echo x >> ${dir.path}/calls
echo "args: $*"
echo "token: $TOKEN"
echo "run: $FLEETCRON_RUN_ID $FLEETCRON_IDEMPOTENCY_KEY try $FLEETCRON_ATTEMPT in $(pwd)"
[ "$(wc -l < ${dir.path}/calls)" -gt "\${FAILS:-0}" ]
`,
  );
  chmodSync(program, 0o700);
});

function execAction(changes: Partial<ExecAction> = {}): ExecAction {
  return {
    ...{
      type: "exec",
      name: "dump",
      command: [program],
      env: { PATH: process.env.PATH ?? "" },
      cwd: null,
      runAs: null,
    },
    ...{ timeoutSec: 20, onCrash: "fail", when: null, continueOnFailure: false },
    retry: retryPolicy({ retries: 0, delaySec: 0.001, backoff: 1, maxDelaySec: 5 }),
    ...changes,
  };
}

const secrets = new Map([
  ["API_SECRET", { value: "k3y-of/the+api", hosts: null }],
  ["BOUND", { value: "b0und-secret", hosts: ["api.example.com"] }],
]);

async function run(action: ExecAction, changes: Partial<ChainContext> = {}) {
  writeFileSync(join(dir.path, "calls"), "");
  const context = chainContext([action], { secrets, exec: { allow: [program] }, ...changes });
  const mask = createMasker(context.secrets);
  const send = () => Promise.reject(new Error("nothing is to be sent"));
  const deps = { clock: systemClock, random: () => 0, now: () => 1000, send, runCommand, mask, userAgent: "test" };
  const recorder = keepAdvances();
  const steps = firstSteps(context, mask);
  const end = await executeChain(deps, context, {
    ...{ steps, recorder, signal: new AbortController().signal, deadlineAt: null },
    acknowledgedAt: systemClock.monotonic(),
  });
  const calls = readFileSync(join(dir.path, "calls"), "utf8").length / 2;
  return { end, step: end.steps[0], calls, advances: recorder.advances.length, planned: steps[0] };
}

describe("a step that runs a program", { skip: process.platform === "win32" }, () => {
  test("renders arguments and environment, and keeps the output without secrets", async () => {
    const { end, step, calls, planned } = await run(
      execAction({
        command: [program, "--day", "{{scheduled_for.date}}", "a b"],
        env: { PATH: process.env.PATH ?? "", TOKEN: "{{API_SECRET}}" },
      }),
    );
    assert.deepEqual([end.status, step?.status, step?.statusCode, calls], ["ok", "ok", 0, 1]);
    assert.deepEqual([planned?.method, planned?.url], ["EXEC", program]);
    const runId = "nightly@2026-01-15T09:30:00.000Z";
    assert.equal(
      step?.responseSample,
      `args: --day 2026-01-15 a b\ntoken: {{API_SECRET}}\nrun: ${runId} ${runId}/0 try 1 in /\n`,
    );
  });

  test("fails when the program does, is tried again as retry says, and each try is recorded before", async () => {
    const env = { PATH: process.env.PATH ?? "", FAILS: "1" };
    const { end, step, calls, advances } = await run(
      execAction({ env, retry: retryPolicy({ retries: 2, delaySec: 0.001, backoff: 1, maxDelaySec: 5 }) }),
    );
    assert.deepEqual([end.status, step?.attempts, calls, advances], ["ok", 2, 2, 1]);
    assert.match(step?.responseSample ?? "", /try 2/);
    const once = await run(execAction({ env }));
    assert.deepEqual([once.end.status, once.calls, once.step?.statusCode], ["error", 1, 1]);
    assert.equal(once.end.reason, `step "dump": exit: ${program} ended with 1`);
  });

  test("is refused where the machine's own config does not allow the program", async () => {
    const { end, calls } = await run(execAction(), { exec: { allow: ["/bin/true"] } });
    const message = `blocked: ${program} is not in exec.allow of this machine's config`;
    assert.deepEqual([end.status, end.steps[0]?.error, calls], ["error", { code: "blocked", message }, 0]);
  });

  test("never has a secret among its arguments, nor one that is bound to hosts anywhere", async () => {
    const asArgument = await run(execAction({ command: [program, "-p{{API_SECRET}}"] }));
    const message =
      "template: command[1]: expected no secret in an argument, which other users of the machine can read, got {{API_SECRET}} (give it in env)";
    assert.deepEqual([asArgument.step?.error?.message, asArgument.calls], [message, 0]);
    const bound = await run(execAction({ env: { TOKEN: "{{BOUND}}" } }));
    const refusal = "template: env.TOKEN: secret BOUND is bound to hosts and can't be given to a program";
    assert.deepEqual([bound.step?.error?.message, bound.calls], [refusal, 0]);
  });

  test("with an unknown key is not started, and the nearest known one is named", async () => {
    const { step, calls } = await run(execAction({ command: [program, "{{job.nam}}"] }));
    assert.equal(calls, 0);
    assert.equal(
      step?.error?.message,
      "template: command[1]: expected a key of secrets or a built-in key, got {{job.nam}} (did you mean {{job.name}}?)",
    );
  });

  test("as another user needs an agent that runs as root, and a user that there is", async () => {
    const { end, calls } = await run(execAction({ runAs: "no-such-user" }));
    const isRoot = process.getuid?.() === 0;
    const refusal = isRoot
      ? 'run_as: this machine has no user "no-such-user"'
      : "run_as needs an agent that runs as root";
    assert.deepEqual([end.steps[0]?.error?.message, calls], [`blocked: ${refusal}`, 0]);
  });

  test("may be followed by another, which is told how it ended", async () => {
    const failing = execAction({ name: "fails", env: { FAILS: "9" }, continueOnFailure: true });
    const alarm = execAction({ name: "alarm", when: condition({ previous: "error" }) });
    const quiet = execAction({ name: "quiet", when: condition({ previous: "error" }) });
    const { end } = await run(failing, { job: chainContext([failing, alarm, quiet]).job });
    assert.deepEqual(
      end.steps.map(({ status }) => status),
      ["error", "ok", "skipped_when"],
    );
  });
});

test("root's agent runs a program as the user it names, and its HOME stays behind", {
  skip: process.getuid?.() !== 0 && "needs root",
}, async () => {
  const action = execAction({ command: ["/usr/bin/id", "-u"], runAs: "nobody" });
  const { step } = await run(action, { exec: { allow: ["/usr/bin/id"] } });
  assert.match(step?.responseSample ?? "", /^\d+\n$/);
  assert.notEqual(step?.responseSample, "0\n");
});
