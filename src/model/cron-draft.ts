// One field of a cron expression while its list is read.
import type { CronField, CronFieldValue } from "./cron-field.ts";

export interface CronDraft {
  isOpen: boolean;
  isStepped: boolean;
  readonly values: Set<number>;
  readonly beforeLast: number[];
  lastWorkday: boolean;
  readonly nearWorkdays: number[];
  readonly nthDays: { day: number; nth: number | null }[];
}

export function emptyDraft(): CronDraft {
  return {
    isOpen: false,
    isStepped: false,
    values: new Set(),
    beforeLast: [],
    lastWorkday: false,
    nearWorkdays: [],
    nthDays: [],
  };
}

/** A range with `to` below `from` goes around the end. */
export function addRange(
  field: CronField,
  { values }: CronDraft,
  { from, to, step }: { readonly from: number; readonly to: number; readonly step: number },
): void {
  const end = from <= to ? to : to + field.size;
  for (let value = from; value <= end; value += step) values.add(wrapped(field, value));
}

/** Day of week 7 is 0, month 13 is 1. */
function wrapped({ from, size }: CronField, value: number): number {
  return from + ((value - from) % size);
}

export function finishDraft(text: string, { values, ...draft }: CronDraft): CronFieldValue {
  return { text, ...draft, values: [...values].sort((a, b) => a - b) };
}
