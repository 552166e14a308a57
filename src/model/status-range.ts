// Which statuses are meant: `expect` and `retry` write them alike.

/** Both ends included. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

/** What a person may write, for messages. */
export const statusForms = 'a status 100-599, a class such as "5xx" or a range such as "400-404"';

/** `404`, `"404"`, `"4xx"` or `"400-404"`; null for anything else. */
export function parseStatusRange(value: unknown): StatusRange | null {
  const [, first, hundreds, last] = /^([1-5](?:\d\d|(xx)))(?:-([1-5]\d\d))?$/.exec(String(value)) ?? [];
  if (first === undefined || (typeof value !== "string" && typeof value !== "number")) return null;
  if (hundreds !== undefined) {
    const from = Number(first.slice(0, 1)) * 100;
    return last === undefined ? { from, to: from + 99 } : null;
  }
  const range = { from: Number(first), to: Number(last ?? first) };
  return range.from <= range.to ? range : null;
}

export function isStatusIn(ranges: readonly StatusRange[], status: number): boolean {
  return ranges.some(({ from, to }) => status >= from && status <= to);
}

/** `200, 300-399`. */
export function renderStatuses(ranges: readonly StatusRange[]): string {
  return ranges.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(", ");
}
