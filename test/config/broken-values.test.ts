import { line, testRefused } from "./refused.ts";
import { uri } from "./scratch.ts";

testRefused({
  "a mistyped key": { file: { stager_sec: 3 }, says: [line('stager_sec: unknown key; did you mean "stagger_sec"?')] },
  camelCase: { file: { maxSerial: 3 }, says: [line('maxSerial: unknown key; did you mean "max_serial"?')] },
  "a key one level too high": {
    file: { timeout_sec: 3 },
    says: [line('timeout_sec: unknown key; did you mean "http_defaults.timeout_sec"?')],
  },
  "a key of a later version": { file: { api: {} }, says: [line("api: unknown key")] },
  "a mistyped nested key": {
    file: { http_defaults: { retry: { delay: 1, retires: 1 } } },
    says: [
      line("http_defaults.retry.delay: unknown key", 5),
      line('http_defaults.retry.retires: unknown key; did you mean "retries"?', 6),
    ],
  },
  "the embedded store beside a connection string": {
    file: { store: "embedded" },
    says: [line('mongodb_uri: expected none beside store "embedded", got one; leave one of them out', 2)],
  },
  "a port for the embedded store where there is none": {
    file: { embedded_port: 27017 },
    says: [line('embedded_port: expected none beside store "mongodb", got 27017')],
  },
  "an embedded port out of range": {
    file: { embedded_port: 70000 },
    says: [line("embedded_port: expected a whole number from 0 to 65535, got 70000")],
  },
  "an address to listen on without a host": {
    file: { metrics: { listen: ":9464" } },
    says: [line('metrics.listen: expected an address with a port, like 127.0.0.1:9464 or [::1]:9464, got ":9464"', 4)],
  },
  "an address to listen on with a port out of range": {
    file: { metrics: { listen: "127.0.0.1:94640" } },
    says: [line('metrics.listen: expected a port of at most 65535, got "127.0.0.1:94640"', 4)],
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
  "a program without its path": {
    file: { exec: { allow: ["/usr/bin/true", "report"] } },
    says: [line('exec.allow[1]: expected the absolute path of a program, got "report"', 6)],
  },
  "a program's path that goes upwards": {
    file: { exec: { allow: ["/opt/../bin/sh"] } },
    says: [line('exec.allow[0]: expected the absolute path of a program, got "/opt/../bin/sh"', 5)],
  },
  "a host that is a URL": {
    file: { network: { allow_hosts: ["ok.example.com", "http://x"] } },
    says: [
      line(
        'network.allow_hosts[1]: expected a host name or an IP address, with :port if it matters, got "http://x"',
        6,
      ),
    ],
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
});
