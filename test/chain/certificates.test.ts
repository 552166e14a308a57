import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { createSendRequest, type HttpResult } from "../../src/chain/http-attempt.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { pem } from "../helpers/certificates/certificate.ts";
import { startTarget } from "../helpers/target.ts";

const sender = createSendRequest({ clock: systemClock });
const plain = { denyPrivate: false, allowHosts: [], denyHosts: [] };
const cleanup = new AsyncDisposableStack();

before(() => cleanup.defer(() => sender.close()));
after(() => cleanup.disposeAsync());

async function sendTo(certificate: string, ca?: string): Promise<HttpResult> {
  await using target = await startTarget({ certificate });
  const network = ca === undefined ? plain : { ...plain, ca };
  const request = { method: "GET", url: target.url, headers: {}, body: null, timeoutMs: 10_000, network };
  const result = await sender.send(request, new AbortController().signal);
  if (result.error !== null)
    assert.equal(target.requests.length, 0, "nothing is sent before the target has proved itself");
  return result;
}

const failures: readonly (readonly [string, string, string | undefined, string])[] = [
  ["whose CA nobody knows", "localhost", undefined, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
  ["that is expired", "expired", "ca", "CERT_HAS_EXPIRED"],
  ["that it signed itself", "self-signed", "ca", "DEPTH_ZERO_SELF_SIGNED_CERT"],
  ["of another host", "other-host", "ca", "ERR_TLS_CERT_ALTNAME_INVALID"],
];

for (const [which, certificate, ca, code] of failures) {
  test(`a target with a certificate ${which} is tls`, async () => {
    const { error } = await sendTo(certificate, ca && pem(ca));
    assert.deepEqual([error?.code, error?.retryable], ["tls", true]);
    assert.match(
      error?.message ?? "",
      new RegExp(`^tls: the handshake with 127\\.0\\.0\\.1:\\d+ failed \\(${code}\\)$`),
    );
  });
}

test("a CA of the config is trusted beside those of the system, of which none is lost", async () => {
  const usual = getCACertificates("default");
  setDefaultCACertificates([...usual, pem("self-signed")]);
  try {
    assert.equal((await sendTo("localhost", `${pem("ca")}\n`)).error, null);
    assert.equal((await sendTo("self-signed", `${pem("ca")}\n`)).error, null);
  } finally {
    setDefaultCACertificates(usual);
  }
});

test("several certificates in one file are all trusted", async () => {
  const both = `${pem("self-signed")}${pem("ca")}`;
  for (const certificate of ["localhost", "self-signed"]) assert.equal((await sendTo(certificate, both)).error, null);
});

test("a CA that is no longer in the config is no longer trusted, also where a connection is still open", async () => {
  await using target = await startTarget({ certificate: "localhost" });
  const request = { method: "GET", url: target.url, headers: {}, body: null, timeoutMs: 10_000 };
  const signal = new AbortController().signal;
  const send = (network: typeof plain & { ca?: string }) => sender.send({ ...request, network }, signal);
  assert.equal((await send({ ...plain, ca: pem("ca") })).error, null);
  assert.equal((await send(plain)).error?.code, "tls");
});
