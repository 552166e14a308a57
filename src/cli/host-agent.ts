// An agent inside this process: real clock, chance, log and HTTP around src/agent.
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { isDeepStrictEqual } from "node:util";
import { runAgent } from "../agent/agent.ts";
import type { AgentDeps } from "../agent/deps.ts";
import { createRunCommand } from "../chain/exec-attempt.ts";
import { createSendRequest } from "../chain/http-attempt.ts";
import { createMasker } from "../chain/masking.ts";
import type { Config } from "../config/config.ts";
import type { LoadedConfig } from "../config/load-config.ts";
import { passwordOf } from "../config/mongodb-uri.ts";
import type { ServedMetrics } from "../metrics/serve-metrics.ts";
import { type Secret, secretsToMask } from "../model/secret.ts";
import { productVersion } from "../runtime/assets.ts";
import { createLog } from "../runtime/log.ts";
import { loadMachineId } from "../runtime/machine-id.ts";
import { checkPrivileges } from "../store/check-privileges.ts";
import type { Store } from "../store/connect.ts";
import { explainStoreError } from "../store/explain-error.ts";
import type { Cli } from "./cli.ts";
import { programEnvironment } from "./program-environment.ts";

export interface HostedAgent {
  readonly loaded: LoadedConfig;
  readonly store: Store;
  /** What the store was reached by: its password is a secret like any other. */
  readonly uri: string;
  readonly stop: AbortSignal;
  readonly logLevel?: string;
  readonly onReady?: AgentDeps["onReady"];
  readonly metrics?: ServedMetrics | null;
  readonly watchdog?: AgentDeps["watchdog"];
  readonly onRunEnd?: AgentDeps["onRunEnd"];
}

/** Runs an agent until `stop` aborts and its runs have ended; throws what no retry can mend, in words for a person. */
export async function hostAgent(cli: Cli, hosted: HostedAgent): Promise<void> {
  const { loaded, store, stop, logLevel, onReady, metrics = null, watchdog = null, onRunEnd } = hosted;
  const { config } = loaded;
  const mask = growingMask({ ...config, mongodbUri: hosted.uri });
  const level = logLevel ?? config.log.level;
  const { format } = config.log;
  const coloured = cli.output.noteColours;
  const log = createLog({ level, format, stream: cli.stderr, coloured, mask: (line) => mask.apply(line) });
  for (const warning of loaded.warnings) log.warn({ warning }, "config warning");
  if (metrics !== null) log.info({ url: metrics.url }, "metrics served");
  const { send, close } = createSendRequest({ clock: cli.clock });
  try {
    await checkPrivileges(store);
    await runAgent(
      {
        store,
        clock: cli.clock,
        random: Math.random,
        newId: randomUUID,
        log,
        settings: config,
        reloadSettings: () => {
          const next = cli.loadConfig().config;
          mask.add(next);
          return { settings: next, notes: needsRestart(config, next) };
        },
        send,
        runCommand: createRunCommand({ clock: cli.clock, environment: programEnvironment(cli.env) }),
        machine: {
          machineId: loadMachineId(config.stateDir),
          instanceId: randomUUID(),
          hostname: hostname(),
          version: productVersion(),
        },
        watchdog,
        onReady: (agent) => {
          metrics?.watch(agent);
          onReady?.(agent);
        },
        ...(metrics === null ? {} : { meter: metrics.metrics }),
        ...(onRunEnd === undefined ? {} : { onRunEnd }),
      },
      stop,
    );
  } catch (error) {
    throw explainStoreError(error) ?? error;
  } finally {
    await close();
  }
}

/**
 * Masks every secret this process has ever read, the database's password included: a run in flight over a reload still
 * uses the old ones.
 */
function growingMask(config: Config): { apply(line: string): string; add(config: Config): void } {
  const seen = new Map<string, Secret>();
  let masker = (line: string) => line;
  const keep = (key: string, secret: Secret): void => {
    const known = seen.get(key)?.value;
    // A changed value gets a name of its own, so that both stay masked.
    if (known === undefined || known === secret.value) seen.set(key, secret);
    else keep(`${key}'`, secret);
  };
  const add = (config: Config) => {
    for (const [key, secret] of secretsToMask(config)) keep(key, secret);
    const password = config.mongodbUri === null ? null : passwordOf(config.mongodbUri);
    if (password !== null) keep("mongodb_uri", { value: password, hosts: null });
    masker = createMasker(seen);
  };
  add(config);
  return { apply: (line) => masker(line), add };
}

/** Settings that are read once, at the start. */
const fixedKeys = ["mongodbUri", "store", "embeddedPort", "dbName", "stateDir", "maxSerial"] as const;

function needsRestart(running: Config, next: Config): readonly string[] {
  const changed: string[] = fixedKeys.filter((key) => running[key] !== next[key]);
  for (const key of ["metrics", "log"] as const) if (!isDeepStrictEqual(running[key], next[key])) changed.push(key);
  return changed.map((key) => `${toSnakeCase(key)} changed: it counts after a restart of the agent`);
}

function toSnakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
