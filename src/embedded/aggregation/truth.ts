// What counts as true in an expression: everything but null, missing, false and zero; an empty string too.
import { toDouble } from "../values/numbers.ts";
import { isNumber } from "../values/value.ts";
import { isNullish, type Result } from "./expression.ts";

export function isTruthy(value: Result): boolean {
  if (isNullish(value) || value === false) return false;
  return !isNumber(value) || toDouble(value) !== 0;
}
