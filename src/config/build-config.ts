// The checked snake_case config → the frozen Config.
import type { Channels } from "../model/channel.ts";
import type { NetworkRules } from "../model/network.ts";
import { parseRetryCause } from "../model/retry.ts";
import type { Secrets } from "../model/secret.ts";
import type { Config } from "./config.ts";
import { parseListenAddress } from "./listen-address.ts";
import { resolvePath } from "./resolve-secrets.ts";
import type { RawConfig } from "./schema.ts";

interface BuildFacts {
  readonly secrets: Secrets;
  readonly channels: Channels;
  /** What of the network is not in the config itself. */
  readonly network: Pick<NetworkRules, "ca" | "proxies">;
  readonly baseDir: string;
  readonly homeDir: string;
  /** Whether somebody gave the value, as opposed to its default. */
  readonly said: { readonly retentionDays: boolean };
}

/** One machine's disk and memory hold the embedded store's history: short, unless somebody asks for more. */
const embeddedRetentionDays = 2;

/** Paths become absolute; nothing in the result can be changed. */
export function buildConfig(raw: RawConfig, { secrets, channels, network, said, ...places }: BuildFacts): Config {
  const { retry } = raw.http_defaults;
  return Object.freeze({
    mongodbUri: raw.mongodb_uri ?? null,
    store: raw.store,
    embeddedPort: raw.embedded_port ?? null,
    dbName: raw.db_name,
    tz: raw.tz,
    maxSerial: raw.max_serial,
    staggerSec: raw.stagger_sec,
    secrets,
    httpDefaults: Object.freeze({
      timeoutSec: raw.http_defaults.timeout_sec,
      retry: Object.freeze({
        retries: retry.retries,
        delaySec: retry.delay_sec,
        backoff: retry.backoff,
        maxDelaySec: retry.max_delay_sec,
        jitter: retry.jitter,
        on: Object.freeze(retry.on.flatMap((cause) => parseRetryCause(cause) ?? [])),
      }),
    }),
    maxConcurrentRuns: raw.max_concurrent_runs,
    heartbeatSec: raw.heartbeat_sec,
    leaseSec: raw.lease_sec,
    pollSec: raw.poll_sec,
    startGraceSec: raw.start_grace_sec,
    retentionDays: raw.store === "embedded" && !said.retentionDays ? embeddedRetentionDays : raw.retention_days,
    tags: Object.freeze({ ...raw.tags }),
    network: Object.freeze({
      denyPrivate: raw.network.deny_private,
      allowHosts: Object.freeze(raw.network.allow_hosts.map((host) => host.toLowerCase())),
      denyHosts: Object.freeze(raw.network.deny_hosts.map((host) => host.toLowerCase())),
      ...network,
    }),
    exec: Object.freeze({ allow: Object.freeze([...raw.exec.allow]) }),
    tls: Object.freeze({ caFile: raw.tls.ca_file === undefined ? null : resolvePath(raw.tls.ca_file, places) }),
    notify: channels,
    notifyDefault: Object.freeze({
      channels: Object.freeze([...raw.notify_default.channels]),
      after: raw.notify_default.after,
      on: Object.freeze([...raw.notify_default.on]),
      slowSec: raw.notify_default.slow_sec ?? null,
    }),
    notifyMachines: Object.freeze([...raw.notify_machines]),
    metrics: Object.freeze({
      listen: raw.metrics.listen === undefined ? null : parseListenAddress(raw.metrics.listen),
    }),
    log: Object.freeze({ level: raw.log.level, format: raw.log.format }),
    stateDir: resolvePath(raw.state_dir, places),
  });
}
