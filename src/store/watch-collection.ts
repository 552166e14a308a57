// Changes as they happen, where the server can tell them. Whoever watches polls as well: a stream only makes it sooner.
import { MongoError } from "mongodb";
import type { Collections } from "./collections.ts";
import type { Store } from "./connect.ts";

export interface Watching {
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** From now on nothing is missed; what changed before may have been. */
  readonly onOpen: () => void;
  readonly onChange: () => void;
}

/** `unsupported`: this server never will, or may not. `ended`: dropped, failed over for too long: open another. */
export type WatchEnd =
  | { readonly kind: "unsupported"; readonly error: unknown }
  | { readonly kind: "ended"; readonly error: unknown };

/** Only on replica sets; no such stage; no such command; history lost; unauthorized, Atlas's own. */
const unsupportedCodes = new Set<unknown>([40_573, 40_324, 59, 286, 13, 8_000]);

/** Each empty wait costs one command; the socket's own limit is 20 s. */
const longestWaitMs = 15_000;

/** Resolves when the stream is over, for whatever reason; never rejects. */
export async function watchCollection(
  store: Store,
  name: Extract<keyof Collections, "jobs" | "commands">,
  { signal, onOpen, onChange }: Watching,
): Promise<WatchEnd> {
  if (signal.aborted) return { kind: "ended", error: null };
  // An acknowledgement is an update of a command: told to every agent, each would make all the others poll.
  const which = name === "commands" ? [{ $match: { operationType: { $nin: ["update", "delete"] } } }] : [];
  const stream = store[name].watch([...which, { $project: { _id: 1, operationType: 1 } }], {
    maxAwaitTimeMS: longestWaitMs,
    readPreference: "primary",
  });
  // The first answer of the server carries a token: the stream is open.
  stream.once("resumeTokenChanged", onOpen);
  const close = () => void stream.close().catch(() => undefined);
  signal.addEventListener("abort", close, { once: true });
  try {
    // A dropped database ends it in silence, a dropped collection after an event.
    for await (const _change of stream) onChange();
    return { kind: "ended", error: null };
  } catch (error) {
    const isUnsupported = error instanceof MongoError && unsupportedCodes.has(error.code);
    return { kind: isUnsupported ? "unsupported" : "ended", error };
  } finally {
    signal.removeEventListener("abort", close);
    close();
  }
}
