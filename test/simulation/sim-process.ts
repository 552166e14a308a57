// A process in a world: it has clocks of its own, can be frozen (SIGSTOP) and can die (SIGKILL) at any moment.
import type { Clock } from "../../src/runtime/clock.ts";
import type { World } from "./world.ts";

/** What a process has come to when something is to happen to it. */
export type Moment =
  | "a write to a run is acknowledged"
  | "a claim is sent"
  | "a claim is acknowledged"
  | "an expired run is read"
  | "a sweep moves on"
  /** A write to a run has reached a primary that is cut off. */
  | "a write will be rolled back";

/** What waits for its moment: it strikes so many readings of the clock later, or at once. */
interface Aim {
  readonly at: Moment;
  readonly readings: number | "at once";
  readonly strike: () => void;
}

/** What happens to the next message of a kind, and to no other. */
export interface AimedLoss {
  readonly of: "insert" | "update";
  readonly fate: "request lost" | "answer lost" | "late" | "twice";
}

export class SimProcess {
  readonly name: string;
  readonly clock: Clock;
  readonly startedAt: number;
  /** World time of its death, or of its own end. */
  endedAt: number | null = null;
  /** World time at which it was told to stop. */
  stoppingAt: number | null = null;
  /** World time at which `agent ready` was said. */
  readyAt: number | null = null;
  readonly freezes: { readonly from: number; readonly to: number }[] = [];
  readonly #world: World;
  #wallGap: number;
  #awakeAt = 0;
  #aim: Aim | null = null;
  #readingsLeft: number | null = null;
  #losses: AimedLoss[] = [];
  #isUnaware = false;
  readonly #listening = new Set<() => void>();

  constructor(world: World, name: string, wallGap: number) {
    this.#world = world;
    this.name = name;
    this.startedAt = world.now;
    this.#wallGap = wallGap;
    this.clock = {
      now: () => this.#read() + this.#wallGap,
      monotonic: () => this.#read() + 5_000,
      after: (ms, callback) => this.after(ms, callback),
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          if (signal?.aborted) return resolve();
          const end = () => {
            cancel();
            unlisten?.();
            resolve();
          };
          const cancel = this.after(ms, end);
          const unlisten = signal && this.listen(signal, end);
        }),
    };
  }

  /**
   * This process's place in the world's time. One that froze in the middle of a turn is ahead: the rest of the turn
   * happens when it wakes, and so does whatever it sends in it.
   */
  get time(): number {
    return Math.max(this.#world.now, this.#awakeAt);
  }

  get isAlive(): boolean {
    return this.endedAt === null;
  }

  /** Comes to this process after `ms`, unless it is dead by then; when it wakes, if it is frozen then. */
  after(ms: number, callback: () => void): () => void {
    let isCancelled = false;
    const arrive = () => {
      if (isCancelled || !this.isAlive) return;
      if (this.#awakeAt > this.#world.now) this.#world.at(this.#awakeAt, arrive);
      else callback();
    };
    // No timer of a process is exact: Infinity is never.
    if (ms !== Number.POSITIVE_INFINITY) this.#world.at(this.time + Math.max(0, ms), arrive);
    return () => {
      isCancelled = true;
    };
  }

  /** Leaves this process now and arrives elsewhere after `ms`, whatever becomes of the process meanwhile. */
  emit(ms: number, arrive: () => void): void {
    // Killed in the middle of a turn.
    if (!this.isAlive) return;
    const leavesAt = this.time;
    this.#world.at(leavesAt + ms, () => {
      // Frozen in the middle of a turn, and killed before it woke.
      if (this.endedAt === null || this.endedAt >= leavesAt) arrive();
    });
  }

  /** It froze in the middle of a turn and has read no clock since: what it does now it had begun, and can't know better. */
  get isUnaware(): boolean {
    return this.#isUnaware;
  }

  freeze(ms: number): void {
    if (!this.isAlive) return;
    const from = this.time;
    this.#awakeAt = from + ms;
    this.freezes.push({ from, to: this.#awakeAt });
    this.#world.note(this.name, () => `FROZEN for ${(ms / 1_000).toFixed(1)} s`, from);
  }

  aim(aim: Aim): void {
    this.#aim = aim;
    this.#readingsLeft = null;
  }

  lose(loss: AimedLoss): void {
    this.#losses.push(loss);
  }

  /** Nothing more is aimed at it. */
  spare(): void {
    this.#aim = null;
    this.#readingsLeft = null;
    this.#losses = [];
  }

  reached(moment: Moment): void {
    if (this.#aim?.at !== moment) return;
    if (this.#aim.readings === "at once") this.#strike();
    else this.#readingsLeft ??= this.#aim.readings;
  }

  /** What was meant for the next write of this kind to a run, once. */
  takeLoss(command: string): AimedLoss | null {
    const index = this.#losses.findIndex(({ of }) => of === command);
    return index < 0 ? null : (this.#losses.splice(index, 1)[0] ?? null);
  }

  stepWall(ms: number): void {
    this.#wallGap += ms;
    this.#world.note(this.name, () => `its wall clock is stepped by ${(ms / 1_000).toFixed(1)} s`);
  }

  /** Calls back when the signal aborts, until the returned function is called. */
  listen(signal: AbortSignal, callback: () => void): () => void {
    const unlisten = () => {
      this.#listening.delete(unlisten);
      signal.removeEventListener("abort", callback);
    };
    signal.addEventListener("abort", callback, { once: true });
    this.#listening.add(unlisten);
    return unlisten;
  }

  /** At the world's end: Node would keep what still listens to a composite signal, and so the whole world, for ever. */
  unlisten(): void {
    for (const unlisten of this.#listening) unlisten();
  }

  end(how: string): void {
    if (!this.isAlive) return;
    this.endedAt = this.#world.now;
    this.#world.note(this.name, () => how);
  }

  /** In the middle of a turn nothing is seen of time passing, except by reading it. */
  #read(): number {
    this.#isUnaware = false;
    if (this.#readingsLeft !== null && this.#readingsLeft-- === 0) this.#strike();
    return this.time;
  }

  #strike(): void {
    const strike = this.#aim?.strike;
    this.#aim = null;
    this.#readingsLeft = null;
    strike?.();
    this.#isUnaware = true;
  }
}
