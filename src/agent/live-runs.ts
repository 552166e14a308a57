// The runs this agent is executing: their beats keep each one ours, and a run whose beats stop arriving is aborted.
import { cancelReason } from "../model/notify.ts";
import { beatRuns } from "../store/runs.ts";
import type { AgentContext } from "./context.ts";
import { repeat } from "./repeat.ts";

interface LiveRun {
  readonly runId: string;
  readonly claimId: string;
  /** Aborts when the run is no longer ours or the agent stops; its reason is the run's `reason`. */
  readonly signal: AbortSignal;
}

interface Tracked extends LiveRun {
  readonly abort: (reason: string) => void;
  /** When the last write that is known to have arrived was sent. Wall time too: monotonic time may stand still in sleep. */
  knownAt: { monotonic: number; wall: number };
}

/** Most of what is remembered ends elsewhere and is never seen here. */
const mostRemembered = 1_000;

export class LiveRuns {
  readonly #runs = new Map<string, Tracked>();
  /** Runs to be cancelled that are not here, should they ever be: by a takeover, or by a claim not yet acknowledged. */
  readonly #cancelled = new Set<string>();

  get size(): number {
    return this.#runs.size;
  }

  begin(context: AgentContext, run: { runId: string; claimId: string }): LiveRun {
    const stop = new AbortController();
    const tracked = {
      ...run,
      signal: stop.signal,
      abort: (reason: string) => stop.abort(reason),
      knownAt: readClocks(context),
    };
    this.#runs.set(run.claimId, tracked);
    if (this.#cancelled.delete(run.runId)) tracked.abort(cancelReason);
    return tracked;
  }

  end(run: LiveRun): void {
    this.#runs.delete(run.claimId);
  }

  abortAll(reason: string): void {
    for (const run of this.#runs.values()) run.abort(reason);
  }

  /** Ends one run, here or wherever it is taken up next. False when it is not here. */
  cancel(runId: string): boolean {
    const tracked = [...this.#runs.values()].filter((run) => run.runId === runId);
    for (const run of tracked) run.abort(cancelReason);
    if (tracked.length === 0) this.#cancelled.add(runId);
    for (const oldest of this.#cancelled) {
      if (this.#cancelled.size <= mostRemembered) break;
      this.#cancelled.delete(oldest);
    }
    return tracked.length > 0;
  }

  /** One write for all: a run it did not match is looked at alone. */
  async beat(context: AgentContext): Promise<void> {
    const runs = [...this.#runs.values()];
    if (runs.length === 0) return;
    const sentAt = readClocks(context);
    const ours = await beatRuns(context.deps.store, runs);
    for (const run of runs) {
      if (ours.has(run.claimId)) run.knownAt = sentAt;
      else run.abort("ownership_lost");
    }
  }

  /** Aborts what nobody can have seen us beat for so long that its lease may be over. */
  expire(context: AgentContext): void {
    const now = readClocks(context);
    for (const run of this.#runs.values()) {
      const silentMs = Math.max(now.monotonic - run.knownAt.monotonic, now.wall - run.knownAt.wall);
      if (silentMs > context.leaseTrustMs()) run.abort("ownership_lost");
    }
  }
}

export function keepRuns(context: AgentContext): AsyncDisposable {
  return repeat(context, { name: "run beat", everyMs: context.beatMs }, () => context.liveRuns.beat(context));
}

/** Watches the leases by local clocks alone: a beat that hangs in a dead connection must not delay this. */
export function watchLeases(context: AgentContext): AsyncDisposable {
  return repeat(
    context,
    { name: "lease watch", everyMs: () => context.beatMs() / (context.liveRuns.size > 0 ? 4 : 1) },
    async () => {
      context.liveRuns.expire(context);
      context.lease.expire(context);
    },
  );
}

function readClocks(context: AgentContext): { monotonic: number; wall: number } {
  const { clock } = context.deps;
  return { monotonic: clock.monotonic(), wall: clock.now() };
}
