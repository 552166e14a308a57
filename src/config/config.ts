// The effective config: read once, frozen, passed on in pieces.
import type { RetryPolicy } from "../model/retry.ts";
import type { Secrets } from "../model/secret.ts";

export interface Config {
  /** null only where the caller said that it brings a store of its own. */
  readonly mongodbUri: string | null;
  readonly store: "mongodb";
  readonly dbName: string;
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
  readonly network: {
    readonly denyPrivate: boolean;
    readonly allowHosts: readonly string[];
    readonly denyHosts: readonly string[];
  };
  readonly log: {
    readonly level: "trace" | "debug" | "info" | "warn" | "error";
    readonly format: "auto" | "json" | "pretty";
  };
  /** Absolute. */
  readonly stateDir: string;
}
