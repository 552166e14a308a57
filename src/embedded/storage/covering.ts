// Whether an index that leaves documents out holds all that a filter can match: it must follow from the filter's own
// conditions, one by one, without a look at any document.
import { compareValues, equalValues, typeBracket } from "../values/compare.ts";
import { toDouble } from "../values/numbers.ts";
import { isNumber, type Value } from "../values/value.ts";
import { type Condition, conditionsOf, impliesExistence, isBracketed, isPlain, listedValues } from "./conditions.ts";
import type { IndexDefinition } from "./index-definition.ts";

export function holdsAllMatches(index: IndexDefinition, filter: readonly Condition[]): boolean {
  const isHeld =
    index.partialFilter === null || conditionsOf(index.partialFilter).every((wanted) => isImplied(wanted, filter));
  return isHeld && (!index.sparse || index.key.some(({ path }) => existsFor(path, filter)));
}

/** A sparse index leaves out only a document that has none of its fields. */
const existsFor = (path: string, filter: readonly Condition[]): boolean =>
  filter.some((condition) => condition.path === path && impliesExistence(condition));

function isImplied(wanted: Condition, filter: readonly Condition[]): boolean {
  return filter.some((given) => given.path === wanted.path && implies(given, wanted));
}

/** These mean something only together, so that one of them being the same says nothing. */
const companions: ReadonlySet<string> = new Set(["$regex", "$options"]);

/** Both are met by an array with one element that does, so what holds for a value holds for arrays with it. */
function implies(given: Condition, wanted: Condition): boolean {
  if (given.operator === wanted.operator && !companions.has(given.operator)) {
    if (equalValues(given.operand, wanted.operand)) return true;
  }
  if (wanted.operator === "$exists") return wanted.operand === true && impliesExistence(given);
  const values = listedValues(given);
  if (values !== null) return values.every((value) => isPlain(value) && meets(value, wanted));
  return isBracketed(given) && isBracketed(wanted) && isWithin(given, wanted);
}

function meets(value: Value, wanted: Condition): boolean {
  const listed = listedValues(wanted);
  if (listed !== null) return listed.some((one) => isPlain(one) && equalValues(value, one));
  if (!isBracketed(wanted) || !areComparable(value, wanted.operand)) return false;
  const order = compareValues(value, wanted.operand);
  if (order === 0) return wanted.operator.endsWith("e");
  return wanted.operator.startsWith("$g") ? order > 0 : order < 0;
}

/** `$gt: 5` is within `$gt: 3`; so is `$gte: 5`, but not `$gte: 3`. */
function isWithin(given: Condition, wanted: Condition): boolean {
  if (given.operator[1] !== wanted.operator[1] || !areComparable(given.operand, wanted.operand)) return false;
  const order = compareValues(given.operand, wanted.operand) * (given.operator.startsWith("$g") ? 1 : -1);
  return order > 0 || (order === 0 && (given.operator === wanted.operator || wanted.operator.endsWith("e")));
}

/** NaN is ordered among numbers but neither above nor below any. */
function areComparable(a: Value, b: Value): boolean {
  return typeBracket(a) === typeBracket(b) && !isNaNValue(a) && !isNaNValue(b);
}

const isNaNValue = (value: Value): boolean => isNumber(value) && Number.isNaN(toDouble(value));
