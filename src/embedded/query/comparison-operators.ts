// $eq, $ne, $gt, $gte, $lt, $lte, $in, $nin. Only values of one type bracket compare; null stands for missing as well.
import { BSONRegExp } from "bson";
import { CommandError } from "../command-error.ts";
import { compareValues, equalValues, typeBracket } from "../values/compare.ts";
import { toDouble } from "../values/numbers.ts";
import { isArray, isNumber, kindOf, missing, type Value } from "../values/value.ts";
import { isOperatorDocument } from "./operator-document.ts";
import type { Element } from "./paths.ts";
import { type ElementTest, notOf, type ParseContext, type Predicate, testOf } from "./predicate.ts";
import { matchRegex } from "./regex-operator.ts";

export function parseEq(operand: Value): Predicate {
  checkOperand(operand);
  return testOf(equals(operand));
}

export function parseNe(operand: Value): Predicate {
  if (operand instanceof BSONRegExp) throw new CommandError("BadValue", "Can't have regex as arg to $ne.");
  return notOf(parseEq(operand));
}

type Order = "$gt" | "$gte" | "$lt" | "$lte";

export function parseOrder(order: Order): (operand: Value, context: ParseContext) => Predicate {
  return (operand, { path }) => {
    checkOperand(operand);
    if (operand instanceof BSONRegExp) {
      throw new CommandError("BadValue", `Can't have RegEx as arg to predicate over field '${path}'.`);
    }
    return testOf(isOrdered(order, operand));
  };
}

export function parseIn(operand: Value): Predicate {
  if (!isArray(operand)) throw new CommandError("BadValue", "$in needs an array");
  return testOf(isIn(operand));
}

export function parseNin(operand: Value): Predicate {
  if (!isArray(operand)) throw new CommandError("BadValue", "$nin needs an array");
  return notOf(testOf(isIn(operand)));
}

function checkOperand(operand: Value): void {
  if (operand === undefined) throw new CommandError("BadValue", "cannot compare to undefined");
}

/** Null and the deprecated undefined are one here, though not in an order. */
function equals(operand: Value): ElementTest {
  if (typeof operand === "string") {
    return (element) =>
      typeof element === "string" ? element === operand : element !== missing && equalValues(element, operand);
  }
  if (operand === null) return (element) => element === null || element === missing || element === undefined;
  return (element) => element !== missing && equalValues(element, operand);
}

function isOrdered(order: Order, operand: Value): ElementTest {
  const orEqual = order === "$gte" || order === "$lte";
  if (operand === null) return orEqual ? equals(null) : () => false;
  const bracket = typeBracket(operand);
  const beyond = order === "$gt" || order === "$gte" ? 1 : -1;
  const kind = kindOf(operand);
  // MaxKey is above and MinKey below everything, and these alone cross the brackets.
  const isOfOthers = (kind === "maxKey" && beyond === -1) || (kind === "minKey" && beyond === 1);
  if (isNotANumber(operand)) return (element) => orEqual && element !== missing && isNotANumber(element);
  return (element) => {
    if (element === missing || typeBracket(element) !== bracket) return isOfOthers;
    if (isNotANumber(element)) return false;
    const compared = compareValues(element, operand);
    return compared === 0 ? orEqual : compared > 0 === beyond > 0;
  };
}

const isNotANumber = (element: Element): boolean =>
  element !== missing && isNumber(element) && Number.isNaN(toDouble(element));

function isIn(operands: readonly Value[]): ElementTest {
  for (const operand of operands) {
    checkOperand(operand);
    if (isOperatorDocument(operand)) throw new CommandError("BadValue", "cannot nest $ under $in");
  }
  const regexes = operands.filter((operand) => operand instanceof BSONRegExp).map(matchRegex);
  const strings = new Set(operands.filter((operand) => typeof operand === "string"));
  const sorted = [...operands].sort(compareValues);
  const hasNull = operands.includes(null);
  return (element, details) => {
    if (element === missing || element === undefined) return hasNull;
    if (typeof element === "string" && strings.has(element)) return true;
    return holds(sorted, element) || regexes.some((test) => test(element, details));
  };
}

/** By halves: a list of a thousand ids is asked of every document. */
function holds(sorted: readonly Value[], wanted: Value): boolean {
  let from = 0;
  let to = sorted.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    const compared = compareValues(sorted[middle], wanted);
    if (compared === 0) return true;
    if (compared < 0) from = middle + 1;
    else to = middle;
  }
  return false;
}
