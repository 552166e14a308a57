// What an agent is given: everything it touches outside itself comes in here, nothing is imported as a global.
import type { SendRequest } from "../chain/http-attempt.ts";
import type { NetworkRules } from "../model/network.ts";
import type { RetryPolicy } from "../model/retry.ts";
import type { RunSummary } from "../model/run.ts";
import type { Secrets } from "../model/secret.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { Store } from "../store/connect.ts";

/** The part of the config an agent works by; `reload_config` replaces it as a whole. */
export interface AgentSettings {
  readonly tz: string;
  readonly maxSerial: number;
  readonly staggerSec: number;
  readonly secrets: Secrets;
  readonly httpDefaults: { readonly timeoutSec: number; readonly retry: RetryPolicy };
  readonly maxConcurrentRuns: number;
  readonly heartbeatSec: number;
  readonly leaseSec: number;
  readonly pollSec: number;
  readonly startGraceSec: number;
  readonly retentionDays: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly network: NetworkRules;
}

export interface AgentDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: () => number;
  readonly newId: () => string;
  readonly log: Log;
  readonly settings: AgentSettings;
  /** Reads the config again for `reload_config`; throws what a person must mend. `notes` are lines for the acknowledgement. */
  readonly reloadSettings: () => { readonly settings: AgentSettings; readonly notes: readonly string[] };
  /** Sends one request; its connections outlive runs. */
  readonly send: SendRequest;
  readonly machine: MachineFacts;
  /** Told of every run this agent ended or recorded, after it is in the store. */
  readonly onRunEnd?: (run: RunSummary) => void;
}

export interface MachineFacts {
  readonly machineId: string;
  /** This process: new at every start, memory only. */
  readonly instanceId: string;
  readonly hostname: string;
  readonly version: string;
}
