// The fleet's one clock: this process's monotonic clock plus the measured offset to the database server. It decides
// when to wake, never who owns what: leases are judged by the server's own clock.
import type { Instant } from "../model/schedule.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";

/** The server's time as one answer told it, between two readings of the monotonic clock. */
export interface ClockSample {
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly serverTime: Instant;
}

/** Wall and monotonic clock apart by more: the machine slept or its clock was stepped. */
const stepMs = 2_000;
/** The server's clock apart from what we believe by more: not believed until several measures agree. */
const serverJumpMs = 5_000;
const agreeingMeasures = 3;
/** What was measured longer ago says nothing about now. */
const agreeWithinMs = 60_000;
/** A server tells whole milliseconds: the truth lies up to one later. */
const resolutionMs = 1;
/** Waking at least this often is what notices a suspended laptop or a stepped clock. */
const longestNapMs = 30_000;
const samplesPerMeasure = 5;

export class FleetClock {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #readServer: () => Promise<ClockSample>;
  /** Server time minus monotonic time, as last measured; before that, wall time minus monotonic time. */
  #offset: number;
  /** False until measured, and again after a step of the local clock. */
  #isMeasured = false;
  #jump: { offset: number; count: number; sinceAt: number } | null = null;
  /** Wall minus monotonic, as last seen in agreement. */
  #wallGap: number;

  constructor(deps: { clock: Clock; log: Log }, readServer: () => Promise<ClockSample>) {
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#readServer = readServer;
    this.#wallGap = this.#readWallGap();
    this.#offset = this.#wallGap;
  }

  /** Fleet time, milliseconds since the epoch with fractions. */
  now(): Instant {
    return this.#clock.monotonic() + this.#offset;
  }

  /** Fleet time minus this machine's wall clock: shown as `machines.offset_ms`. */
  offsetMs(): number {
    return Math.round(this.now() - this.#clock.now());
  }

  /** False from a step or sleep until measured again: nothing is claimed meanwhile. */
  isTrusted(): boolean {
    if (!this.#isMeasured) return false;
    if (Math.abs(this.#readWallGap() - this.#wallGap) <= stepMs) return true;
    this.#log.warn({ wallStepMs: Math.round(this.#readWallGap() - this.#wallGap) }, "clock stepped or machine slept");
    this.#isMeasured = false;
    return false;
  }

  /** Resolves once the clock can be trusted, measuring as often as it takes; early when the signal aborts. */
  async waitTrusted(signal: AbortSignal): Promise<void> {
    for (let waitMs = 250; !this.isTrusted() && !signal.aborted; waitMs = Math.min(waitMs * 2, 5_000)) {
      try {
        await this.measure();
      } catch (error) {
        this.#log.warn({ err: error }, "database clock not measured");
        await this.#clock.sleep(waitMs, signal);
      }
    }
  }

  /** Asks the server for its time and adopts the offset; throws what the database throws. */
  async measure(): Promise<void> {
    const ranges: OffsetRange[] = [];
    for (let i = 0; i < samplesPerMeasure; i++) ranges.push(offsetRange(await this.#readServer()));
    const offset = agreedOffset(ranges);
    if (this.#isMeasured && !this.#believes(offset - this.#offset, offset)) return;
    this.#offset = offset;
    this.#isMeasured = true;
    this.#jump = null;
    this.#wallGap = this.#readWallGap();
  }

  /** Checks the offset against one answer of the server, and measures in full only when that contradicts it. */
  async refresh(): Promise<void> {
    const { low, high } = offsetRange(await this.#readServer());
    if (!this.#isMeasured || this.#offset < low || this.#offset > high) return this.measure();
    this.#wallGap = this.#readWallGap();
    this.#jump = null;
  }

  /** The server's clock seemed to jump: worth another measure soon. */
  isDoubted(): boolean {
    return this.#jump !== null;
  }

  /** Sleeps until fleet time `at`, in naps; wakes early when the signal aborts. Never returns before `at` otherwise. */
  async sleepUntil(at: Instant, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.waitTrusted(signal);
      const left = at - this.now();
      if (left <= 0) return;
      // A timer may fire a millisecond early: the loop arms it again.
      await this.#clock.sleep(Math.min(left, longestNapMs), signal);
    }
  }

  /** A failover to a member with a skewed clock must not fire or miss everything at once. */
  #believes(jump: number, offset: number): boolean {
    if (Math.abs(jump) <= serverJumpMs) return true;
    const now = this.#clock.monotonic();
    const former = this.#jump;
    const agrees =
      former !== null && Math.abs(former.offset - offset) <= serverJumpMs && now - former.sinceAt <= agreeWithinMs;
    this.#jump = agrees ? { ...former, offset, count: former.count + 1 } : { offset, count: 1, sinceAt: now };
    this.#log.warn({ jumpMs: Math.round(jump), measured: this.#jump.count }, "database clock jumped");
    return this.#jump.count >= agreeingMeasures;
  }

  #readWallGap(): number {
    return this.#clock.now() - this.#clock.monotonic();
  }
}

interface OffsetRange {
  readonly low: number;
  readonly high: number;
}

/** The server read its clock between sending and receiving, and cut it to whole milliseconds. */
function offsetRange({ sentAt, receivedAt, serverTime }: ClockSample): OffsetRange {
  return { low: serverTime - receivedAt, high: serverTime + resolutionMs - sentAt };
}

/** The middle of what all samples allow (finer than any one of them), else of the quickest. */
function agreedOffset(ranges: readonly OffsetRange[]): number {
  const low = Math.max(...ranges.map((range) => range.low));
  const high = Math.min(...ranges.map((range) => range.high));
  if (low <= high) return (low + high) / 2;
  const quickest = ranges.reduce((best, range) => (range.high - range.low < best.high - best.low ? range : best));
  return (quickest.low + quickest.high) / 2;
}
