import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { execFields } from "../../src/model/parse-exec.ts";
import { runProgram } from "../helpers/agent-process.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/exec.md"), "utf8");
const [config = "", job = ""] = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => text);
const env = { FLEETCRON_SECRETS: JSON.stringify({ API_SECRET: { value: "k3y-of-the-api" } }) };

test("docs/exec.md has a row for every field of a command", () => {
  for (const field of execFields) assert.match(page, new RegExp(`^\\| \`${field}\` \\|`, "m"), field);
});

test("the job of docs/exec.md runs under its config, and under no other", {
  skip: process.platform === "win32",
}, async () => {
  const { allow } = JSON.parse(config).exec;
  const allowed = await runProgram(["try", "-", "--json", "--set", `exec.allow=${JSON.stringify(allow)}`], env, job);
  assert.equal(allowed.code, 0, allowed.stderr);
  const [step] = JSON.parse(allowed.stdout).steps;
  assert.match(step.response_sample, /^say hello \d{4}-\d\d-\d\d\n$/);
  const refused = await runProgram(["try", "-", "--json"], env, job);
  assert.equal(refused.code, 1, refused.stderr);
  assert.equal(JSON.parse(refused.stdout).steps[0].error.code, "blocked");
});
