// A read that decides something is asked again until the database answers; a mistake of ours is not.
import { isDriverError } from "../store/outcome.ts";
import type { AgentContext } from "./context.ts";

export interface Asked<T> {
  /** What the log says was going on when the database did not answer. */
  readonly what: string;
  readonly read: () => Promise<T>;
  /** Ends the asking with `value`; without it only an answer does. */
  readonly giveUp?: { readonly signal: AbortSignal; readonly value: T };
}

/** What the read gives, however long the database is away. */
export async function untilAnswered<T>(context: AgentContext, { what, read, giveUp }: Asked<T>): Promise<T> {
  for (let repeats = 0; ; repeats++) {
    if (giveUp?.signal.aborted) return giveUp.value;
    try {
      return await read();
    } catch (error) {
      if (!isDriverError(error)) throw error;
      context.health.failed(what, error);
      await context.backOff(repeats, giveUp?.signal);
    }
  }
}
