// A machine's turn: the wait after a due instant that its place in the line asks of it.

/** In milliseconds: `(serial - 1) * stagger`, or last in line for an agent without a serial (null). */
export function turnMs(
  serial: number | null,
  { staggerSec, maxSerial }: { readonly staggerSec: number; readonly maxSerial: number },
): number {
  return ((serial ?? maxSerial + 1) - 1) * staggerSec * 1_000;
}
