// Numbers and their table.

export const wallNow = (): number => performance.timeOrigin + performance.now();

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The value below which `share` of all values lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export const ms = (value: number): string => `${value.toFixed(value < 100 ? 1 : 0)} ms`;

/** What the work gives, and the milliseconds it took. */
export function timed<T>(work: () => T): { readonly value: T; readonly ms: number } {
  const from = performance.now();
  const value = work();
  return { value, ms: performance.now() - from };
}

export const ratio = (value: number, floor: number): string => `${(value / floor).toFixed(2)} x`;

export interface Row {
  readonly what: string;
  readonly measured: string;
  /** What it is compared with, from the same run. */
  readonly floor: string;
  readonly goal: string;
}

export function printTable(title: string, rows: readonly Row[]): void {
  const heads: Row = { what: title, measured: "measured", floor: "floor, same run", goal: "goal" };
  const keys = ["what", "measured", "floor", "goal"] as const;
  const widths = keys.map((key) => Math.max(...[heads, ...rows].map((row) => row[key].length)));
  const line = (row: Row) =>
    keys
      .map((key, i) => row[key].padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd();
  console.log(["", line(heads), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(line)].join("\n"));
}
