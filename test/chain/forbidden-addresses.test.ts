// Every way we know of to make a request go where it must not, each against a listener that counts what reaches it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Resolve } from "../../src/chain/address-guard.ts";
import { createSendRequest } from "../../src/chain/http-attempt.ts";
import type { NetworkRules } from "../../src/model/network.ts";
import type { Step } from "../../src/model/run.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { chainContext, executeAction, httpAction } from "../helpers/chain-fixtures.ts";
import { startTarget, type Target } from "../helpers/target.ts";

/** On 127.0.0.1, which the rules of the tests forbid. */
let forbidden: Target;
/** On the same port of 127.0.0.2, which they allow: what a name may lead to. */
let allowed: Target;

const open: NetworkRules = { denyPrivate: false, allowHosts: [], denyHosts: [] };
const strict: NetworkRules = { denyPrivate: true, allowHosts: ["127.0.0.2"], denyHosts: [] };

const names: Readonly<Record<string, readonly string[]>> = {
  "private.test": ["127.0.0.1"],
  "private6.test": ["::1"],
  "mapped.test": ["::ffff:127.0.0.1"],
  "metadata.test": ["169.254.169.254"],
  "zero.test": ["0.0.0.0"],
  "both.test": ["127.0.0.2", "127.0.0.1"],
  "good.test": ["127.0.0.2"],
  localhost: ["127.0.0.1"],
};

let lookups = 0;

/** A resolver that knows these names, and one that leads elsewhere each time it is asked. */
const resolve: Resolve = (hostname, _options, done) => {
  lookups++;
  const name = hostname.replace(/\.$/, "");
  const addresses = name === "changing.test" ? [`127.0.0.${(lookups % 2) + 1}`] : (names[name] ?? []);
  const found = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  setImmediate(() => {
    if (found.length > 0) done(null, found);
    else done(Object.assign(new Error("no such name"), { code: "ENOTFOUND", syscall: "getaddrinfo" }), []);
  });
};

const sender = createSendRequest({ clock: systemClock, resolve });

before(async () => {
  forbidden = await startTarget();
  allowed = await startTarget({ host: "127.0.0.2", port: forbidden.port });
  allowed.on("/to", ({ url }, response) => {
    response.writeHead(302, { location: decodeURIComponent(url.split("?")[1] ?? "") }).end();
  });
});
after(async () => {
  await sender.close();
  await Promise.all([forbidden.close(), allowed.close()]);
});

const metadata = /^blocked: \S+ is a (link-local or )?cloud metadata (address|name)/;
const denied = /^blocked: \S+ is in network\.deny_hosts$/;
const isPrivate = /^blocked: \S+ is private, and network\.deny_private is on$/;
const resolvesPrivate = /^blocked: \S+ resolves to \S+, which is private, and network\.deny_private is on$/;
const template = /^template: url: expected /;

/** `PORT` is that of both listeners. null: the request arrives at the allowed one. */
const rows: readonly (readonly [url: string, rules: NetworkRules, refusal: RegExp | null])[] = [
  // Cloud metadata, whatever the rules, in every notation.
  ["http://169.254.169.254/latest/meta-data", open, metadata],
  ["http://2852039166/", open, metadata],
  ["http://0xa9fea9fe/", open, metadata],
  ["http://0xA9.0xFE.0xA9.0xFE/", open, metadata],
  ["http://0251.0376.0251.0376/", open, metadata],
  ["http://025177524776/", open, metadata],
  ["http://169.254.43518/", open, metadata],
  ["http://169.16689662/", open, metadata],
  ["http://\u{ff11}69.254.169.254/", open, metadata],
  ["http://169\u{3002}254\u{3002}169\u{3002}254/", open, metadata],
  ["http://169.254.169.254./", open, metadata],
  ["http://%31%36%39.254.169.254/", open, metadata],
  ["http://[::ffff:169.254.169.254]/", open, metadata],
  ["http://[::ffff:a9fe:a9fe]/", open, metadata],
  ["http://[0:0:0:0:0:ffff:a9fe:a9fe]/", open, metadata],
  ["http://[::169.254.169.254]/", open, metadata],
  ["http://[::ffff:0:169.254.169.254]/", open, metadata],
  ["http://[64:ff9b::169.254.169.254]/", open, metadata],
  ["http://[2002:a9fe:a9fe::1]/", open, metadata],
  ["http://[fd00:ec2::254]/", open, metadata],
  ["http://[FD00:0EC2:0:0::0254]/", open, metadata],
  ["http://100.100.100.200/", open, metadata],
  ["http://metadata.google.internal/computeMetadata/v1/", open, metadata],
  ["http://METADATA.google.internal./", open, metadata],
  ["http://metadata.test/", open, /^blocked: metadata\.test resolves to 169\.254\.169\.254, which is a link-local/],

  // The listener on 127.0.0.1, by its address.
  ["http://127.0.0.1:PORT/", strict, isPrivate],
  ["http://127.1:PORT/", strict, isPrivate],
  ["http://2130706433:PORT/", strict, isPrivate],
  ["http://0x7f000001:PORT/", strict, isPrivate],
  ["http://0177.0.0.1:PORT/", strict, isPrivate],
  ["http://127.0.0.1.:PORT/", strict, isPrivate],
  ["http://\u{2460}27.0.0.1:PORT/", strict, isPrivate],
  ["http://0.0.0.0:PORT/", strict, isPrivate],
  ["http://0:PORT/", strict, isPrivate],
  ["http://[::]:PORT/", strict, isPrivate],
  ["http://[::ffff:127.0.0.1]:PORT/", strict, isPrivate],
  ["http://[::ffff:7f00:1]:PORT/", strict, isPrivate],
  ["http://[::127.0.0.1]:PORT/", strict, isPrivate],
  ["http://[64:ff9b::7f00:1]:PORT/", strict, isPrivate],
  ["http://[64:ff9b:1::7f00:1]:PORT/", strict, isPrivate],
  ["http://[2002:7f00:1::]:PORT/", strict, isPrivate],
  ["http://[::1]:PORT/", strict, isPrivate],
  ["http:\\\\127.0.0.1:PORT/", strict, isPrivate],

  // By a name.
  ["http://private.test:PORT/", strict, resolvesPrivate],
  ["http://private.test.:PORT/", strict, resolvesPrivate],
  ["http://private6.test:PORT/", strict, resolvesPrivate],
  ["http://mapped.test:PORT/", strict, resolvesPrivate],
  ["http://zero.test:PORT/", strict, resolvesPrivate],
  ["http://both.test:PORT/", strict, /^blocked: both\.test resolves to 127\.0\.0\.1, which is private/],
  ["http://localhost:PORT/", strict, resolvesPrivate],
  ["http://localhost.:PORT/", strict, resolvesPrivate],

  // By what looks like another host.
  ["http://127.0.0.2@127.0.0.1:PORT/", strict, template],
  ["http://good.test:80@127.0.0.1:PORT/", strict, template],
  ["http://127.0.0.1:PORT\\@127.0.0.2:PORT/", strict, isPrivate],
  ["http://127.0.0.1:PORT#@127.0.0.2:PORT/", strict, isPrivate],
  ["http://127.0.0.1:PORT/?127.0.0.2:PORT", strict, isPrivate],

  // Denied by name or address, in any notation; a denied host beats an allowed one.
  ["http://private.test:PORT/", { ...open, denyHosts: ["private.test"] }, denied],
  ["http://PRIVATE.test.:PORT/", { ...open, denyHosts: ["private.test"] }, denied],
  ["http://127.0.0.1:PORT/", { ...open, denyHosts: ["2130706433"] }, denied],
  ["http://[::ffff:127.0.0.1]:PORT/", { ...open, denyHosts: ["127.0.0.1"] }, denied],
  ["http://[::ffff:127.0.0.1]:PORT/", { ...open, allowHosts: ["::ffff:127.0.0.1"], denyHosts: ["127.0.0.1"] }, denied],
  [
    "http://private.test:PORT/",
    { ...open, denyHosts: ["127.0.0.1"] },
    /^blocked: private\.test resolves to 127\.0\.0\.1/,
  ],
  ["http://private.test:PORT/", { ...open, denyHosts: ["127.0.0.1:PORT"] }, /^blocked: private\.test resolves to/],
  [
    "http://private.test:PORT/",
    { ...open, allowHosts: ["private.test"], denyHosts: ["127.0.0.1"] },
    /^blocked: private\.test resolves to 127\.0\.0\.1, which is in network\.deny_hosts$/,
  ],

  // By a redirect of a host that is allowed.
  ["http://127.0.0.2:PORT/to?http://127.0.0.1:PORT/", strict, isPrivate],
  ["http://127.0.0.2:PORT/to?//2130706433:PORT/", strict, isPrivate],
  ["http://127.0.0.2:PORT/to?http://private.test:PORT/", strict, resolvesPrivate],
  ["http://127.0.0.2:PORT/to?http://169.254.169.254/", open, metadata],
  ["http://127.0.0.2:PORT/to?http://metadata.google.internal/", open, metadata],
  ["http://127.0.0.2:PORT/to?http://x@127.0.0.1:PORT/", open, /^status 302: the Location holds a user name/],
  ["http://127.0.0.2:PORT/to?file:///etc/passwd", open, /^status 302: the Location is no http or https url$/],
  ["http://127.0.0.2:PORT/to?gopher://127.0.0.1:PORT/", open, /^status 302: the Location is no http or https url$/],

  // What must go on working.
  ["http://127.0.0.2:PORT/", strict, null],
  ["http://2130706434:PORT/", strict, null],
  ["http://good.test:PORT/", strict, null],
  ["http://good.test.:PORT/", strict, null],
  ["http://good.test:PORT/", { ...open, denyHosts: ["127.0.0.2:81"] }, null],
  ["http://127.0.0.2:PORT/", { ...open, denyPrivate: true, allowHosts: ["127.0.0.2:PORT"] }, null],
  ["http://good.test:PORT/", { ...open, denyPrivate: true, allowHosts: ["good.test:PORT"] }, null],
  ["http://127.0.0.2:PORT/to?http://good.test:PORT/", strict, null],
];

function run(url: string, network: NetworkRules): Promise<Step> {
  const context = chainContext([httpAction({ url, followRedirects: 5 })], { network });
  return executeAction(context, { send: sender.send, mask: (text) => text });
}

for (const [pattern, rules, refusal] of rows) {
  const listed = [...rules.allowHosts.map((host) => `+${host}`), ...rules.denyHosts.map((host) => `-${host}`)].join(
    " ",
  );
  const how = `${rules.denyPrivate ? "deny_private" : "open"}${listed === "" ? "" : ` ${listed}`}`;
  test(`${pattern} (${how}) ${refusal === null ? "arrives" : "does not get there"}`, async () => {
    const here = (text: string) => text.replaceAll("PORT", String(allowed.port));
    const [reached, arrived] = [forbidden.requests.length, allowed.requests.length];
    const network = { ...rules, allowHosts: rules.allowHosts.map(here), denyHosts: rules.denyHosts.map(here) };
    const { status, error } = await run(here(pattern), network);
    assert.equal(forbidden.requests.length, reached, "nothing arrives at the forbidden listener");
    assert.equal(status, refusal === null ? "ok" : "error", error?.message);
    if (refusal === null) assert.ok(allowed.requests.length > arrived);
    else assert.match(error?.message ?? "", refusal);
  });
}

test("a name that leads elsewhere with every look-up is looked up once per connection, which goes where it led", async () => {
  allowed.on("/once", (_request, response) => response.writeHead(200, { connection: "close" }).end());
  const [reached, before] = [forbidden.requests.length, lookups];
  const statuses: string[] = [];
  for (let i = 0; i < 20; i++) statuses.push((await run(`http://changing.test:${allowed.port}/once`, strict)).status);
  assert.equal(lookups - before, 20);
  assert.deepEqual([...new Set(statuses)].toSorted(), ["error", "ok"]);
  assert.equal(forbidden.requests.length, reached);
});
