import assert from "node:assert/strict";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import type { Resolve } from "../../src/chain/address-guard.ts";
import { createSendRequest, type HttpResult } from "../../src/chain/http-attempt.ts";
import { createMasker } from "../../src/chain/masking.ts";
import type { NetworkRules, Proxies } from "../../src/model/network.ts";
import { secretsToMask } from "../../src/model/secret.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { pem } from "../helpers/certificates/certificate.ts";
import { chainContext, executeAction, httpAction } from "../helpers/chain-fixtures.ts";
import { FakeClock } from "../helpers/fake-clock.ts";
import { startProxy } from "../helpers/proxy.ts";
import { retryPolicy } from "../helpers/retry-policy.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { until } from "../helpers/test-agent.ts";

let target: Target;
let secure: Target;

/** Knows the names of the tests when the agent itself asks, which it must not where the proxy does. */
const looked: string[] = [];
const resolve: Resolve = (hostname, _options, done) => {
  looked.push(hostname);
  setImmediate(() => done(null, [{ address: "127.0.0.1", family: 4 }]));
};
const sender = createSendRequest({ clock: systemClock, resolve });

before(async () => {
  target = await startTarget();
  secure = await startTarget({ certificate: "localhost" });
});
after(async () => {
  await sender.close();
  await Promise.all([target.close(), secure.close()]);
});

function rulesWith(proxies: Partial<Proxies>, changes: Partial<NetworkRules> = {}): NetworkRules {
  const all = { http: null, https: null, noProxy: "", ...proxies };
  return { denyPrivate: false, allowHosts: [], denyHosts: [], ca: pem("ca"), proxies: all, ...changes };
}

function send(url: string, network: NetworkRules, timeoutMs = 10_000): Promise<HttpResult> {
  const request = { method: "GET", url, headers: {}, body: null, timeoutMs, network };
  return sender.send(request, new AbortController().signal);
}

const httpUrl = (host = "a.test") => `http://${host}:${target.port}/x`;
const httpsUrl = (host = "a.test") => `https://${host}:${secure.port}/x`;

for (const certificate of [undefined, "localhost"]) {
  const kind = certificate === undefined ? "an http" : "an https";
  test(`${kind} proxy forwards http and makes tunnels for https, and resolves the names of both`, async () => {
    await using proxy = await startProxy(certificate === undefined ? {} : { certificate });
    const rules = rulesWith({ http: proxy.url, https: proxy.url });
    const before = looked.length;
    for (const url of [httpUrl(), httpsUrl(), httpUrl(), httpsUrl()]) {
      const result = await send(url, rules);
      assert.deepEqual([result.error, result.sample], [null, "ok"]);
    }
    const get = `GET ${httpUrl()}`;
    assert.deepEqual(proxy.asked, [get, `CONNECT a.test:${secure.port}`, get], "the tunnel is used again");
    assert.equal(looked.length, before);
    assert.equal(target.requests.at(-1)?.headers.host, `a.test:${target.port}`);
    assert.equal(secure.requests.at(-1)?.headers["x-proxied"], undefined);
  });
}

test("each scheme has its own proxy, and without one it goes directly", async () => {
  await using proxy = await startProxy();
  assert.equal((await send(httpsUrl(), rulesWith({ http: proxy.url }))).error, null);
  assert.equal((await send(httpUrl(), rulesWith({ https: proxy.url }))).error, null);
  assert.deepEqual(proxy.asked, []);
});

test("hosts in NO_PROXY and loopback go directly, where their addresses are checked", async () => {
  await using proxy = await startProxy();
  const rules = rulesWith({ http: proxy.url, https: proxy.url, noProxy: "direct.test, .other.test" });
  const hosts = ["direct.test", "sub.direct.test", "x.other.test", "127.0.0.1", "localhost"];
  for (const host of hosts) assert.equal((await send(httpUrl(host), rules)).error, null, host);
  assert.deepEqual(proxy.asked, []);
  const refused = await send(httpUrl("direct.test"), { ...rules, denyPrivate: true });
  assert.match(refused.error?.message ?? "", /^blocked: direct\.test resolves to 127\.0\.0\.1, which is private/);
});

test("the host in the url is checked before the proxy is asked, whatever the proxy's own address is", async () => {
  await using proxy = await startProxy();
  const rules = rulesWith({ http: proxy.url, https: proxy.url }, { denyPrivate: true, denyHosts: ["denied.test"] });
  for (const url of ["http://169.254.169.254/", "https://10.0.0.1/", "http://metadata/", "https://denied.test/"]) {
    assert.equal((await send(url, rules)).error?.code, "blocked", url);
  }
  assert.deepEqual(proxy.asked, []);
  assert.equal((await send(httpUrl(), rules)).error, null);
});

test("a proxy gets its user name and password, and the target gets neither", async () => {
  const login = "me:p@ss wörd";
  await using proxy = await startProxy({ login: Buffer.from(login).toString("latin1") });
  const url = proxy.url.replace("//", `//me:${encodeURIComponent("p@ss wörd")}@`);
  const rules = rulesWith({ http: url, https: url });
  assert.equal((await send(httpUrl(), rules)).error, null);
  assert.equal((await send(httpsUrl(), rules)).error, null);
  assert.equal(secure.requests.at(-1)?.headers["proxy-authorization"], undefined);
});

test("a proxy that wants another login is connect and not tried again, and its echo of ours is masked", async () => {
  await using proxy = await startProxy({ login: "other:login" });
  const url = proxy.url.replace("//", "//me:pr0xy-passw0rd@");
  const network = rulesWith({ http: url, https: url });
  for (const target of [httpUrl(), httpsUrl()]) {
    const retry = retryPolicy({ retries: 1, delaySec: 0.001, backoff: 1, maxDelaySec: 1 });
    const context = chainContext([httpAction({ url: target, retry })], { network });
    const mask = createMasker(secretsToMask({ ...context, notify: new Map() }));
    const step = await executeAction(context, { send: sender.send, mask });
    assert.deepEqual([step.error?.code, step.attempts], ["connect", 1], step.error?.message);
    assert.match(step.error?.message ?? "", /^connect: the proxy wants another user name and password \(407\)$/);
    assert.doesNotMatch(JSON.stringify(step), new RegExp(`pr0xy-passw0rd|${btoa("me:pr0xy-passw0rd")}`));
    assert.equal(mask(`Basic ${btoa("me:pr0xy-passw0rd")}`).includes("{{proxy}}"), true);
  }
});

test("a proxy that is not there is connect, and so is a target that it cannot reach", async () => {
  const closed = await new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
    });
  });
  const gone = `http://127.0.0.1:${closed}`;
  for (const url of [httpUrl(), httpsUrl()]) {
    const { error } = await send(url, rulesWith({ http: gone, https: gone }));
    assert.equal(error?.message, "connect: the proxy refused the connection (ECONNREFUSED)");
  }
  await using proxy = await startProxy();
  const { error } = await send(`https://a.test:${closed}/`, rulesWith({ https: proxy.url }));
  assert.equal(error?.message, `connect: the proxy made no connection to a.test:${closed} (502)`);
});

test("certificates are checked through a tunnel as without one", async () => {
  await using proxy = await startProxy();
  await using expired = await startTarget({ certificate: "expired" });
  const { error } = await send(`https://127.0.0.2:${expired.port}/`, rulesWith({ https: proxy.url }));
  assert.equal(error?.code, "connect", "loopback is never asked for from a proxy");
  const tunnelled = await send(`https://localhost.test:${expired.port}/`, rulesWith({ https: proxy.url }));
  assert.match(
    tunnelled.error?.message ?? "",
    /^tls: the handshake with localhost\.test:\d+ failed \(CERT_HAS_EXPIRED\)$/,
  );
});

for (const scheme of ["http", "https"]) {
  test(`a proxy for ${scheme} that never answers is a timeout, and its connection is ended on close`, async () => {
    const sockets = new Set<{ destroyed: boolean }>();
    const server = createServer((socket) => void sockets.add(socket.resume().on("error", () => {})));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const silent = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    const clock = new FakeClock(0);
    const own = createSendRequest({ clock, resolve });
    const network = rulesWith({ http: silent, https: silent });
    const request = { method: "GET", url: `${scheme}://a.test/`, headers: {}, body: null, timeoutMs: 200, network };
    const sent = own.send(request, new AbortController().signal);
    await until(() => sockets.size === 1, "the proxy is connected");
    await clock.advance(200);
    const { error } = await sent;
    assert.match(error?.message ?? "", /^timeout: no answer within 0\.2 s \(a\.test\)$/);
    await own.close();
    // Resolves only when no connection is open any more.
    await new Promise((resolve) => server.close(resolve));
  });
}
