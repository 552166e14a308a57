// A run whose agent died in the middle, as its record lies in the database.
import assert from "node:assert/strict";
import { parseJob } from "../../src/model/parse-job.ts";
import type { Step } from "../../src/model/run.ts";
import type { RunDocument } from "../../src/store/collections.ts";
import type { Store } from "../../src/store/connect.ts";
import { insertRun } from "../../src/store/runs.ts";
import { sampleRun, sampleStep } from "./sample-run.ts";
import { testSettings } from "./test-agent.ts";

/** Fields of the record beside those a claim has. */
export type Orphan = Partial<Omit<RunDocument, "steps">> & { readonly steps?: readonly Partial<Step>[] };

/** Inserts a job that is not due, and its run of a minute ago with the last of `steps` under way. */
export async function insertOrphan(
  store: Store,
  definition: Record<string, unknown>,
  { steps = [{}], ...fields }: Orphan = {},
): Promise<RunDocument> {
  const document = { name: "orphan", at: new Date("2020-01-01"), ...definition };
  const { insertedId } = await store.jobs.insertOne(document);
  const { tz, httpDefaults } = testSettings;
  const parsed = parseJob({ ...document, _id: insertedId }, { tz, httpDefaults });
  assert.ok("job" in parsed);
  const { job } = parsed;
  const run = { ...sampleRun({ job, now: Date.now() - 60_000, leaseMs: 1_000 }), ...fields };
  const first = run.steps[0];
  assert.ok(first);
  const stored: RunDocument = {
    ...run,
    steps: steps.map((step, index) => {
      const { status = "started", attempts = 0, responseSample = null } = sampleStep(step);
      const action = job.actions[index];
      const sent = action?.type === "http" ? { method: action.method, url: action.url } : {};
      const name = action?.name ?? "";
      return { ...first, index, name, status, attempts, response_sample: responseSample, ...sent };
    }),
  };
  await insertRun(store, stored);
  return stored;
}
