// A thousand job documents made by chance, executed against a real target that answers by chance too: every chain ends,
// with a record below 1 MiB. FLEETCRON_PROPERTY_RUNS and FLEETCRON_PROPERTY_SEED: see scripts/properties.ts.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createSendRequest } from "../../src/chain/http-attempt.ts";
import { createMasker } from "../../src/chain/masking.ts";
import type { JsonValue } from "../../src/model/job.ts";
import { parseJob } from "../../src/model/parse-job.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { chainContext, executeWhole } from "../helpers/chain-fixtures.ts";
import { recordBytes } from "../helpers/run-record.ts";
import { startTarget } from "../helpers/target.ts";
import { jobArbitrary } from "../model/job-arbitrary.ts";
import { defaults } from "../model/parse-fixtures.ts";

const numRuns = Number(process.env.FLEETCRON_PROPERTY_RUNS ?? 1_000);
const seed = Number(process.env.FLEETCRON_PROPERTY_SEED ?? Math.floor(Math.random() * 2 ** 31));

const answers: readonly (readonly [status: number, body: string])[] = [
  [200, '{"a": [{"a": 1, "b": "x"}], "b": null}'],
  [200, JSON.stringify({ a: "鍵".repeat(1_300), b: "\u0001".repeat(600) })],
  [200, JSON.stringify(Array.from({ length: 8_000 }, (_, a) => ({ a })))],
  [200, `${"[".repeat(30_000)}${"]".repeat(30_000)}`],
  [500, "\u{1f600}".repeat(40_000)],
  [429, ""],
  [302, "{"],
];

/** Waits between tries are over at once. */
const clock = { ...systemClock, sleep: async () => undefined };

test("every chain ends and leaves a record below 1 MiB, whatever it says and is answered", async () => {
  await using target = await startTarget();
  let answered = 0;
  target.on("*", (_request, response) => {
    const [status, body] = answers[answered++ % answers.length] ?? [200, ""];
    response.writeHead(status, { location: "/again" }).end(body);
  });
  const { send, close } = createSendRequest({ clock });
  const secrets = new Map([["A", { value: target.url, hosts: null }]]);
  const network = { denyPrivate: false, allowHosts: [], denyHosts: ["example.com"] };
  const mask = createMasker(secrets);
  const earlier = new Map<string, JsonValue>([
    ["a", [1]],
    ["b", "é"],
  ]);
  let executed = 0;
  await fc.assert(
    fc.asyncProperty(jobArbitrary(target.url), async (document) => {
      const parsed = parseJob(document, defaults);
      if ("invalid" in parsed) return;
      const { job } = parsed;
      const context = { ...chainContext([]), job, secrets, network, outputs: earlier };
      const end = await executeWhole(context, { send, mask, clock });
      executed += 1;
      assert.ok(["ok", "error"].includes(end.status), `${end.status}: ${end.reason}`);
      assert.ok(end.steps.every(({ status }) => status !== "started"));
      assert.ok(recordBytes(context, end) < 2 ** 20);
    }),
    // Longer than any healthy machine takes for one: what hangs fails.
    { numRuns, seed, timeout: 60_000 },
  );
  await close();
  assert.ok(executed > numRuns / 10, `only ${executed} of ${numRuns} were jobs`);
  assert.ok(answered > executed / 5, `${answered} requests of ${executed} chains were answered`);
});
