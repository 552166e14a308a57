// Says once that the database is away and once that it is back, however many loops notice.
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";

export class StoreHealth {
  readonly #log: Log;
  readonly #clock: Clock;
  #failingSince: number | null = null;

  constructor({ log, clock }: { readonly log: Log; readonly clock: Clock }) {
    this.#log = log;
    this.#clock = clock;
  }

  /** For how long it has been away; null while it answers. */
  awayMs(): number | null {
    return this.#failingSince === null ? null : this.#clock.monotonic() - this.#failingSince;
  }

  /** `since` is monotonic milliseconds: when what failed was begun, if that was well before now. */
  failed(what: string, error: unknown, since = this.#clock.monotonic()): void {
    if (this.#failingSince === null) {
      this.#failingSince = since;
      this.#log.warn({ err: error, during: what }, "database not answering; nothing is started until it is back");
    } else this.#log.debug({ err: error, during: what }, "database still not answering");
  }

  answered(): void {
    const awayMs = this.awayMs();
    if (awayMs === null) return;
    this.#log.info({ awayMs: Math.round(awayMs) }, "database answers again");
    this.#failingSince = null;
  }
}
