// What the tests of queries share: documents as they are stored, the numeric types by short names, refusals.
import { BSONRegExp, Decimal128, type Document, Double, Long, serialize } from "bson";
import { CommandError } from "../../../src/embedded/command-error.ts";
import { parseFilter } from "../../../src/embedded/query/filter.ts";
import type { QueryScope } from "../../../src/embedded/query/scope.ts";
import { decode, fieldOf, missing, type Value, type ValueDocument } from "../../../src/embedded/values/value.ts";

export const long = (digits: string) => Long.fromString(digits);
export const decimal = (text: string) => Decimal128.fromString(text);
export const double = (value: number) => new Double(value);
export const regex = (pattern: string, options = "") => new BSONRegExp(pattern, options);

/** A document with its BSON types, as from the disk or the wire. */
export const stored = (document: Document): ValueDocument => decode(serialize(document));

/** Knows `"$field"` and constants, which is all that these tests compute. */
export const scope: QueryScope = {
  now: new Date(0),
  variables: {},
  evaluate: (expression: Value) => (document) => {
    if (typeof expression !== "string") return expression;
    const value = fieldOf(document, expression.slice(1));
    return value === missing ? undefined : value;
  },
};

export function idsOf(documents: readonly ValueDocument[]): readonly number[] {
  return documents.map(({ _id }) => Number(_id));
}

export function matching(documents: readonly Document[], filter: Document): readonly number[] {
  const parsed = parseFilter(stored(filter), scope);
  return idsOf(documents.map(stored).filter((document) => parsed.matches(document)));
}

export type Refusal = readonly [code: number, message: string];

/** For rows of refusals: what `run` throws, or a row that no table holds. */
export function refusalOf(run: () => unknown): Refusal {
  try {
    run();
  } catch (error) {
    if (error instanceof CommandError) return [error.code, error.message];
    throw error;
  }
  return [0, "accepted"];
}
