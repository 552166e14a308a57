import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { jobOf, problemsOf } from "./parse-fixtures.ts";

const action = (fields: object) => ({ type: "exec", command: ["/bin/true"], ...fields });
const job = (fields: object) => ({ _id: "report", name: "report", hour: 3, actions: [action(fields)] });

test("a command with everything", () => {
  const [parsed] = jobOf(
    job({
      name: "dump",
      command: ["/usr/local/bin/report", "--day", "{{scheduled_for.date}}", 5],
      env: { TOKEN: "{{API_SECRET}}", LEVEL: 3 },
      cwd: "/var/lib/report",
      run_as: "report",
      timeout_sec: 60,
      retry: { retries: 0 },
      when: { hour_in: [3] },
      continue_on_failure: true,
      on_crash: "retry",
    }),
  ).actions;
  assert.ok(parsed?.type === "exec");
  const { retry, when, ...rest } = parsed;
  assert.equal(retry.retries, 0);
  assert.deepEqual(when?.hourIn, [3]);
  assert.deepEqual(rest, {
    type: "exec",
    name: "dump",
    command: ["/usr/local/bin/report", "--day", "{{scheduled_for.date}}", "5"],
    env: { TOKEN: "{{API_SECRET}}", LEVEL: "3" },
    cwd: "/var/lib/report",
    runAs: "report",
    timeoutSec: 60,
    continueOnFailure: true,
    onCrash: "retry",
  });
});

test("what may be left out: after a crash nobody runs it again", () => {
  const [parsed] = jobOf(job({})).actions;
  assert.ok(parsed?.type === "exec");
  const { env, cwd, runAs, onCrash, name } = parsed;
  assert.deepEqual(
    { env, cwd, runAs, onCrash, name },
    { env: {}, cwd: null, runAs: null, onCrash: "fail", name: "step-1" },
  );
});

describe("a broken command tells what is wrong:", () => {
  const list = "a list of 1-200 texts: the program's path and its arguments";
  const program = "the program's absolute path, without templates and ..";
  const rows: readonly (readonly [string, object, string])[] = [
    ["none", { command: undefined }, `command: expected ${list}, got nothing`],
    ["a shell line", { command: "ls -l" }, `command: expected ${list}, got "ls -l"`],
    ["an empty list", { command: [] }, `command: expected ${list}, got an empty list`],
    ["a bare name", { command: ["ls"] }, `command[0]: expected ${program}, got "ls"`],
    ["a template as program", { command: ["/bin/{{x}}"] }, `command[0]: expected ${program}, got "/bin/{{x}}"`],
    ["a path upwards", { command: ["/opt/../bin/sh"] }, `command[0]: expected ${program}, got "/opt/../bin/sh"`],
    [
      "an object as argument",
      { command: ["/bin/ls", {}] },
      "command[1]: expected a text of at most 8192 characters or a number, got an empty object",
    ],
    [
      "a variable with a dash",
      { env: { "A-B": "x" } },
      'env.A-B: expected a variable\'s name of letters, digits and _, got "A-B"',
    ],
    ["a relative folder", { cwd: "data" }, 'cwd: expected a folder\'s absolute path, without templates, got "data"'],
    ["a strange on_crash", { on_crash: "ignore" }, 'on_crash: expected "retry" or "fail", got "ignore"'],
    ["a url", { url: "https://example.com" }, "url: expected no such field, got a text"],
    ["an expectation", { expect: { status: [200] } }, "expect: expected no such field, got an object"],
  ];
  for (const [title, fields, problem] of rows) {
    test(title, () => assert.deepEqual(problemsOf(job(fields)), [`actions[0].${problem}`]));
  }
});
