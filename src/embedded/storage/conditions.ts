// A filter as the planner sees it: conditions on one path each, all of which must hold. A filter that was parsed is
// expected; what the planner can't use it leaves to the filter, which is applied to every document read.
import { isOperatorDocument } from "../query/operator-document.ts";
import { toDouble } from "../values/numbers.ts";
import { isArray, isDocument, isNumber, type Kind, kindOf, type Value, type ValueDocument } from "../values/value.ts";

export interface Condition {
  /** Empty for an operator that stands beside the fields, such as `$or`. */
  readonly path: string;
  readonly operator: string;
  readonly operand: Value;
}

/** All of them: a document matches the filter exactly where it meets each one. `$and` is flattened. */
export function conditionsOf(filter: ValueDocument): readonly Condition[] {
  return Object.entries(filter).flatMap(([name, operand]) => {
    if (name === "$and" && isArray(operand)) return operand.filter(isDocument).flatMap(conditionsOf);
    return name.startsWith("$") ? [{ path: "", operator: name, operand }] : onPath(name, operand);
  });
}

function onPath(path: string, asked: Value): readonly Condition[] {
  if (isOperatorDocument(asked)) {
    return Object.entries(asked).map(([operator, operand]) => ({ path, operator, operand }));
  }
  return [{ path, operator: kindOf(asked) === "regex" ? "$regex" : "$eq", operand: asked }];
}

/**
 * Not plain is what means more than the entries equal to it: an array is compared whole and by elements, a null matches
 * what is missing, MinKey and MaxKey compare with all types, a regular expression matches strings. Code nobody asks for.
 */
const specialKinds: ReadonlySet<Kind> = new Set([
  ...(["array", "null", "undefined", "minKey", "maxKey", "regex"] as const),
  ...(["javascript", "javascriptWithScope"] as const),
]);

export const isPlain = (value: Value): boolean => !specialKinds.has(kindOf(value));

/** The values of which a matching document has one; null where the condition names no such list. */
export function listedValues({ operator, operand }: Condition): readonly Value[] | null {
  if (operator === "$eq") return [operand];
  return operator === "$in" && isArray(operand) ? operand : null;
}

export type Comparison = "$gt" | "$gte" | "$lt" | "$lte";

const comparisons: ReadonlySet<string> = new Set<Comparison>(["$gt", "$gte", "$lt", "$lte"]);

/** A comparison that holds for values of its operand's bracket only. */
export function isBracketed(condition: Condition): condition is Condition & { readonly operator: Comparison } {
  return comparisons.has(condition.operator) && isPlain(condition.operand);
}

/** A document that meets the condition has something at the path. */
export function impliesExistence(condition: Condition): boolean {
  const { operator, operand } = condition;
  if (operator === "$exists") return operand === true || (isNumber(operand) && toDouble(operand) !== 0);
  return isBracketed(condition) || (listedValues(condition)?.every(isPlain) ?? false);
}
