import assert from "node:assert/strict";
import { test } from "node:test";
import { configName, scratch, uri } from "./scratch.ts";

interface Row {
  /** The whole text of the file, or keys that stand beside a good mongodb_uri. */
  readonly file?: string | Record<string, unknown>;
  readonly env?: Record<string, string>;
  readonly set?: readonly string[];
  /** Every line that a person sees. */
  readonly says: readonly string[];
}

const line = (text: string, number = 3) => `${text} (${configName}:${number})`;
const secretForms = 'a text or an object with "value", "env" or "file"';
const encoded = "a connection string whose user and password are percent-encoded (@ as %40, : as %3A, / as %2F)";

const rows: Record<string, Row> = {
  "an empty file": { file: "", says: [line("expected a JSON object, got an empty file", 1)] },
  "a file of comments": { file: "// nothing\n", says: [line("line 2, column 1: expected a value", 2)] },
  "a list as the whole": { file: "[1]", says: [line("expected a JSON object, got [1]", 1)] },
  "a text as the whole": { file: '"mongodb://h"', says: [line('expected a JSON object, got "mongodb://h"', 1)] },
  "no closing brace": {
    file: '{\n  "tz": "UTC"\n',
    says: [line('line 3, column 1: expected a "}" that ends the object', 3)],
  },
  "a missing comma": {
    file: '{\n  "tz": "UTC"\n  "poll_sec": 5\n}',
    says: [line('line 3, column 3: expected a "," or the end of the object or list', 3)],
  },
  "a missing colon": { file: '{"tz" "UTC"}', says: [line('line 1, column 7: expected a ":" after the name', 1)] },
  "a comma before the end": {
    file: '{\n  "tz": "UTC",\n}',
    says: [line("line 3, column 1: expected a name in double quotes; a comma stands before the end", 3)],
  },
  "single quotes": {
    file: "{'tz': 'UTC'}",
    says: [line("line 1, column 2: expected a value in JSON form (texts and names stand in double quotes)", 1)],
  },
  "a line break inside a text": {
    file: '{"tz": "U\nTC"}',
    says: [line("line 1, column 8: expected a double quote that ends the text on its line", 1)],
  },
  "a Windows path with single backslashes": {
    file: '{"state_dir": "C:\\data"}',
    says: [
      line(
        'line 1, column 15: expected one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u after a backslash (write \\\\ for one)',
        1,
      ),
    ],
  },
  "something after the end": {
    file: "{} {}",
    says: [line("line 1, column 4: expected nothing after the end of the object", 1)],
  },
  "a key given twice": {
    file: '{"mongodb_uri": "mongodb://h",\n"tz": "UTC",\n"tz": "Asia/Seoul"}',
    says: [line("tz: given twice, first in line 2")],
  },
  "a name that reaches into every object": {
    file: `{"mongodb_uri": "${uri}",\n"tags": {\n"__proto__": "x"}}`,
    says: [line("tags.__proto__: this name is not allowed")],
  },

  "no mongodb_uri": {
    file: "{}",
    says: [
      "mongodb_uri: expected a connection string such as mongodb://db.example.com:27017, got nothing (fleetcron.config.json)",
    ],
  },
  "another database's URI": {
    file: '{"mongodb_uri": "postgres://u:geheim@h/db"}',
    says: [
      line(
        'mongodb_uri: expected a connection string that begins with mongodb:// or mongodb+srv://, got "postgres://u:***@h/db"',
        1,
      ),
    ],
  },
  "an @ in the password": {
    file: '{"mongodb_uri": "mongodb://u:ge@heim@h/db"}',
    says: [line(`mongodb_uri: expected ${encoded}, got "mongodb://u:***@h/db"`, 1)],
  },
  "a slash in the password": {
    file: '{"mongodb_uri": "mongodb://u:ge/heim@h/db"}',
    says: [line(`mongodb_uri: expected ${encoded}, got "mongodb://u:***@h/db"`, 1)],
  },
  "a percent sign in the password": {
    file: '{"mongodb_uri": "mongodb://u:100%@h/db"}',
    says: [line(`mongodb_uri: expected ${encoded}, got "mongodb://u:***@h/db"`, 1)],
  },
  "a URI without a host": {
    file: '{"mongodb_uri": "mongodb://"}',
    says: [
      line(
        'mongodb_uri: expected a connection string whose hosts are each a name or address with at most a port, got "mongodb://"',
        1,
      ),
    ],
  },
  "a port that is none": {
    file: '{"mongodb_uri": "mongodb://a:27017,b:99999"}',
    says: [
      line(
        'mongodb_uri: expected a connection string whose hosts are each a name or address with at most a port, got "mongodb://a:27017,b:99999"',
        1,
      ),
    ],
  },
  "mongodb+srv with a port": {
    file: '{"mongodb_uri": "mongodb+srv://a.example.com:27017"}',
    says: [
      line(
        'mongodb_uri: expected one host without a port after mongodb+srv://, got "mongodb+srv://a.example.com:27017"',
        1,
      ),
    ],
  },
  "an option without a value": {
    file: '{"mongodb_uri": "mongodb://a/?replicaSet"}',
    says: [line('mongodb_uri: expected options in the form ?name=value&name=value, got "mongodb://a/?replicaSet"', 1)],
  },
  "a mongodb_uri that is no text": {
    file: '{"mongodb_uri": 27017}',
    says: [
      line("mongodb_uri: expected a connection string that begins with mongodb:// or mongodb+srv://, got 27017", 1),
    ],
  },

  "a mistyped key": { file: { stager_sec: 3 }, says: [line('stager_sec: unknown key; did you mean "stagger_sec"?')] },
  camelCase: { file: { maxSerial: 3 }, says: [line('maxSerial: unknown key; did you mean "max_serial"?')] },
  "a key one level too high": {
    file: { timeout_sec: 3 },
    says: [line('timeout_sec: unknown key; did you mean "http_defaults.timeout_sec"?')],
  },
  "a key of a later version": { file: { notify: {} }, says: [line("notify: unknown key")] },
  "a mistyped nested key": {
    file: { http_defaults: { retry: { delay: 1, retires: 1 } } },
    says: [
      line("http_defaults.retry.delay: unknown key", 5),
      line('http_defaults.retry.retires: unknown key; did you mean "retries"?', 6),
    ],
  },
  "the embedded store": {
    file: { store: "embedded" },
    says: [line('store: expected "mongodb", got "embedded"; the built-in store is not available in this version')],
  },
  "a database name with a dot": {
    file: { db_name: "a.b" },
    says: [
      line(
        'db_name: expected the name of a database: 1 to 63 characters without spaces or /\\."$*<>:|?, not admin, local or config, got "a.b"',
      ),
    ],
  },
  "a system database": {
    file: { db_name: "admin" },
    says: [
      line(
        'db_name: expected the name of a database: 1 to 63 characters without spaces or /\\."$*<>:|?, not admin, local or config, got "admin"',
      ),
    ],
  },
  "a mistyped zone": {
    file: { tz: "Asia/Soul" },
    says: [
      line('tz: expected an IANA time zone such as Europe/Berlin, or UTC, got "Asia/Soul"; did you mean "Asia/Seoul"?'),
    ],
  },
  "an offset as zone": {
    file: { tz: "+09:00" },
    says: [
      line(
        'tz: expected an IANA time zone such as Europe/Berlin, or UTC, got "+09:00"; offsets and abbreviations know no daylight saving time',
      ),
    ],
  },
  "an abbreviation as zone": {
    file: { tz: "EST" },
    says: [
      line(
        'tz: expected an IANA time zone such as Europe/Berlin, or UTC, got "EST"; offsets and abbreviations know no daylight saving time',
      ),
    ],
  },
  "no serials": { file: { max_serial: 0 }, says: [line("max_serial: expected a whole number from 1 to 1000, got 0")] },
  "half a serial": {
    file: { max_serial: 2.5 },
    says: [line("max_serial: expected a whole number from 1 to 1000, got 2.5")],
  },
  "a negative stagger": {
    file: { stagger_sec: -1 },
    says: [line("stagger_sec: expected a number from 0 to 3600, got -1")],
  },
  "a number too large for a number": {
    file: `{"mongodb_uri": "${uri}",\n"stagger_sec": 1e999}`,
    says: [line("stagger_sec: expected a number from 0 to 3600, got Infinity", 2)],
  },
  "a duration with its unit": {
    file: { http_defaults: { timeout_sec: "30s" } },
    says: [line('http_defaults.timeout_sec: expected a number above 0, got "30s"', 4)],
  },
  "a time-out of nothing": {
    file: { http_defaults: { timeout_sec: 0 } },
    says: [line("http_defaults.timeout_sec: expected a number above 0, got 0", 4)],
  },
  "a time-out of weeks": {
    file: { http_defaults: { timeout_sec: 999999 } },
    says: [line("http_defaults.timeout_sec: expected a number of at most 86400, got 999999", 4)],
  },
  "http_defaults as a number": {
    file: { http_defaults: 30 },
    says: [line("http_defaults: expected an object, got 30")],
  },
  "null for a number": {
    file: { poll_sec: null },
    says: [line("poll_sec: expected a number from 0.1 to 600, got null")],
  },
  "a backoff that shrinks": {
    file: { http_defaults: { retry: { backoff: 0.5 } } },
    says: [line("http_defaults.retry.backoff: expected a number from 1 to 100, got 0.5", 5)],
  },
  "no slots": {
    file: { max_concurrent_runs: 0 },
    says: [line("max_concurrent_runs: expected a whole number from 1 to 10000, got 0")],
  },
  "a lease of three heartbeats": {
    file: { heartbeat_sec: 20 },
    says: ["lease_sec: expected at least 80 (4 * heartbeat_sec), got 60 (default)"],
  },
  "a grace shorter than the last turn": {
    file: { max_serial: 100 },
    says: ["start_grace_sec: expected at least 530 (max_serial * stagger_sec + 30), got 300 (default)"],
  },
  "retention of a day": {
    file: { retention_days: 1 },
    says: [line("retention_days: expected a whole number from 2 to 3650, got 1")],
  },
  "a number as tag": { file: { tags: { rack: 7 } }, says: [line("tags.rack: expected a text, got 7", 4)] },
  "a tag name with a space": {
    file: { tags: { "a b": "x" } },
    says: [
      line('tags["a b"]: expected a name of letters, digits, _ and - that begins with a letter or _, got "a b"', 4),
    ],
  },
  "a text for true": {
    file: { network: { deny_private: "yes" } },
    says: [line('network.deny_private: expected true or false, got "yes"', 4)],
  },
  "a host that is a URL": {
    file: { network: { allow_hosts: ["ok.example.com", "http://x"] } },
    says: [line('network.allow_hosts[1]: expected a host name or an IP address, got "http://x"', 6)],
  },
  "a host instead of a list": {
    file: { network: { deny_hosts: "x" } },
    says: [line('network.deny_hosts: expected a list of host names and IP addresses, got "x"', 4)],
  },
  "a mistyped log level": {
    file: { log: { level: "warning" } },
    says: [line('log.level: expected one of "trace", "debug", "info", "warn", "error", got "warning"', 4)],
  },
  "a log format near a known one": {
    file: { log: { format: "jason" } },
    says: [line('log.format: expected one of "auto", "json", "pretty", got "jason"; did you mean "json"?', 4)],
  },
  "an empty state_dir": { file: { state_dir: "" }, says: [line('state_dir: expected the path of a folder, got ""')] },

  "secrets as a list": {
    file: { secrets: ["geheim"] },
    says: [line("secrets: expected an object of names and secrets, got a list")],
  },
  "a secret that is a number": {
    file: { secrets: { A: 12345 } },
    says: [line(`secrets.A: expected ${secretForms}, got a number`, 4)],
  },
  "an empty secret": {
    file: { secrets: { A: "" } },
    says: [line("secrets.A: expected a value that is not empty, got an empty text", 4)],
  },
  "a secret with a mistyped key": {
    file: { secrets: { A: { vale: "geheim" } } },
    says: [line('secrets.A.vale: unknown key; did you mean "value"?', 5)],
  },
  "a secret from two places": {
    file: { secrets: { A: { env: "X", file: "y" } } },
    says: [line('secrets.A: expected exactly one of "value", "env" and "file", got "env" and "file"', 4)],
  },
  "a secret from nowhere": {
    file: { secrets: { A: { hosts: ["a.example.com"] } } },
    says: [line('secrets.A: expected exactly one of "value", "env" and "file", got none', 4)],
  },
  "a secret in a variable that is not set": {
    file: { secrets: { A: { env: "NO_SUCH" } } },
    says: [
      line(
        "secrets.A.env: expected the name of an environment variable with a value, got NO_SUCH, which is not set",
        5,
      ),
    ],
  },
  "the secret itself where a variable belongs": {
    file: { secrets: { A: { env: "sk_live_geheim" } } },
    says: [
      line("secrets.A.env: expected the name of an environment variable with a value, got one that is not set", 5),
    ],
  },
  "a secret in a file that is missing": {
    file: { secrets: { A: { file: "/no/such/file" } } },
    says: [line('secrets.A.file: expected a readable file, got "/no/such/file" (no such file)', 5)],
  },
  "a secret for a URL": {
    file: { secrets: { A: { value: "geheim", hosts: ["https://a.example.com"] } } },
    says: [
      line(
        'secrets.A.hosts[0]: expected a host name like api.example.com, with :port if it matters, got "https://a.example.com"',
        7,
      ),
    ],
  },
  "a secret for no host": {
    file: { secrets: { A: { value: "geheim", hosts: [] } } },
    says: [line("secrets.A.hosts: expected at least one host (leave hosts out to allow any), got []", 6)],
  },
  "a secret with a dash in its name": {
    file: { secrets: { "api-key": "geheim" } },
    says: [
      line(
        'secrets.api-key: expected a name of letters, digits and _ that does not begin with a digit, got "api-key"',
        4,
      ),
    ],
  },
  "a secret named like a template's own words": {
    file: { secrets: { job: "geheim" } },
    says: [line('secrets.job: expected a name other than job, run, scheduled_for, machine, outputs, got "job"', 4)],
  },

  "a number with its unit in the environment": {
    file: {},
    env: { FLEETCRON_POLL_SEC: "5s" },
    says: ['poll_sec: expected a number from 0.1 to 600, got "5s" (FLEETCRON_POLL_SEC)'],
  },
  "a number in another notation in the environment": {
    file: {},
    env: { FLEETCRON_MAX_SERIAL: "0x10" },
    says: ['max_serial: expected a whole number from 1 to 1000, got "0x10" (FLEETCRON_MAX_SERIAL)'],
  },
  "an object in the environment that is no JSON": {
    file: {},
    env: { FLEETCRON_TAGS: "site=berlin" },
    says: [
      "tags: line 1, column 1: expected a value in JSON form (texts and names stand in double quotes) (FLEETCRON_TAGS)",
    ],
  },
  "a variable that names a missing file": {
    file: {},
    env: { FLEETCRON_TZ_FILE: "/no/such/file" },
    says: ['tz: expected a readable file, got "/no/such/file" (no such file) (FLEETCRON_TZ_FILE)'],
  },
  "a broken URI in the environment": {
    env: { FLEETCRON_MONGODB_URI: "u:geheim@h" },
    says: [
      'mongodb_uri: expected a connection string that begins with mongodb:// or mongodb+srv://, got "u:***@h" (FLEETCRON_MONGODB_URI)',
    ],
  },
  "a mistyped flag": {
    file: {},
    set: ["log.levle=debug"],
    says: ['log.levle: unknown key; did you mean "log.level"? (--set)'],
  },
  "a flag without a value": {
    file: {},
    set: ["tz"],
    says: ["tz: expected --set key=value, got no value (--set)"],
  },
  "a secret as a flag": {
    file: {},
    set: ["secrets.A=geheim"],
    says: [
      "secrets.A: cannot be a flag, because flags show in process lists; use the config file or FLEETCRON_SECRETS (--set)",
    ],
  },
  "the connection string as a flag": {
    file: {},
    set: ["mongodb_uri=mongodb://u:geheim@h"],
    says: [
      "mongodb_uri: cannot be a flag, because flags show in process lists; use the config file or FLEETCRON_MONGODB_URI (--set)",
    ],
  },
  "several at once": {
    file: { stager_sec: 1, heartbeat_sec: 30, tz: "Mars", secrets: { A: { env: "NO_SUCH" }, B: 5 } },
    env: { FLEETCRON_MAX_SERIAL: "many" },
    says: [
      line('tz: expected an IANA time zone such as Europe/Berlin, or UTC, got "Mars"', 5),
      'max_serial: expected a whole number from 1 to 1000, got "many" (FLEETCRON_MAX_SERIAL)',
      line(`secrets.B: expected ${secretForms}, got a number`, 10),
      line('stager_sec: unknown key; did you mean "stagger_sec"?'),
      "lease_sec: expected at least 120 (4 * heartbeat_sec), got 60 (default)",
      line(
        "secrets.A.env: expected the name of an environment variable with a value, got NO_SUCH, which is not set",
        8,
      ),
    ],
  },
};

for (const [name, { file, env = {}, set = [], says }] of Object.entries(rows)) {
  test(`a config with ${name} is refused in plain words`, (t) => {
    const place = scratch(t);
    if (file !== undefined) {
      place.write(configName, typeof file === "string" ? file : { mongodb_uri: uri, ...file });
    }
    const error = place.failure({ env, set });
    assert.equal(error.code, "config_invalid");
    assert.deepEqual(error.details, says);
    assert.doesNotMatch(error.details.join(), /geheim|100%/);
  });
}

for (const [name, bytes, says] of [
  [
    "a byte order mark",
    "\ufeff{}",
    "expected JSON, got a byte order mark before it; save the file as UTF-8 without BOM",
  ],
  ["UTF-16", Buffer.from("\ufeff{}", "utf16le"), "expected UTF-8, got UTF-16; save the file as UTF-8"],
  [
    "Latin-1",
    Buffer.from('{"tags": {"city": "Köln"}}', "latin1"),
    "expected UTF-8, got bytes that are not; save the file as UTF-8",
  ],
] as const) {
  test(`a config with ${name} is refused in plain words`, (t) => {
    const place = scratch(t);
    place.write(configName, bytes);
    const error = place.failure();
    assert.equal(error.code, "config_invalid");
    assert.deepEqual(error.details, [`${says} (${configName})`]);
  });
}

test("the message names the file and the number of problems", (t) => {
  const place = scratch(t);
  const file = place.write(configName, { mongodb_uri: uri, tz: 1, poll_sec: 0 });
  assert.equal(place.failure().message, `${file}: 2 problems`);
});
