// What an agent is given: everything it touches outside itself comes in here, nothing is imported as a global.
import type { RunCommand } from "../chain/exec-attempt.ts";
import type { SendRequest } from "../chain/http-attempt.ts";
import type { AgentState, Meter } from "../model/meter.ts";
import type { RunSummary } from "../model/run.ts";
import type { AgentSettings } from "../model/settings.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { Store } from "../store/connect.ts";

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
  readonly runCommand: RunCommand;
  readonly machine: MachineFacts;
  /** Told once the start is over, with what can be asked of the agent from then on. */
  readonly onReady?: (agent: ReadyAgent) => void;
  /** Told every `everyMs` that the agent's loops go on. */
  readonly watchdog?: { readonly everyMs: number; alive(): void } | null;
  /** Told of every run this agent ended or recorded, after it is in the store. */
  readonly onRunEnd?: (run: RunSummary) => void;
  /** Counts what happens; absent: nobody does. */
  readonly meter?: Meter;
}

export interface ReadyAgent {
  /** As the command `reload_config`, with the outcome in the log; never rejects. */
  reloadConfig(): Promise<void>;
  /** How it is right now; asks nobody, so that it answers with the database away too. */
  state(): AgentState;
}

export interface MachineFacts {
  readonly machineId: string;
  /** This process: new at every start, memory only. */
  readonly instanceId: string;
  readonly hostname: string;
  readonly version: string;
}
