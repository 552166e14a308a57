import { line, testRefused } from "./refused.ts";

const secretForms = 'a text or an object with "value", "env" or "file"';

testRefused({
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
});
