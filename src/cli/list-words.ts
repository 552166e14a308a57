// Lists of values in words.

/** `a`, `a and b`, `a, b and c`. */
export function listWords(words: readonly string[], and = "and"): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} ${and} ${words.at(-1)}`;
}

/** The ends of three or more values without a hole. */
export function runOf(values: readonly number[]): { readonly from: number; readonly to: number } | null {
  const [from = 0] = values;
  const to = values.at(-1) ?? 0;
  return values.length > 2 && to - from === values.length - 1 ? { from, to } : null;
}

/** The n of "every n": the values are 0, n, 2n … up to `size`, which n divides. */
export function stepOf(values: readonly number[], size: number): number | null {
  const step = values.length < 2 ? 0 : size / values.length;
  return step > 1 && values.every((value, i) => value === i * step) ? step : null;
}
