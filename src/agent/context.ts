// One running agent: its settings, its clock, and what its parts share.
import { createMasker } from "../chain/masking.ts";
import type { FleetCronError } from "../errors.ts";
import type { Job } from "../model/job.ts";
import { secretsToMask } from "../model/secret.ts";
import type { AgentSettings } from "../model/settings.ts";
import { InFlight } from "../runtime/in-flight.ts";
import { OneAtATime } from "../runtime/one-at-a-time.ts";
import { CombinedWrites } from "../store/combined-writes.ts";
import { readServerTime } from "../store/machines.ts";
import { ClaimGate } from "./claim-gate.ts";
import { Lease } from "./claim-serial.ts";
import type { AgentDeps } from "./deps.ts";
import { FleetClock } from "./fleet-clock.ts";
import { JobCatalog } from "./job-catalog.ts";
import { JobEditions } from "./job-editions.ts";
import { LiveRuns } from "./live-runs.ts";
import { Notices } from "./notices.ts";
import { RecentEdits } from "./recent-edits.ts";
import { Slots } from "./slots.ts";
import { StoreHealth } from "./store-health.ts";

export class AgentContext {
  readonly deps: AgentDeps;
  /** Aborts when the agent is to stop: nothing is claimed any more. */
  readonly stopping: AbortSignal;
  readonly claims: ClaimGate;
  readonly clock: FleetClock;
  /** Fleet time at which this agent was ready to know it. */
  startedAt = Number.NEGATIVE_INFINITY;
  readonly catalog = new JobCatalog();
  /** Loads of the catalog: an older answer must never replace a newer one. */
  readonly loads = new OneAtATime();
  /** Heartbeats of the machine: an older one must never overwrite what a newer one says. */
  readonly beats = new OneAtATime();
  readonly recentEdits = new RecentEdits();
  readonly editions = new JobEditions();
  readonly lease = new Lease();
  readonly slots: Slots;
  readonly liveRuns = new LiveRuns();
  readonly writes: CombinedWrites;
  readonly inFlight: InFlight;
  readonly health: StoreHealth;
  /** Run ids this process is claiming or executing: every path leaves those alone. */
  readonly inHand = new Set<string>();
  readonly notices = new Notices();
  /** The editions whose schedules this process has noted in the database, by `jobKey`. */
  readonly notedJobs = new Map<string, Job>();
  settings: AgentSettings;
  mask: (text: string) => string;
  /** Ends the agent at once with an error that no retry can mend. */
  readonly fail: (error: FleetCronError) => void;
  readonly #over = new AbortController();

  constructor(deps: AgentDeps, stopping: AbortSignal, fail: (error: FleetCronError) => void) {
    const { clock, log, store } = deps;
    this.deps = deps;
    this.stopping = stopping;
    this.claims = new ClaimGate(stopping);
    this.fail = fail;
    this.settings = deps.settings;
    this.mask = createMasker(secretsToMask(deps.settings));
    this.clock = new FleetClock({ clock, log }, () => readServerTime(store, () => clock.monotonic()));
    this.slots = new Slots(deps.settings.maxConcurrentRuns);
    this.inFlight = new InFlight((error) => log.error({ err: error }, "task failed"));
    this.health = new StoreHealth({ log, clock });
    this.writes = new CombinedWrites({
      store,
      waitBeforeRepeat: (repeats) => this.backOff(repeats),
      onUndecided: (error) => this.health.failed("recording a run", error),
    });
  }

  /** Serials and live runs beat this often, in milliseconds. */
  readonly beatMs = (): number => Math.min(this.settings.heartbeatSec, this.settings.leaseSec / 4) * 1_000;

  /** Without a beat known for this long, the lease may be over for others: what it covers is given up. */
  leaseTrustMs(): number {
    const leaseMs = this.settings.leaseSec * 1_000;
    return leaseMs - Math.max(2_000, leaseMs / 4);
  }

  applySettings(settings: AgentSettings): void {
    this.settings = settings;
    this.mask = createMasker(secretsToMask(settings));
    this.slots.resize(settings.maxConcurrentRuns);
  }

  /**
   * The wait before an undecided operation is tried again: 0.1 s growing to 5 s, spread by chance. Once the agent is
   * over it never returns, and holds no timer: what is undecided then is left to its record, and the process can end.
   */
  async backOff(repeats: number, signal?: AbortSignal): Promise<void> {
    const capMs = Math.min(5_000, 100 * 2 ** Math.min(repeats, 10));
    const { over } = this;
    const wake = signal === undefined ? over : AbortSignal.any([signal, over]);
    await this.deps.clock.sleep(capMs * (0.5 + this.deps.random() / 2), wake);
    if (over.aborted) await new Promise<never>(() => undefined);
  }

  /** Aborts when the agent has ended, whatever it could not settle. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  end(): void {
    this.#over.abort();
  }
}
