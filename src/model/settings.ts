// The part of the config an agent works by; `reload_config` replaces it as a whole.
import type { Channels } from "./channel.ts";
import type { NetworkRules } from "./network.ts";
import type { NotifyPolicy } from "./notify.ts";
import type { RetryPolicy } from "./retry.ts";
import type { Secrets } from "./secret.ts";

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
  /** Absolute paths of the programs that jobs may run on this machine. */
  readonly exec: { readonly allow: readonly string[] };
  readonly notify: Channels;
  /** For jobs that say nothing about notifications. */
  readonly notifyDefault: NotifyPolicy;
  /** Channels that hear of machines which fell silent. */
  readonly notifyMachines: readonly string[];
}
