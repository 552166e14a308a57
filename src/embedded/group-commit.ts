// One sync of the disk for all commands that arrived together. A sync costs several times what a command does, and fifty
// clients that each wait for their own would wait for fifty.
import type { Storage } from "./storage/storage.ts";

/**
 * The transaction that commands join until the clients' turn to send is over. What anybody reads meanwhile is not yet on
 * the disk, so every answer given while it is open waits for its end.
 */
export class GroupCommit {
  readonly #storage: Pick<Storage, "begin" | "commit">;
  #open: PromiseWithResolvers<void> | null = null;

  constructor(storage: Pick<Storage, "begin" | "commit">) {
    this.#storage = storage;
  }

  /** Resolves when the open transaction is on the disk, rejects when it will never be; null where none is open. */
  get committed(): Promise<void> | null {
    return this.#open?.promise ?? null;
  }

  /** Opens a transaction unless one is open. It ends once everything that has arrived was run. */
  join(): void {
    if (this.#open !== null) return;
    this.#storage.begin();
    const open = Promise.withResolvers<void>();
    // Whoever waits for it hears of it; nobody may be waiting.
    open.promise.catch(() => undefined);
    this.#open = open;
    setImmediate(() => {
      if (this.#open === open) this.#commit(open);
    });
  }

  /** Nothing of the open transaction will be kept. */
  fail(error: unknown): void {
    this.#open?.reject(error);
    this.#open = null;
  }

  #commit(open: PromiseWithResolvers<void>): void {
    try {
      this.#storage.commit();
      this.#open = null;
      open.resolve();
    } catch (error) {
      this.fail(error);
    }
  }
}
