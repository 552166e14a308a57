// What telling people needs from the agent that does it.
import type { SendRequest } from "../chain/http-attempt.ts";
import type { Mask } from "../chain/masking.ts";
import type { Instant } from "../model/schedule.ts";
import type { AgentSettings } from "../model/settings.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { Store } from "../store/connect.ts";

export interface NotifyDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly send: SendRequest;
  readonly mask: Mask;
  readonly settings: AgentSettings;
  readonly machine: { readonly machineId: string; readonly instanceId: string; readonly version: string };
  /** Fleet time. */
  readonly now: () => Instant;
  /** Aborts when the agent has ended, whatever is still being sent. */
  readonly signal: AbortSignal;
  /** Work that nobody waits for, and that the agent's end waits for a while. */
  readonly start: (task: () => Promise<void>) => void;
}
