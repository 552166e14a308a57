// The wait for slots: what is claimed next is as much as can be started.
import type { Instant } from "../model/schedule.ts";
import type { AgentContext } from "./context.ts";

/** Slots come free one by one and a claim costs a round trip: a moment's patience makes it a claim of many. */
const gatherMs = 2;

/** Up to `wanted` slots; 0 when claims are closed, or when no slot came before `lateAt` (fleet time). */
export async function gatherSlots(
  context: AgentContext,
  wanted: number,
  { lateAt, closed }: { readonly lateAt: Instant; readonly closed: AbortSignal },
): Promise<number> {
  const { clock } = context.deps;
  const tooLate = new AbortController();
  const cancel = clock.after(lateAt - context.clock.now() + 1, () => tooLate.abort());
  const first = await context.slots.take(wanted, AbortSignal.any([closed, tooLate.signal]));
  cancel();
  if (first === 0 || first === wanted || first >= context.settings.maxConcurrentRuns / 2) return first;
  await clock.sleep(gatherMs);
  return first + context.slots.takeFree(wanted - first);
}
