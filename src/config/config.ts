// The effective config: read once, frozen, passed on in pieces.
import type { AgentSettings } from "../model/settings.ts";

export interface Config extends AgentSettings {
  /** null only where the caller said that it brings a store of its own. */
  readonly mongodbUri: string | null;
  readonly store: "mongodb";
  readonly dbName: string;
  readonly log: {
    readonly level: "trace" | "debug" | "info" | "warn" | "error";
    readonly format: "auto" | "json" | "pretty";
  };
  /** Absolute. */
  readonly stateDir: string;
}
