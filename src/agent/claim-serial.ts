// The agent's place in the line. It decides who goes first and how soon, never whether something may be sent.
//
//   none ──acquire──▶ held ──beat matched──▶ held
//    ▲                 │ ├── beat matched nothing, or none known for too long ──▶ none
//    │                 │ └── a lower serial is free ──▶ held (the lower one)
//    └── release ◀─────┘
import { turnMs } from "../model/turn.ts";
import { findAbandonedSerials } from "../store/abandoned-serials.ts";
import type { ListedSerial, SerialLease } from "../store/serials.ts";
import { acquireSerial, beatSerial, listSerials, releaseSerial } from "../store/serials.ts";
import type { AgentContext } from "./context.ts";
import { repeat } from "./repeat.ts";

/** A lower free serial is looked for this often, so that places close up within a minute. */
const compactionMs = 45_000;

export class Lease {
  #held: SerialLease | null = null;
  /** Monotonic time of the last beat known to have arrived. */
  #knownAt = 0;
  /** Released, for good or until reopened: nothing that was still under way may hold a serial again. */
  #isOver = false;
  /** This process has held a serial. What its machine's id holds elsewhere is then no former process's, but a newer one's. */
  #hasHeld = false;

  /** The serial held, or null. */
  get serial(): number | null {
    return this.#held?.serial ?? null;
  }

  /** The wait after a due instant, in milliseconds. */
  turnMs(settings: { readonly staggerSec: number; readonly maxSerial: number }): number {
    return turnMs(this.serial, settings);
  }

  /** Takes the lowest free serial below the one held, if there is one. */
  async improve(context: AgentContext): Promise<void> {
    if (this.#isOver) return;
    const { store, clock, log, machine } = context.deps;
    const rows = await this.#listTakeable(context);
    const former = this.#held;
    for (const serial of serialsToTry(context, rows, former?.serial ?? null)) {
      const sentAt = clock.monotonic();
      const gained = await acquireSerial(store, serial, {
        machineId: machine.machineId,
        instanceId: machine.instanceId,
        hostname: machine.hostname,
        leaseMs: context.settings.leaseSec * 1_000,
      });
      if (gained === null) continue;
      // Our other loop was first with this one; or it has another, or the agent stopped: one is enough, or none.
      if (this.#held?.serial === gained.serial) return;
      if (this.#isOver || this.#held !== former) return releaseSerial(store, gained);
      this.#held = gained;
      this.#hasHeld = true;
      this.#knownAt = sentAt;
      log.info({ serial, former: former?.serial ?? null }, "serial acquired");
      // Two for a moment is legal; none for a moment would leave a gap in the line.
      if (former !== null) await releaseSerial(store, former);
      return;
    }
    if (former === null) log.debug("no serial free");
  }

  /** `free`: for this process, which may also take what a former one of its machine left. */
  async #listTakeable({ deps, settings }: AgentContext): Promise<readonly ListedSerial[]> {
    const { store, machine } = deps;
    const rows = await listSerials(store);
    const taken = rows.filter(({ free }) => !free);
    const abandoned = await findAbandonedSerials(store, taken, settings.leaseSec * 1_000);
    const isLeftByUs = ({ assigned_to }: ListedSerial) => !this.#hasHeld && assigned_to === machine.machineId;
    return rows.map((row) => ({ ...row, free: row.free || abandoned.has(row.serial) || isLeftByUs(row) }));
  }

  async beat(context: AgentContext): Promise<void> {
    const { store, clock, log } = context.deps;
    const held = this.#held;
    if (held === null) return this.improve(context);
    const sentAt = clock.monotonic();
    const isOurs = await beatSerial(store, held);
    // Left for a lower one, or given up, meanwhile: this says nothing about what is held now.
    if (this.#held !== held) return;
    if (isOurs) {
      this.#knownAt = sentAt;
      return;
    }
    log.warn({ serial: held.serial }, "serial lost");
    this.#held = null;
    await this.improve(context);
  }

  /** Lets go of a serial nobody can have seen us beat: another agent may hold it by now. */
  expire(context: AgentContext): void {
    if (this.#held === null || context.deps.clock.monotonic() - this.#knownAt < context.leaseTrustMs()) return;
    context.deps.log.warn({ serial: this.#held.serial }, "serial given up: no heartbeat reached the database in time");
    this.#held = null;
  }

  async release(context: AgentContext): Promise<void> {
    const held = this.#held;
    this.#held = null;
    this.#isOver = true;
    if (held === null) return;
    await releaseSerial(context.deps.store, held);
    context.deps.log.info({ serial: held.serial }, "serial released");
  }

  /** After a release that was not the last word. */
  reopen(): void {
    this.#isOver = false;
  }
}

/** Keeps the lease alive, takes a serial when there was none, and moves down when a lower one is free. */
export function keepSerial(context: AgentContext): AsyncDisposable {
  const { lease } = context;
  const loops = new AsyncDisposableStack();
  loops.use(repeat(context, { name: "serial beat", everyMs: context.beatMs }, () => lease.beat(context)));
  loops.use(
    repeat(
      context,
      { name: "serial order", everyMs: () => Math.min(compactionMs, context.settings.leaseSec * 1_000) },
      () => lease.improve(context),
    ),
  );
  return loops;
}

/** Free serials below the one held; the one this machine held last comes first when none is held. */
function serialsToTry(context: AgentContext, rows: readonly ListedSerial[], held: number | null): readonly number[] {
  const { machineId } = context.deps.machine;
  const below = held ?? context.settings.maxSerial + 1;
  const known = new Map(rows.map((row) => [row.serial, row]));
  const free = Array.from({ length: below - 1 }, (_, i) => i + 1).filter((serial) => {
    const row = known.get(serial);
    return row === undefined || row.free;
  });
  const last = held === null ? free.filter((serial) => known.get(serial)?.last_assigned_to === machineId) : [];
  return [...new Set([...last, ...free])];
}
