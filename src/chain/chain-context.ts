// What the execution of a chain is given.
import type { Job } from "../model/job.ts";
import type { NetworkRules } from "../model/network.ts";
import type { Outputs, Step } from "../model/run.ts";
import type { Instant } from "../model/schedule.ts";
import type { AgentSettings } from "../model/settings.ts";
import type { RunFacts } from "../model/template-values.ts";
import type { Clock } from "../runtime/clock.ts";
import type { RunCommand } from "./exec-attempt.ts";
import type { SendRequest } from "./http-attempt.ts";
import type { Mask } from "./masking.ts";

/** One run: everything its requests are made of. Fixed for the run but for its outputs, whatever is reloaded meanwhile. */
export interface ChainContext extends RunFacts {
  readonly job: Job;
  readonly network: NetworkRules;
  /** Absolute paths of the programs that may run here. */
  readonly exec: AgentSettings["exec"];
}

export interface ChainDeps {
  readonly clock: Clock;
  readonly random: () => number;
  /** The fleet's time, for what is recorded. */
  readonly now: () => Instant;
  readonly send: SendRequest;
  readonly runCommand: RunCommand;
  readonly mask: Mask;
  /** `fleetcron/<version>`, unless an action sets its own. */
  readonly userAgent: string;
}

/** What a write adds to the run's record. */
export interface Changes {
  /** By index. */
  readonly steps: ReadonlyMap<number, Step>;
  /** Saved since the last write. */
  readonly outputs: Outputs;
}

export interface ChainRecorder {
  /** Writes at once. False: the claim is lost, nothing more may be sent. */
  advance(changes: Changes): Promise<boolean>;
  /** Writes again what the record says already: true only once that very write was acknowledged, and so the claim held. */
  renew(changes: Changes): Promise<boolean>;
}
