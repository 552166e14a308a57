import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { createSendRequest } from "../../src/chain/http-attempt.ts";
import { createMasker } from "../../src/chain/masking.ts";
import type { HttpAction } from "../../src/model/job.ts";
import type { Secret } from "../../src/model/secret.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { chainContext, executeAction, httpAction } from "../helpers/chain-fixtures.ts";
import { retryPolicy } from "../helpers/retry-policy.ts";
import { startTarget, type Target } from "../helpers/target.ts";

let first: Target;
let other: Target;
const sender = createSendRequest({ clock: systemClock });

const secrets = new Map<string, Secret>([
  ["TOKEN", { value: "t0ken-in-all-places", hosts: null }],
  ["PIN", { value: "123", hosts: null }],
  ["BOUND", { value: "b0und/to one", hosts: ["localhost", "127.0.0.1"] }],
  ["STRANGE", { value: "b0und/elsewhere", hosts: ["api.example.com"] }],
]);

before(async () => {
  first = await startTarget();
  other = await startTarget();
  for (const target of [first, other]) {
    target.on("/to", ({ url }, response) => {
      const query = new URL(url, "http://h").searchParams;
      response.writeHead(Number(query.get("status") ?? 302), { location: query.get("url") ?? "" }).end("moved");
    });
  }
});
beforeEach(() => {
  for (const target of [first, other]) target.forgetRequests();
});
after(async () => {
  await sender.close();
  await Promise.all([first.close(), other.close()]);
});

function run(url: string, changes: Partial<HttpAction> = {}) {
  const action = httpAction({ url, followRedirects: 3, ...changes });
  return executeAction(chainContext([action], { secrets }), { send: sender.send, mask: createMasker(secrets) });
}

const to = (target: Target, url: string, status = 302) =>
  `${target.url}/to?status=${status}&url=${encodeURIComponent(url)}`;

test("redirects are followed as often as the action allows, and the step keeps the last url without its query", async () => {
  const step = await run(to(first, to(first, "/end?key=signed#part")));
  assert.deepEqual([step.status, step.statusCode, step.responseSample], ["ok", 200, "ok"]);
  assert.equal(step.url, `${first.url}/end?…`);
  assert.equal(first.requests.at(-1)?.url, "/end?key=signed");
  const masked = await run(to(first, "/t0ken-in-all-places"));
  assert.equal(masked.url, `${first.url}/{{TOKEN}}`);
});

test("without follow_redirects the redirect is the answer", async () => {
  const step = await run(to(first, "/end"), { followRedirects: 0 });
  assert.deepEqual([step.error?.code, step.statusCode, first.requests.length], ["status", 302, 1]);
  assert.equal(step.url, to(first, "/end"));
});

/** Method and status of a redirect → the method at its end, which keeps the body unless it became GET. */
const methods: readonly (readonly [string, number, string])[] = [
  ...[301, 302, 303, 307, 308].flatMap((status) => [
    ["GET", status, "GET"] as const,
    ["HEAD", status, "HEAD"] as const,
  ]),
  ["POST", 301, "GET"],
  ["POST", 302, "GET"],
  ["POST", 303, "GET"],
  ["POST", 307, "POST"],
  ["POST", 308, "POST"],
  ["PUT", 301, "PUT"],
  ["PUT", 303, "GET"],
  ["DELETE", 302, "DELETE"],
  ["PATCH", 308, "PATCH"],
];

for (const [method, status, end] of methods) {
  test(`a ${method} that is answered with ${status} goes on as ${end}`, async () => {
    const body = method === "GET" || method === "HEAD" ? null : { a: 1 };
    for (const target of [first, other]) {
      const step = await run(to(first, `${target.url}/end`, status), { method, body });
      assert.equal(step.status, "ok", step.error?.message);
      const { headers, ...request } = target.requests.at(-1) ?? assert.fail();
      const isKept = end === method && body !== null;
      assert.deepEqual([request.method, request.body], [end, isKept ? '{"a":1}' : ""]);
      assert.equal(headers["content-type"], isKept ? "application/json" : undefined);
    }
  });
}

const refusals: readonly (readonly [string, () => string, RegExp])[] = [
  ["to itself", () => `${first.url}/loop`, /^status 302: redirects in a circle$/],
  [
    "more often than allowed",
    () => to(first, to(first, to(first, to(first, "/end")))),
    /^status 302: more redirects than follow_redirects allows, which is 3$/,
  ],
  ["without a Location", () => `${first.url}/bare`, /^status 302: a redirect without a Location$/],
  ["to another scheme", () => to(first, "ftp://h/"), /^status 302: the Location is no http or https url$/],
  ["to nonsense", () => to(first, "http://[/"), /^status 302: the Location is no http or https url$/],
  [
    "to a url with a password",
    () => to(first, `${other.url.replace("//", "//me:pw@")}/`),
    /^status 302: the Location holds a user name or a password$/,
  ],
];

for (const [how, url, message] of refusals) {
  test(`a redirect ${how} fails as status, and is not tried again`, async () => {
    first.on("/loop", (_request, response) => response.writeHead(302, { location: "/loop?#again" }).end());
    first.on("/bare", (_request, response) => response.writeHead(302).end());
    const step = await run(url(), { retry: retryPolicy({ retries: 3, delaySec: 0.001, backoff: 1, maxDelaySec: 1 }) });
    assert.deepEqual([step.error?.code, step.attempts], ["status", 1]);
    assert.match(step.error?.message ?? "", message);
    assert.equal(other.requests.length, 0);
  });
}

const carrying = {
  Authorization: "Bearer abc",
  Cookie: "a=b",
  "X-Api-Key": "abc",
  "X-Token": "Bearer {{TOKEN}}",
  "X-Pin": "{{PIN}}",
  "X-Bound": "{{BOUND}}",
  Accept: "text/plain",
  "X-Plain": "plain",
};
const kept = ["accept", "x-plain", "idempotency-key", "x-fleetcron-attempt", "traceparent", "user-agent"];

test("to another origin go neither Authorization and Cookie nor any header that holds a secret", async () => {
  await run(to(first, `${other.url}/end`), { headers: carrying, params: { t: "{{TOKEN}}" } });
  const { headers, url } = other.requests[0] ?? assert.fail();
  assert.deepEqual(Object.keys(headers).toSorted(), [...kept, "host", "connection"].toSorted());
  assert.equal(url, "/end");
});

test("what was dropped stays dropped when the way leads back", async () => {
  await run(to(first, to(other, `${first.url}/end`)), { headers: carrying });
  const { headers } = first.requests.at(-1) ?? assert.fail();
  assert.ok(!("authorization" in headers) && !("x-token" in headers) && headers["x-plain"] === "plain");
});

test("within an origin every header goes along", async () => {
  await run(to(first, "/end"), { headers: carrying });
  const { headers } = first.requests.at(-1) ?? assert.fail();
  for (const name of Object.keys(carrying)) assert.ok(name.toLowerCase() in headers, name);
});

for (const form of ["{{TOKEN}}", "x{{TOKEN}}y", "{{PIN}}"]) {
  test(`a body that holds ${form} does not go to another origin: the step is blocked`, async () => {
    for (const changes of [{ body: { a: form } }, { form: { a: form } }, { body: form }]) {
      const step = await run(to(first, `${other.url}/end`, 307), { method: "POST", ...changes });
      assert.equal(step.error?.code, "blocked");
      assert.match(
        step.error?.message ?? "",
        /^blocked: a redirect to 127\.0\.0\.1:\d+, another origin, .* holds a secret$/,
      );
    }
    const step = await run(to(first, `${other.url}/end`, 303), { method: "POST", body: form });
    assert.equal(step.error, null, "a GET carries no body");
    assert.deepEqual(
      other.requests.map(({ body }) => body),
      [""],
    );
  });
}

test("a bound secret in a Location is not carried to a host that it is not bound to", async () => {
  const ways = ["b0und/elsewhere", encodeURIComponent("b0und/elsewhere"), btoa("key:b0und/elsewhere")];
  for (const way of ways) {
    const step = await run(to(first, `${other.url}/end?key=${way}`));
    assert.equal(
      step.error?.message,
      `blocked: secret STRANGE is bound to api.example.com, not to 127.0.0.1:${other.port}`,
    );
  }
  assert.equal((await run(to(first, `${other.url}/end?key=b0und%2Fto%20one`))).error, null);
  assert.equal(other.requests.length, 1);
});

test("one deadline holds for all hops together", async () => {
  other.on("/slow", (_request, response) =>
    setTimeout(() => response.writeHead(302, { location: "/slow2" }).end(), 500),
  );
  other.on("/slow2", () => undefined);
  const step = await run(to(first, `${other.url}/slow`), { timeoutSec: 0.6 });
  assert.match(step.error?.message ?? "", /^timeout: no answer within 0\.6 s/);
  assert.deepEqual(
    other.requests.map(({ url }) => url),
    ["/slow", "/slow2"],
  );
  assert.ok((step.elapsedMs ?? 0) >= 600 && (step.elapsedMs ?? 0) < 1_000, `ended after ${step.elapsedMs} ms`);
});

test("a redirect whose body breaks off is followed all the same, one that never ends is a timeout", async () => {
  first.on("/broken", (_request, _response, { socket }) =>
    socket.end("HTTP/1.1 302 Found\r\nLocation: /end\r\nContent-Length: 99\r\n\r\nhalf"),
  );
  first.on("/endless", (_request, response) => response.writeHead(302, { location: "/end" }).write("x"));
  assert.equal((await run(`${first.url}/broken`)).status, "ok");
  const { statusCode, error } = await run(`${first.url}/endless`, { timeoutSec: 0.2 });
  assert.deepEqual([statusCode, error?.code], [302, "timeout"]);
});
