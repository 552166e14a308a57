// What a job can ask of one JSON value: in `expect` of an answer's part, in `when` of a saved output.
import { isDeepStrictEqual } from "node:util";
import type { JsonValue } from "./job.ts";

export interface ValueTest {
  readonly operator: Operator;
  readonly value: JsonValue;
}

export type Operator = keyof typeof operators;

export const jsonTypes = ["string", "number", "boolean", "null", "array", "object"] as const;

interface OperatorRule {
  /** Whether a value that is there passes. */
  readonly passes: (found: JsonValue, wanted: JsonValue) => boolean;
  /** What is expected, after "expected"; `wanted` as it is shown. */
  readonly words: (wanted: string) => string;
}

const operators = {
  eq: { passes: isDeepStrictEqual, words: (wanted) => wanted },
  ne: { passes: (found, wanted) => !isDeepStrictEqual(found, wanted), words: (wanted) => `anything but ${wanted}` },
  gt: { passes: ordered((found, wanted) => found > wanted), words: (wanted) => `a number above ${wanted}` },
  gte: { passes: ordered((found, wanted) => found >= wanted), words: (wanted) => `a number of at least ${wanted}` },
  lt: { passes: ordered((found, wanted) => found < wanted), words: (wanted) => `a number below ${wanted}` },
  lte: { passes: ordered((found, wanted) => found <= wanted), words: (wanted) => `a number of at most ${wanted}` },
  contains: { passes: contains, words: (wanted) => `a text or a list that contains ${wanted}` },
  exists: {
    passes: (_found, wanted) => wanted === true,
    words: (wanted) => (wanted === "true" ? "a value" : "no value"),
  },
  type: { passes: (found, wanted) => jsonTypeOf(found) === wanted, words: (wanted) => `a value of type ${wanted}` },
} satisfies Record<string, OperatorRule>;

export const operatorNames = Object.keys(operators) as readonly Operator[];

/** The first test the value does not pass, or null. A value that is not there passes `exists: false` alone. */
export function failedTest(tests: readonly ValueTest[], found: JsonValue | undefined): ValueTest | null {
  const passes = ({ operator, value }: ValueTest) =>
    found === undefined ? operator === "exists" && value === false : operators[operator].passes(found, value);
  return tests.find((test) => !passes(test)) ?? null;
}

/** `a number above 5`; `show` renders a value for people. */
export function renderTest({ operator, value }: ValueTest, show: (value: JsonValue) => string): string {
  return operators[operator].words(show(value));
}

function ordered(compare: (found: number, wanted: number) => boolean): OperatorRule["passes"] {
  return (found, wanted) => typeof found === "number" && typeof wanted === "number" && compare(found, wanted);
}

function contains(found: JsonValue, wanted: JsonValue): boolean {
  if (typeof found === "string") return typeof wanted === "string" && found.includes(wanted);
  return Array.isArray(found) && found.some((item) => isDeepStrictEqual(item, wanted));
}

function jsonTypeOf(value: JsonValue): (typeof jsonTypes)[number] {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  const type = typeof value;
  return type === "string" || type === "number" || type === "boolean" ? type : "object";
}
