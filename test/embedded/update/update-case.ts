// The form of the tables beside this file. What is expected there was recorded from mongod 6.0.5.
import assert from "node:assert/strict";
import { type Document, EJSON, serialize } from "bson";
import { CommandError } from "../../../src/embedded/command-error.ts";
import type { QueryScope } from "../../../src/embedded/query/scope.ts";
import { seedFromFilter } from "../../../src/embedded/update/seed.ts";
import { parseUpdate } from "../../../src/embedded/update/update.ts";
import { decode, encode, type ValueDocument } from "../../../src/embedded/values/value.ts";

/** Documents without an `_id` are stored with `_id: 1`, and compared without it. */
export type UpdateCase = readonly [
  does: string,
  document: Document | typeof upsert,
  update: Document,
  expected: Document | typeof unchanged | Failure,
  options?: { readonly filter?: Document; readonly arrayFilters?: readonly Document[] },
];

export const upsert = "upsert";
export const unchanged = "unchanged";

export class Failure {
  readonly code: number;
  readonly message: string;

  constructor(code: number, message: string) {
    this.code = code;
    this.message = message;
  }
}

export const fails = (code: number, message: string): Failure => new Failure(code, message);

/** As the wire brings it: integers of 32 bits are int, all other plain numbers double. */
export const typed = (document: Document): ValueDocument => decode(serialize(document, { ignoreUndefined: false }));

export const scope: QueryScope = { now: new Date(0), variables: {}, evaluate: () => () => true };

const isStored = (document: Document | typeof upsert): document is Document => document !== upsert;

/** What the update makes of the document, in the form of a case's expectation. */
export function runCase([, given, update, , options = {}]: UpdateCase): Document | typeof unchanged | Failure {
  try {
    const arrayFilters = (options.arrayFilters ?? []).map(typed);
    const parsed = parseUpdate(typed(update), { arrayFilters, scope });
    const filter = typed(options.filter ?? {});
    if (!isStored(given)) {
      const seed = seedFromFilter(filter, { onlyId: parsed.isReplacement });
      return parsed.apply(seed, { now: scope.now, isInsert: true });
    }
    const before = typed(Object.hasOwn(given, "_id") ? given : { _id: 1, ...given });
    const bytes = encode(before);
    const after = parsed.apply(before, { now: scope.now, isInsert: false, filter });
    assert.deepEqual(encode(before), bytes, "the document that came in was changed");
    if (after === before) return unchanged;
    return Object.hasOwn(given, "_id") ? after : without(after, "_id");
  } catch (error) {
    if (error instanceof CommandError) return fails(error.code, error.message);
    throw error;
  }
}

function without(document: ValueDocument, field: string): ValueDocument {
  const rest = { ...document };
  delete rest[field];
  return rest;
}

/** Equal in every byte; the text is for the person who reads the difference. */
export function assertExpected(actual: ReturnType<typeof runCase>, expected: UpdateCase[3]): void {
  if (typeof actual === "string" || typeof expected === "string") assert.equal(textOf(actual), textOf(expected));
  else if (actual instanceof Failure || expected instanceof Failure) assert.deepEqual(actual, expected);
  else {
    assert.equal(textOf(actual), textOf(typed(expected)));
    assert.deepEqual(serialize(actual), serialize(typed(expected)));
  }
}

const textOf = (value: ReturnType<typeof runCase>): string =>
  typeof value === "string" ? value : EJSON.stringify(value, { relaxed: false });
