// `fleetcron notify test`: the real program, a real receiver, no database.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { runInProcess } from "../helpers/run-in-process.ts";
import { startTarget, type Target } from "../helpers/target.ts";

let target: Target;
before(async () => {
  target = await startTarget();
  target.on("/refuses-geheim", (_request, response) => response.writeHead(403).end());
});
after(() => target.close());

const run = (...args: string[]) => {
  const channels = {
    ops: { type: "webhook", url: `${target.url}/ops-geheim` },
    refuses: { type: "slack", url: { env: "REFUSING_URL" } },
  };
  const env = { FLEETCRON_NOTIFY: JSON.stringify(channels), REFUSING_URL: `${target.url}/refuses-geheim` };
  return runInProcess(["notify", "test", ...args], { HOME: "/nonexistent", ...env });
};

test("notify test sends one message from here, and says what became of it without showing the address", async () => {
  const good = await run("ops");
  assert.deepEqual([good.code, good.stdout, good.stderr], [0, "ops (webhook) took the message\n", ""]);
  const [request, ...others] = target.requests;
  assert.deepEqual(others, []);
  const { event, text } = JSON.parse(request?.body ?? "{}");
  assert.equal(event, "test");
  assert.match(text, /^test message of FleetCron from /);

  const bad = await run("refuses");
  assert.equal(bad.code, 1);
  assert.match(bad.stderr, /the channel "refuses" \(slack\) did not take it: .*status.* 403/);
  const json = await run("refuses", "--json");
  const { channel, ok, error } = JSON.parse(json.stdout);
  assert.deepEqual([json.code, channel, ok], [1, "refuses", false]);
  assert.match(error, /403/);
  const unknown = await run("opps");
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /no channel "opps" in notify of the config\n.*did you mean "ops"\?/);
  for (const { stdout, stderr } of [good, bad, json, unknown]) assert.doesNotMatch(stdout + stderr, /geheim/);
});
