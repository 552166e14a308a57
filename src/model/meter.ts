// What can be counted of an agent, and what it answers when asked how it is: all that its metrics know of it.
import type { ClaimResult, RunSummary } from "./run.ts";

/** Told as things happen; whoever listens must be quick and never throw. */
export interface Meter {
  claimDecided(result: ClaimResult): void;
  runTakenOver(): void;
  /** After it is in the store. */
  runEnded(run: Pick<RunSummary, "status" | "lateMs" | "elapsedMs" | "steps">): void;
  /** A heartbeat, a look for commands: one round of a background loop by its name. */
  roundEnded(loop: string, result: "done" | "failed"): void;
}

/** The agent as it is at one moment. */
export interface AgentState {
  readonly machineId: string;
  readonly hostname: string;
  readonly version: string;
  readonly serial: number | null;
  readonly runsInProgress: number;
  readonly slots: { readonly limit: number; readonly free: number };
  readonly jobs: { readonly loaded: number; readonly invalid: number };
  /** Fleet time minus this machine's wall clock. */
  readonly clockOffsetMs: number;
  /** For how long the database has not answered; null while it does. */
  readonly databaseAwayMs: number | null;
  readonly claims: "open" | "draining" | "stopping";
}
