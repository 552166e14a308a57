// Every config key, once: type, limits, default, description. The checks, the JSON Schema, the variables of the
// environment, the starter file and `config show` are all derived from here.
// The `error` of each schema is the expectation a person reads: "<key>: expected <error>, got …".
import * as z from "zod";
import { defaultRetryOn, parseRetryCause, retryCauseNames } from "../model/retry.ts";
import { statusForms } from "../model/status-range.ts";
import { isKnownZone } from "../model/zone.ts";
import { listenAddress } from "./listen-address.ts";
import { channels, notifyDefault, notifyMachines } from "./notify-schema.ts";
import { above0, between, exactlyOneSource, listOf, oneOf, text, variableName, whole, yesNo } from "./schema-parts.ts";

/** Names of secrets and tags: what a template can address. */
const secretNamePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;
const tagNamePattern = /^[A-Za-z_][A-Za-z0-9_-]*$/;
/** First words of what else a template can name: a secret of that name could never be addressed. */
const reservedNames = ["job", "run", "scheduled_for", "machine", "outputs"];
// An IPv6 address stands in brackets, except in the lists of `network`, where it may also stand alone.
const host = String.raw`(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?)(:[0-9]{1,5})?`;
const hostPattern = new RegExp(`^${host}$`);
const addressPattern = new RegExp(`^(${host}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+)$`);
// MongoDB's own rule for database names, and not one of its three system databases.
const dbNamePattern = /^(?!(admin|local|config)$)[^/\\. "$*<>:|?\0]{1,63}$/;

/** Without `..`: it is compared letter by letter with what jobs say. */
const absolutePathPattern = /^(\/|[A-Za-z]:[\\/])(?!(.*[\\/])?\.\.([\\/]|$))/;

const secretName = z
  .string()
  .regex(secretNamePattern, { error: "a name of letters, digits and _ that does not begin with a digit" })
  .refine((name) => !reservedNames.includes(name), { error: `a name other than ${reservedNames.join(", ")}` });

const tagName = z
  .string()
  .regex(tagNamePattern, { error: "a name of letters, digits, _ and - that begins with a letter or _" });

const secretHosts = () =>
  listOf(hostPattern, "a host name like api.example.com, with :port if it matters", "host names")
    .min(1, { error: "at least one host (leave hosts out to allow any)" })
    .optional()
    .describe("Hosts that the secret may be sent to; left out: any");

const secret = z.union(
  [
    text("a value that is not empty").describe("The value itself, which may be sent to any host"),
    z
      .strictObject({
        value: text("a value that is not empty").optional().describe("The value itself"),
        env: variableName().optional().describe("Name of the environment variable that holds the value"),
        file: text("the path of a file").optional().describe("File that holds the value, relative to this one"),
        hosts: secretHosts(),
      })
      .meta(exactlyOneSource),
  ],
  { error: 'a text or an object with "value", "env" or "file"' },
);

const causeForms = `one of ${retryCauseNames.map((name) => `"${name}"`).join(", ")}, or ${statusForms}`;
const causePattern = new RegExp(`^(${retryCauseNames.join("|")}|[1-5]xx|[1-5][0-9]{2}(-[1-5][0-9]{2})?)$`);

const retryCause = z.union(
  [
    whole(100, 599),
    z
      .string()
      .regex(causePattern)
      .refine((text) => parseRetryCause(text) !== null),
  ],
  { error: causeForms },
);

const retry = z
  .strictObject(
    {
      retries: whole(0, 100).default(2).describe("Further tries after the first"),
      delay_sec: between(0, 86_400).default(3).describe("Longest wait before the first further try, in seconds"),
      backoff: between(1, 100).default(2).describe("Factor by which that wait grows with every further try"),
      max_delay_sec: between(0, 86_400).default(300).describe("The wait never grows above this, in seconds"),
      jitter: oneOf(["full", "none"]).default("full").describe("full: any part of that wait; none: all of it"),
      on: z
        .array(retryCause, { error: "a list of failures" })
        .default([...defaultRetryOn])
        .describe("Failures that are tried again: network, timeout, expect, and statuses"),
    },
    { error: "an object" },
  )
  .prefault({})
  .describe("How failed tries are repeated");

export const configSchema = z.strictObject(
  {
    mongodb_uri: text("a connection string that begins with mongodb:// or mongodb+srv://")
      .optional()
      .describe("Connection string of the fleet's MongoDB (4.4 or newer); required unless store is embedded"),
    store: oneOf(["mongodb", "embedded"])
      .default("mongodb")
      .describe("mongodb, or embedded: the built-in store of this one machine, in state_dir"),
    embedded_port: whole(0, 65_535)
      .optional()
      .describe("The embedded store listens on this port of 127.0.0.1, with a password, instead of a socket; 0: any"),
    db_name: z
      .string({ error: "the name of a database" })
      .regex(dbNamePattern, {
        error: 'the name of a database: 1 to 63 characters without spaces or /\\."$*<>:|?, not admin, local or config',
      })
      .default("fleetcron")
      .describe("Database that holds FleetCron's collections"),
    tz: z
      .string({ error: "an IANA time zone such as Europe/Berlin, or UTC" })
      .refine(isKnownZone, { error: "an IANA time zone such as Europe/Berlin, or UTC" })
      .default("UTC")
      .describe("Time zone of jobs that name none; the same on every machine of a fleet"),
    max_serial: whole(1, 1000).default(10).describe("Places in the line: serials 1 to this"),
    stagger_sec: between(0, 3600).default(5).describe("Each serial waits (serial - 1) times this, in seconds"),
    secrets: z
      .record(secretName, secret, { error: "an object of names and secrets" })
      .default({})
      .describe("Values for {{NAME}} in jobs; they never enter the database"),
    http_defaults: z
      .strictObject(
        {
          timeout_sec: above0(86_400).default(30).describe("Deadline of one whole exchange, in seconds"),
          retry,
        },
        { error: "an object" },
      )
      .prefault({})
      .describe("What holds for requests of jobs that say nothing else"),
    max_concurrent_runs: whole(1, 10_000).default(50).describe("Runs that this machine executes at the same time"),
    heartbeat_sec: between(0.1, 600).default(10).describe("Interval of this machine's heartbeat, in seconds"),
    lease_sec: between(0.4, 86_400)
      .default(60)
      .describe("A serial is free after this long without a heartbeat; at least 4 times heartbeat_sec"),
    poll_sec: between(0.1, 600).default(5).describe("Interval of looking for commands, in seconds"),
    start_grace_sec: between(30, 31_536_000)
      .default(300)
      .describe("How late an occurrence may still start, in seconds; at least max_serial * stagger_sec + 30"),
    retention_days: whole(2, 3650)
      .default(30)
      .describe("Finished runs are kept this long, in days; 2 where the embedded store says nothing else"),
    tags: z
      .record(tagName, z.string({ error: "a text" }), { error: "an object of names and texts" })
      .default({})
      .describe("Shown with the machine, and {{machine.tags.NAME}} in jobs"),
    network: z
      .strictObject(
        {
          deny_private: yesNo().default(false).describe("Refuse requests to loopback and private addresses"),
          allow_hosts: listOf(
            addressPattern,
            "a host name or an IP address, with :port if it matters",
            "host names and IP addresses",
          )
            .default([])
            .describe("Hosts that are allowed in any case"),
          deny_hosts: listOf(
            addressPattern,
            "a host name or an IP address, with :port if it matters",
            "host names and IP addresses",
          )
            .default([])
            .describe("Hosts that are refused"),
        },
        { error: "an object" },
      )
      .prefault({})
      .describe("Where requests may go"),
    tls: z
      .strictObject(
        {
          ca_file: text("the path of a file")
            .optional()
            .describe("Certificates in PEM form, trusted beside those of the system; relative to the config file"),
        },
        { error: "an object" },
      )
      .prefault({})
      .describe("How targets prove who they are"),
    exec: z
      .strictObject(
        {
          allow: listOf(absolutePathPattern, "the absolute path of a program", "absolute paths of programs")
            .default([])
            .describe("Programs that jobs may run on this machine"),
        },
        { error: "an object" },
      )
      .prefault({})
      .describe('Actions of type "exec": only this file can allow them, nothing in the database can'),
    notify: channels,
    notify_default: notifyDefault,
    notify_machines: notifyMachines,
    metrics: z
      .strictObject(
        {
          listen: listenAddress()
            .optional()
            .describe("The agent answers /metrics, /healthz and /readyz there, like 127.0.0.1:9464; left out: nowhere"),
        },
        { error: "an object" },
      )
      .prefault({})
      .describe("For Prometheus and for supervisors"),
    log: z
      .strictObject(
        {
          level: oneOf(["trace", "debug", "info", "warn", "error"])
            .default("info")
            .describe("Least severity that is logged"),
          format: oneOf(["auto", "json", "pretty"])
            .default("auto")
            .describe("auto: readable on a terminal, JSON lines elsewhere"),
        },
        { error: "an object" },
      )
      .prefault({})
      .describe("The agent's log"),
    state_dir: text("the path of a folder")
      .default("~/.fleetcron")
      .describe("Folder of this machine's identity and lock; relative to the config file"),
  },
  { error: "an object" },
);

/** The checked config as it is written: snake_case, defaults filled in, secrets not yet resolved. */
export type RawConfig = z.output<typeof configSchema>;
