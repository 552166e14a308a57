// The effective config: read once, frozen, passed on in pieces.
import type { AgentSettings } from "../model/settings.ts";
import type { ListenAddress } from "./listen-address.ts";

export interface Config extends AgentSettings {
  /** null with the embedded store, and where the caller said that it brings a store of its own. */
  readonly mongodbUri: string | null;
  readonly store: "mongodb" | "embedded";
  /** null: the embedded store listens on a Unix socket. */
  readonly embeddedPort: number | null;
  readonly dbName: string;
  /** Absolute; its content is in `network`. */
  readonly tls: { readonly caFile: string | null };
  /** Where the agent serves its metrics; null: nowhere. */
  readonly metrics: { readonly listen: ListenAddress | null };
  readonly log: {
    readonly level: "trace" | "debug" | "info" | "warn" | "error";
    readonly format: "auto" | "json" | "pretty";
  };
  /** Absolute. */
  readonly stateDir: string;
}
