import assert from "node:assert/strict";
import { test } from "node:test";
import { findRefusal } from "../../src/chain/address-guard.ts";
import { isHostListed, isLoopback } from "../../src/model/network.ts";

const open = { denyPrivate: false, allowHosts: [], denyHosts: [] };

const metadata = [
  "http://169.254.169.254/",
  "http://2852039166/",
  "http://0xA9.0xFE.0xA9.0xFE/",
  "http://0251.0376.0251.0376/",
  "http://169.254.43518/",
  "http://[::ffff:169.254.169.254]/",
  "http://[::ffff:a9fe:a9fe]/",
  "http://[64:ff9b::169.254.169.254]/",
  "http://[fd00:ec2::254]/",
  "http://[fd00:0ec2:0:0::0254]/",
  "http://100.100.100.200/",
  "http://metadata.google.internal/",
  "http://METADATA.google.internal./",
];

const internal = [
  "http://127.0.0.1/",
  "http://127.1/",
  "http://0.0.0.0/",
  "http://0/",
  "http://[::]/",
  "http://[::1]/",
  "http://[::ffff:127.0.0.1]/",
  "http://10.1.2.3/",
  "http://172.31.0.1/",
  "http://192.168.0.1/",
  "http://100.64.0.1/",
  "http://[fd12::1]/",
  "http://[fe80::1]/",
];

for (const url of metadata) {
  test(`${url} is always refused unless it is listed`, () => {
    assert.match(findRefusal(new URL(url), open) ?? "", /metadata/);
    const listed = { ...open, allowHosts: [new URL(url).hostname] };
    assert.equal(findRefusal(new URL(url), listed), null);
  });
}

for (const url of internal) {
  test(`${url} is refused with deny_private only`, () => {
    assert.equal(findRefusal(new URL(url), open), null);
    assert.match(findRefusal(new URL(url), { ...open, denyPrivate: true }) ?? "", /deny_private/);
  });
}

test("public addresses and names pass, denied ones never do", () => {
  const rules = { denyPrivate: true, allowHosts: ["evil.example"], denyHosts: ["evil.example", "10.0.0.1"] };
  assert.equal(findRefusal(new URL("http://93.184.216.34/"), rules), null);
  assert.equal(findRefusal(new URL("https://good.example/"), rules), null);
  assert.match(findRefusal(new URL("https://EVIL.example./"), rules) ?? "", /deny_hosts/);
  assert.match(findRefusal(new URL("https://10.0.0.1:8443/"), rules) ?? "", /deny_hosts/);
});

test("a listed host matches any port, with a port only that one", () => {
  const listed = (entry: string, url: string) => isHostListed([entry], new URL(url));
  assert.ok(listed("API.example.com", "https://api.example.com/"));
  assert.ok(listed("api.example.com", "https://api.example.com:8443/"));
  assert.ok(listed("api.example.com:443", "https://api.example.com/"));
  assert.ok(listed("[::1]:8080", "http://[::1]:8080/"));
  assert.ok(listed("::1", "http://[::1]:8080/"));
  assert.ok(!listed("api.example.com:443", "http://api.example.com/"));
  assert.ok(!listed("api.example.com", "https://api.example.com.evil.net/"));
  assert.ok(!listed("example.com", "https://api.example.com/"));
});

test("loopback is localhost and the loopback addresses only", () => {
  for (const url of ["http://localhost/", "http://a.localhost/", "http://127.8.9.1/", "http://[::1]/"]) {
    assert.ok(isLoopback(new URL(url)), url);
  }
  for (const url of ["http://localhost.example/", "http://128.0.0.1/", "http://127.0.0.1.example/"]) {
    assert.ok(!isLoopback(new URL(url)), url);
  }
});
