// The environment's proxies and the config's own CA, as the program itself takes them up.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { runProgram, temporaryDir } from "../helpers/agent-process.ts";
import { startProxy } from "../helpers/proxy.ts";
import { startTarget } from "../helpers/target.ts";

const caFile = join(import.meta.dirname, "../helpers/certificates/ca.pem");

test("a request goes through the proxy of the environment, whose password is shown nowhere", async () => {
  await using target = await startTarget();
  await using secure = await startTarget({ certificate: "localhost" });
  await using proxy = await startProxy({ login: "me:pr0xy+passw0rd" });
  using home = temporaryDir();
  target.on("*", (request, response) => response.end(String(request.headers["x-proxied"])));
  const url = proxy.url.replace("//", "//me:pr0xy%2Bpassw0rd@");
  const env = { HOME: home.path, HTTP_PROXY: url, https_proxy: url, FLEETCRON_TLS_CA_FILE: caFile };
  const actions = [{ url: `http://a.test:${target.port}/x` }, { url: `https://a.test:${secure.port}/y` }];
  const end = await runProgram(["try", "-", "--json"], env, JSON.stringify({ name: "proxied", hour: 9, actions }));
  assert.equal(end.code, 0, end.stderr + end.stdout);
  assert.deepEqual(proxy.asked, [`GET http://a.test:${target.port}/x`, `CONNECT a.test:${secure.port}`]);
  // The proxy of this test hands our login on, and the target gives it back.
  const [step] = JSON.parse(end.stdout).steps;
  assert.equal(target.requests.length + secure.requests.length, 2);
  assert.match(step.response_sample, /\{\{proxy\}\}/);
  const shown = end.stdout + end.stderr;
  for (const form of ["pr0xy+passw0rd", "pr0xy%2Bpassw0rd", btoa("me:pr0xy+passw0rd")])
    assert.ok(!shown.includes(form));
});

test("a proxy that is no url is refused with the config's other problems", async () => {
  using home = temporaryDir();
  const env = { HOME: home.path, HTTP_PROXY: "socks5://me:geheim@h", FLEETCRON_TLS_CA_FILE: "/no/such.pem" };
  const { code, stderr } = await runProgram(["try", "-"], env, "{}");
  assert.equal(code, 78);
  assert.match(
    stderr,
    /tls\.ca_file: expected a readable file, got "\/no\/such\.pem" \(no such file\) \(FLEETCRON_TLS_CA_FILE\)/,
  );
  assert.match(stderr, /HTTP_PROXY: expected the http or https url of a proxy .* \(environment\)/);
  assert.doesNotMatch(stderr, /geheim/);
});
