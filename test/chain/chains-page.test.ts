import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createSendRequest } from "../../src/chain/http-attempt.ts";
import { createMasker } from "../../src/chain/masking.ts";
import type { Job } from "../../src/model/job.ts";
import { templateProblems } from "../../src/model/template-problems.ts";
import { knownTemplateKeys } from "../../src/model/template-values.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { chainContext, executeWhole } from "../helpers/chain-fixtures.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { jobOf } from "../model/parse-fixtures.ts";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/chains.md"), "utf8");

test("docs/chains.md explains exactly the error codes of steps", () => {
  const source = readFileSync(join(root, "src/model/run.ts"), "utf8");
  const [, union = ""] = /export type ErrorClass =([^;]+);/.exec(source) ?? [];
  const codes = [...union.matchAll(/"(\w+)"/g)].map((match) => match[1]);
  const [, section = ""] = page.split("## Error codes");
  const documented = [...section.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]);
  assert.ok(codes.length > 0);
  assert.deepEqual(documented.toSorted(), codes.toSorted());
});

const jobs = new Map(
  [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = ""]) => {
    const document = { _id: "example", ...JSON.parse(json) };
    return [String(document.name), jobOf(document, { tz: "UTC" })] as const;
  }),
);

async function run(job: Job, target: Target) {
  const secrets = new Map([
    ["BASE_URL", { value: target.url, hosts: null }],
    ["API_SECRET", { value: "hunter22", hosts: null }],
  ]);
  assert.deepEqual(templateProblems(job.actions, knownTemplateKeys(secrets.keys(), [])), []);
  const context = { ...chainContext([], { secrets, scheduledFor: Date.UTC(2026, 0, 15, 2, 30) }), job };
  const mask = createMasker(secrets);
  const sender = createSendRequest({ clock: systemClock });
  const end = await executeWhole(context, { send: sender.send, mask });
  await sender.close();
  const requests = target.requests.map(({ method, url, body }) => `${method} ${url} ${body}`.trim());
  return { status: end.status, outputs: Object.fromEntries(end.outputs), requests };
}

test("the examples of docs/chains.md do what the page says", async () => {
  await using target = await startTarget();
  const [report, handOver] = [...jobs.values()];
  assert.ok(report && handOver && jobs.size === 2);
  assert.deepEqual(await run(report, target), {
    status: "ok",
    outputs: {},
    requests: ['POST /reports {"day":"2026-01-15"}', "POST /notify/nightly%20report"],
  });

  await using other = await startTarget();
  other.on("/next", (_request, response) => response.end('{"user": {"id": 5, "tags": ["a"]}, "state": "a+b"}'));
  assert.deepEqual(await run(handOver, other), {
    status: "ok",
    outputs: { id: 5, tags: ["a"], state: "a+b" },
    requests: ["GET /next", 'PUT /users/5?state=a+b {"id":5,"tags":["a"],"text":"user 5"}'],
  });
  assert.equal(other.requests[1]?.headers["x-seen"], Buffer.from('["a"]').toString("base64"));
});
