// What a start leaves behind in memory.
import { setFlagsFromString } from "node:v8";

/**
 * From now on V8 does not enlarge the space in which new objects are made, until the returned function is called. It
 * doubles that space whenever much of it survives, as modules and freshly parsed jobs do, and an idle process never
 * gives it back: 20 MiB with 1,000 jobs. Kept small for good it would make bursts collect garbage all the time.
 */
export function holdYoungMemory(): () => void {
  setFlagsFromString("--semi-space-growth-factor=1");
  return () => setFlagsFromString("--semi-space-growth-factor=2");
}
