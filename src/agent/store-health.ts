// Says once that the database is away and once that it is back, however many loops notice.
import type { Log } from "../runtime/log.ts";

export class StoreHealth {
  readonly #log: Log;
  #failingSince: number | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  /** `at` is monotonic milliseconds. */
  failed(what: string, error: unknown, at: number): void {
    if (this.#failingSince === null) {
      this.#failingSince = at;
      this.#log.warn({ err: error, during: what }, "database not answering; nothing is started until it is back");
    } else this.#log.debug({ err: error, during: what }, "database still not answering");
  }

  answered(at: number): void {
    if (this.#failingSince === null) return;
    this.#log.info({ awayMs: Math.round(at - this.#failingSince) }, "database answers again");
    this.#failingSince = null;
  }
}
