// Whether two values are the same byte for byte: `$set` of 1.0 over 1 is a change, though both are equal in a filter.
import type { Code, Decimal128, Double } from "bson";
import { equalValues } from "../values/compare.ts";
import { kindOf, type Value, type ValueDocument } from "../values/value.ts";

export function identicalValues(a: Value, b: Value): boolean {
  const kind = kindOf(a);
  if (kind !== kindOf(b)) return false;
  switch (kind) {
    case "object":
      return identicalDocuments(a as ValueDocument, b as ValueDocument);
    case "array":
      return identicalArrays(a as Value[], b as Value[]);
    case "double":
      return Object.is((a as Double).value, (b as Double).value);
    case "decimal":
      return Buffer.compare((a as Decimal128).bytes, (b as Decimal128).bytes) === 0;
    case "javascriptWithScope":
      return equalValues(a, b) && identicalValues(scopeOf(a as Code), scopeOf(b as Code));
    default:
      return equalValues(a, b);
  }
}

/** Field by field in their order. */
function identicalDocuments(a: ValueDocument, b: ValueDocument): boolean {
  const names = Object.keys(a);
  const others = Object.keys(b);
  return (
    names.length === others.length &&
    names.every((name, at) => name === others[at] && identicalValues(a[name], b[name]))
  );
}

function identicalArrays(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((element, at) => identicalValues(element, b[at]));
}

const scopeOf = ({ scope }: Code): ValueDocument => (scope ?? {}) as ValueDocument;
