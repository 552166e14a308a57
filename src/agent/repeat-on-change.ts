// Work that is due whenever a collection changes: at once where the server tells of changes, else by looking now and then.
import type { AgentContext } from "./context.ts";
import { Nudge } from "./nudge.ts";
import { type Repeated, repeat } from "./repeat.ts";
import { type WatchOptions, watchChanges } from "./watch-changes.ts";

interface RepeatedOnChange extends Pick<WatchOptions, "collection">, Omit<Repeated, "everyMs" | "nudge"> {
  /** Until the next round, should no change be told before. `isWatched`: changes are told. */
  readonly everyMs: (isWatched: boolean) => number;
}

export function repeatOnChange(
  context: AgentContext,
  { collection, everyMs, ...repeated }: RepeatedOnChange,
  round: () => Promise<void>,
): AsyncDisposable {
  const nudge = new Nudge();
  let isWatched = false;
  const loops = new AsyncDisposableStack();
  loops.use(repeat(context, { ...repeated, everyMs: () => everyMs(isWatched), nudge }, round));
  loops.use(
    watchChanges(context, {
      collection,
      // What changed between the last round and the opening of the stream was told to nobody.
      onOpen: () => {
        isWatched = true;
        nudge.now();
      },
      onChange: () => nudge.now(),
      onEnd: () => {
        isWatched = false;
      },
    }),
  );
  return loops;
}
