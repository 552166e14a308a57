// $size, $all, $elemMatch: they see an array as a whole.
import { BSONRegExp } from "bson";
import { CommandError } from "../command-error.ts";
import { isArray, isDocument, missing, setField, type Value, type ValueDocument } from "../values/value.ts";
import { parseEq } from "./comparison-operators.ts";
import { parseNonNegativeInt } from "./integer-operand.ts";
import { isLogicalOperator } from "./logical-names.ts";
import { isOperatorDocument } from "./operator-document.ts";
import { allOf, type ElementTest, onElement, type ParseContext, type Predicate, testOf } from "./predicate.ts";
import { matchRegex } from "./regex-operator.ts";

export function parseSize(operand: Value): Predicate {
  const size = parseNonNegativeInt("$size", operand);
  if (!size.ok) throw new CommandError("BadValue", `Failed to parse $size. ${size.why}`);
  const length = Number(size.value);
  return testOf((element) => element !== missing && isArray(element) && element.length === length, "whole");
}

/** Each operand is looked for by itself, so `{$all: [[1, 2]]}` is plain equality. Nothing has all of nothing. */
export function parseAll(operand: Value, context: ParseContext): Predicate {
  if (!isArray(operand)) throw new CommandError("BadValue", "$all needs an array");
  if (operand.length === 0) return testOf(() => false);
  if (isElemMatch(operand[0])) return allOf(operand.map((part) => parseAllElemMatch(part, context)));
  return allOf(operand.map(parseAllValue));
}

const isElemMatch = (value: Value): value is ValueDocument =>
  isOperatorDocument(value) && Object.keys(value)[0] === "$elemMatch";

function parseAllElemMatch(part: Value, context: ParseContext): Predicate {
  if (!isElemMatch(part)) throw new CommandError("BadValue", "$all/$elemMatch has to be consistent");
  return parseElemMatch(part.$elemMatch, context);
}

function parseAllValue(part: Value): Predicate {
  if (isOperatorDocument(part)) throw new CommandError("BadValue", "no $ expressions in $all");
  return part instanceof BSONRegExp ? testOf(matchRegex(part)) : parseEq(part);
}

/** One element satisfies everything: as a value (`{$gt: 1, $lt: 3}`) or as a document (`{b: 1, c: 2}`). */
export function parseElemMatch(operand: Value, context: ParseContext): Predicate {
  if (!isDocument(operand)) throw new CommandError("BadValue", "$elemMatch needs an Object");
  const test = isAboutValues(operand) ? aboutValues(operand, context) : aboutDocuments(operand, context);
  return testOf((element, details) => {
    if (element === missing || !isArray(element)) return false;
    const at = element.findIndex((inner) => test(inner, null));
    if (at !== -1 && details !== null) details.arrayIndex = at;
    return at !== -1;
  }, "whole");
}

function isAboutValues(operand: ValueDocument): boolean {
  return isOperatorDocument(operand) && !isLogicalOperator(Object.keys(operand)[0] ?? "");
}

function aboutValues(operand: ValueDocument, context: ParseContext): ElementTest {
  return onElement(context.parseOperators(operand, { ...context, path: "", isTopLevel: false }));
}

/** An array in the array is a document too, whose fields are its positions. */
function aboutDocuments(operand: ValueDocument, context: ParseContext): ElementTest {
  const test = context.parseFilter(operand, { ...context, isTopLevel: false });
  return (element) => {
    if (element === missing) return false;
    if (isArray(element)) return test(documentOfArray(element), null);
    return isDocument(element) && test(element, null);
  };
}

function documentOfArray(array: readonly Value[]): ValueDocument {
  const document: ValueDocument = {};
  for (const [at, value] of array.entries()) setField(document, String(at), value);
  return document;
}
