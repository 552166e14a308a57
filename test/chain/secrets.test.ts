import assert from "node:assert/strict";
import { test } from "node:test";
import { executeChain, firstSteps } from "../../src/chain/execute-chain.ts";
import { createSendRequest } from "../../src/chain/http-attempt.ts";
import { createMasker } from "../../src/chain/masking.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { chainContext, httpAction, keepAdvances } from "../helpers/chain-fixtures.ts";
import { runCommand } from "../helpers/run-command.ts";
import { startTarget } from "../helpers/target.ts";

const secretValues = { API_SECRET: `s3cr+t/"pass' wörd%&`, TOKEN: "0123456789abcdef0123456789abcdef" };

test("no form of a secret is in any step or reason when the target echoes everything it gets", async () => {
  await using target = await startTarget();
  target.on("*", (request, response) => {
    const { authorization = "" } = request.headers;
    const echo = { ...request, again: JSON.stringify(request), basic: Buffer.from(authorization).toString("base64") };
    response.writeHead(request.url.startsWith("/fail") ? 500 : 200).end(JSON.stringify(echo));
  });
  target.on("/long", (request, response) => {
    response.end("x".repeat(1990) + request.headers.authorization + "y".repeat(100));
  });
  target.on("/cut", (request, response) => {
    const { authorization = "" } = request.headers;
    response.end("x".repeat(65_536 - authorization.length + 5) + authorization + "y".repeat(65_536));
  });
  target.on("/reset", (request, response, { socket }) => {
    response.writeHead(200, { "content-length": "1000" });
    response.write(request.headers.authorization?.slice(0, -5), () => socket.resetAndDestroy());
  });
  const paths = ["/echo/{{API_SECRET}}?t={{TOKEN}}", "/fail/{{API_SECRET}}", "/long", "/cut", "/reset"];
  const actions = paths.map((path) =>
    httpAction({
      name: path,
      url: `${target.url}${path}`,
      method: "POST",
      headers: { Authorization: "Bearer {{TOKEN}}", "X-Other": "{{API_SECRET}}" },
      params: path.includes("?") ? { p: "{{API_SECRET}}" } : {},
      body: { value: "{{API_SECRET}}", nested: ["{{TOKEN}}"] },
      continueOnFailure: true,
    }),
  );
  const broken = httpAction({ name: "broken", url: "nonsense {{API_SECRET}}" });
  const secrets = new Map(Object.entries(secretValues).map(([key, value]) => [key, { value, hosts: null }]));
  const context = chainContext([...actions, broken], { secrets });
  const mask = createMasker(secrets);
  const sender = createSendRequest({ clock: systemClock });
  const recorder = keepAdvances();
  const deps = {
    clock: systemClock,
    random: Math.random,
    now: () => 0,
    send: sender.send,
    runCommand,
    mask,
    userAgent: "x",
  };
  const first = firstSteps(context, mask);
  const end = await executeChain(deps, context, {
    steps: first,
    recorder,
    signal: new AbortController().signal,
    acknowledgedAt: systemClock.monotonic(),
    deadlineAt: null,
  });
  await sender.close();

  assert.equal(target.requests[0]?.headers.authorization, `Bearer ${secretValues.TOKEN}`);
  assert.deepEqual(JSON.parse(target.requests[0]?.body ?? "{}").value, secretValues.API_SECRET);
  assert.ok(end.status === "error" && end.reason !== null);
  const written = JSON.stringify([first, recorder.advances, [...end.changes.steps], end.reason]);
  assert.ok(written.includes("{{API_SECRET}}") && written.includes("{{TOKEN}}"));
  for (const [key, value] of Object.entries(secretValues)) {
    for (const form of [value, encodeURIComponent(value), Buffer.from(value).toString("base64")]) {
      const escaped = [form, JSON.stringify(form).slice(1, -1), JSON.stringify(JSON.stringify(form)).slice(3, -3)];
      for (const text of escaped) assert.ok(!written.includes(text), `${key} as ${text}`);
    }
    for (const part of [value.slice(0, 8), value.slice(-8)]) assert.ok(!written.includes(part), `part of ${key}`);
  }
});
