import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pem } from "../helpers/certificates/certificate.ts";
import { configName, scratch, uri } from "./scratch.ts";

test("tls.ca_file names certificates, relative to the config file, which are read with every load", (t) => {
  const place = scratch(t);
  place.write("certs/ca.pem", `# ours\n${pem("ca")}\nand another\n${pem("self-signed")}`);
  place.write(configName, { mongodb_uri: uri, tls: { ca_file: "certs/ca.pem" } });
  const first = place.load().config;
  assert.equal(first.tls.caFile, join(place.dir, "certs/ca.pem"));
  assert.equal(first.network.ca, `${pem("ca").trim()}\n${pem("self-signed").trim()}`);
  place.write("certs/ca.pem", pem("self-signed"));
  assert.equal(place.load().config.network.ca, pem("self-signed").trim());
});

const brokenFiles: readonly [string, string | Buffer | null, number, RegExp][] = [
  ["is missing", null, 0o600, /^tls\.ca_file: expected a readable file, got ".*ca\.pem" \(no such file\) /],
  ["is a key", pem("key"), 0o600, /^tls\.ca_file: expected a file with certificates in PEM form, got ".*ca\.pem" /],
  ["is empty", "", 0o600, /expected a file with certificates in PEM form/],
  [
    "holds a broken certificate",
    `${pem("ca")}${pem("ca").replace("\nMII", "\nAAA")}`,
    0o600,
    /, got one whose certificate 2 cannot be read /,
  ],
  ["can be written by everybody", pem("ca"), 0o606, /expected a file that not everybody can write, got mode 0606 /],
];

for (const [how, content, mode, message] of brokenFiles) {
  test(`a tls.ca_file that ${how} is a problem beside the others`, (t) => {
    const place = scratch(t);
    if (content !== null) place.write("ca.pem", content, mode);
    place.write(configName, { mongodb_uri: uri, max_serial: 0, tls: { ca_file: "ca.pem" } });
    const { code, details } = place.failure();
    assert.equal(code, "config_invalid");
    assert.equal(details.length, 2, details.join("\n"));
    assert.match(details[1] ?? "", message);
    assert.match(details[1] ?? "", /\(fleetcron\.config\.json:5\)$/);
  });
}

test("proxies come from the environment, lower case first, and a url without a scheme is http", (t) => {
  const place = scratch(t);
  place.write(configName, { mongodb_uri: uri });
  const proxiesOf = (env: Record<string, string>) => place.load({ env }).config.network.proxies;
  assert.equal(proxiesOf({}), undefined);
  assert.equal(proxiesOf({ HTTP_PROXY: "", https_proxy: " ", NO_PROXY: "*" }), undefined);
  assert.deepEqual(proxiesOf({ HTTP_PROXY: "http://upper", http_proxy: "lower:3128", NO_PROXY: "a,b" }), {
    http: "http://lower:3128/",
    https: null,
    noProxy: "a,b",
  });
  assert.deepEqual(proxiesOf({ HTTPS_PROXY: "https://me:p%40ss@proxy:8443" }), {
    http: null,
    https: "https://me:p%40ss@proxy:8443/",
    noProxy: "",
  });
});

for (const text of ["socks5://geheim@proxy:1080", "http://me:geheim%@proxy", "http://", "geheim geheim"]) {
  test(`${JSON.stringify(text)} as a proxy is a problem that does not repeat it`, (t) => {
    const place = scratch(t);
    place.write(configName, { mongodb_uri: uri, max_serial: 0 });
    const wanted = "expected the http or https url of a proxy such as http://proxy.example.com:3128, got another text";
    const { details } = place.failure({ env: { HTTPS_PROXY: text } });
    assert.equal(details.length, 2);
    assert.equal(details[1], `HTTPS_PROXY: ${wanted} (environment)`);
  });
}

test("a secret below 4 characters is warned of by name, wherever it comes from", (t) => {
  const place = scratch(t);
  place.write("pin", "123\n");
  const secrets = { PIN: { file: "pin" }, SHORT: { env: "SHORT" }, LONG: { value: "1234" } };
  place.write(configName, { mongodb_uri: uri, secrets });
  assert.deepEqual(place.load({ env: { SHORT: "ab" } }).warnings, [
    "secrets: PIN, SHORT below 4 characters: not masked in records and logs",
  ]);
});
