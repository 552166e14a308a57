// `{$gt: 1}` is a set of operators and `{b: 1}` a value to be equal to: the first field decides.
import { isDocument, type Value, type ValueDocument } from "../values/value.ts";

export function isOperatorDocument(value: Value): value is ValueDocument {
  if (!isDocument(value)) return false;
  for (const field in value) return field.startsWith("$");
  return false;
}
