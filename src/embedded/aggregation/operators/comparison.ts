// Comparisons over all types: a missing field is less than null, null less than every number, and so on.
import { Int32 } from "bson";
import { CommandError } from "../../command-error.ts";
import { compareValues } from "../../values/compare.ts";
import { isArray, missing } from "../../values/value.ts";
import { binary } from "../arguments.ts";
import type { Operators, Result } from "../expression.ts";
import { kindName } from "../render-value.ts";

export const comparison: Operators = {
  $cmp: binary("$cmp", (a, b) => new Int32(Math.sign(compareResults(a, b)))),
  $eq: binary("$eq", (a, b) => compareResults(a, b) === 0),
  $ne: binary("$ne", (a, b) => compareResults(a, b) !== 0),
  $gt: binary("$gt", (a, b) => compareResults(a, b) > 0),
  $gte: binary("$gte", (a, b) => compareResults(a, b) >= 0),
  $lt: binary("$lt", (a, b) => compareResults(a, b) < 0),
  $lte: binary("$lte", (a, b) => compareResults(a, b) <= 0),
  $in: binary("$in", isIn),
};

/** Missing sorts where MongoDB's deprecated `undefined` does: above MinKey, below null. */
function compareResults(a: Result, b: Result): number {
  return compareValues(a === missing ? undefined : a, b === missing ? undefined : b);
}

function isIn(value: Result, list: Result): boolean {
  if (list === missing || !isArray(list)) {
    throw new CommandError(40081, `$in requires an array as a second argument, found: ${kindName(list)}`);
  }
  return list.some((element) => compareResults(element, value) === 0);
}
