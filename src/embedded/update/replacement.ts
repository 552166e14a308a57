// A whole document in place of the old one. It keeps the `_id`, which comes first.
import { Timestamp } from "bson";
import { equalValues } from "../values/compare.ts";
import { fieldOf, missing, setField, type Value, type ValueDocument } from "../values/value.ts";
import { parseArrayFilters } from "./array-filters.ts";
import { dollarPrefixed } from "./create-missing.ts";
import { timestampOf } from "./field-operators.ts";
import { identicalValues } from "./identical-values.ts";
import { immutable } from "./immutable-id.ts";
import type { Update, UpdateOptions } from "./update.ts";

/** Throws CommandError. */
export function parseReplacement(replacement: ValueDocument, { arrayFilters, scope }: UpdateOptions): Update {
  // Of no use to a replacement, but what is wrong with them is told.
  parseArrayFilters(arrayFilters ?? [], scope);
  const dollar = Object.keys(replacement).find((name) => name.startsWith("$"));
  if (dollar !== undefined) throw dollarPrefixed(dollar);
  return {
    isReplacement: true,
    apply: (document, { now }) => {
      const after = replace(document, replacement, now);
      // A replacement without an `_id` counts as a change, also by the same fields, as it does on mongod.
      return identicalValues(document, replacement) ? document : after;
    },
  };
}

function replace(document: ValueDocument, replacement: ValueDocument, now: Date): ValueDocument {
  const before = fieldOf(document, "_id");
  const given = fieldOf(replacement, "_id");
  if (before !== missing && given !== missing && !equalValues(before, given)) throw immutable.replacement(given);
  const after: ValueDocument = {};
  const id = given === missing ? before : given;
  if (id !== missing) after._id = id;
  for (const [name, value] of Object.entries(replacement)) {
    if (name !== "_id") setField(after, name, isEmptyTimestamp(value) ? timestampOf(now) : value);
  }
  return after;
}

/** An empty timestamp at the top of a document asks for the current one. */
function isEmptyTimestamp(value: Value): boolean {
  return value instanceof Timestamp && value.isZero();
}
