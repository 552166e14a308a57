import assert from "node:assert/strict";
import { test } from "node:test";
import { configEntries } from "../../src/config/config-entries.ts";
import { maskedUri, passwordOf } from "../../src/config/mongodb-uri.ts";
import { configName, scratch, uri } from "./scratch.ts";

test("secrets come from the config, a variable or a file, each with the hosts it may go to", (t) => {
  const place = scratch(t);
  place.write("etc/token", "from a file\n");
  const absolute = place.write("elsewhere", "two\nlines\n\n");
  place.write("home/token", "from home");
  const configPath = place.write(`etc/${configName}`, {
    mongodb_uri: uri,
    secrets: {
      PLAIN: "as text",
      VALUE: { value: "as value", hosts: ["API.example.com", "other.example.com:8443", "[::1]:80"] },
      VARIABLE: { env: "TOKEN" },
      FILE: { file: "token", hosts: ["a"] },
      ABSOLUTE: { file: absolute },
      HOME: { file: "~/token" },
    },
  });
  const { config } = place.load({ configPath, env: { TOKEN: "from a variable" } });
  assert.deepEqual(Object.fromEntries(config.secrets), {
    PLAIN: { value: "as text", hosts: null },
    VALUE: { value: "as value", hosts: ["api.example.com", "other.example.com:8443", "[::1]:80"] },
    VARIABLE: { value: "from a variable", hosts: null },
    FILE: { value: "from a file", hosts: ["a"] },
    ABSOLUTE: { value: "two\nlines\n", hosts: null },
    HOME: { value: "from home", hosts: null },
  });
});

test("where only names count, a variable or a file that is not there is no problem, and every other mistake still is", (t) => {
  const place = scratch(t);
  const secrets = { A: { env: "NOT_SET" }, B: { file: "/run/credentials/agent/b", hosts: ["b"] } };
  const notify = { ops: { type: "webhook", url: { file: "/run/credentials/agent/ops" } } };
  place.write(configName, { mongodb_uri: uri, secrets, notify });
  const { config } = place.load({ needsSecrets: false });
  assert.deepEqual([...config.secrets.keys()], ["A", "B"]);
  assert.equal(place.failure().details.length, 3);
  place.write(configName, { mongodb_uri: uri, secrets: { ...secrets, C: {} } });
  assert.match(place.failure({ needsSecrets: false }).details.join("\n"), /^secrets\.C: expected exactly one of/);
});

test("secrets given as text alone are warned of once, by name", (t) => {
  const place = scratch(t);
  place.write(configName, { mongodb_uri: uri, secrets: { A: "geheim1", B: { value: "geheim2" }, C: "geheim3" } });
  assert.deepEqual(place.load().warnings, [
    'secrets: A, C may be sent to any host; {"value": "…", "hosts": ["api.example.com"]} limits that',
  ]);
});

test("the listed config holds no secret", (t) => {
  const place = scratch(t);
  place.write(configName, {
    mongodb_uri: "mongodb://u:geheim@h/?proxyPassword=geheim&appName=a",
    secrets: { A: "geheim", B: { value: "geheim", hosts: ["h"] } },
  });
  const entries = configEntries(place.load().config);
  assert.doesNotMatch(JSON.stringify(entries), /geheim/);
  const shown = (name: string) => entries.find(({ path }) => path.join(".") === name)?.value;
  assert.equal(shown("mongodb_uri"), "mongodb://u:***@h/?proxyPassword=***&appName=a");
  assert.deepEqual(shown("secrets.B"), { value: "***", hosts: ["h"] });
});

test("passwords in connection strings are masked, also where the string is broken", () => {
  for (const [given, masked] of [
    ["mongodb://h/db", "mongodb://h/db"],
    ["mongodb://u@h/db", "mongodb://u@h/db"],
    ["mongodb://u:p@h/db", "mongodb://u:***@h/db"],
    ["mongodb+srv://u:p:q@h", "mongodb+srv://u:***@h"],
    ["mongodb://u:p@q/r?s@h/db", "mongodb://u:***@h/db"],
    ["u:p@h", "u:***@h"],
    ["mongodb:/u:p@h", "mongodb:***@h"],
    ["mongodb://h/?authMechanismProperties=AWS_SESSION_TOKEN:t&w=1", "mongodb://h/?authMechanismProperties=***&w=1"],
  ] as const) {
    assert.equal(maskedUri(given), masked);
  }
});

test("the password of a connection string is known as the server gets it, so that logs can mask it", () => {
  const passwords = {
    "mongodb://host/": null,
    "mongodb://user@host/": null,
    "mongodb://user:p%40ss%2Fword@a,b:27018/db?w=1": "p@ss/word",
    "mongodb+srv://user:plain@cluster.example.com/?appName=x@y": "plain",
  };
  for (const [uri, password] of Object.entries(passwords)) assert.equal(passwordOf(uri), password, uri);
});
