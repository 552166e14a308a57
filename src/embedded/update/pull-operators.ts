// $pull and $pullAll.
import { BSONRegExp } from "bson";
import { CommandError } from "../command-error.ts";
import { parseFilter } from "../query/filter.ts";
import type { QueryScope } from "../query/scope.ts";
import { equalValues } from "../values/compare.ts";
import { isArray, isDocument, kindOf, type Value } from "../values/value.ts";
import { type Modifier, unchanged } from "./modifier.ts";

export function parsePull(operand: Value, _path: string, scope: QueryScope): Modifier {
  return pullWhere(parseCondition(operand, { ...scope, evaluate: null }));
}

export function parsePullAll(operand: Value): Modifier {
  if (!isArray(operand)) {
    throw new CommandError("BadValue", `$pullAll requires an array argument but was given a ${kindOf(operand)}`);
  }
  return pullWhere((element) => operand.some((value) => equalValues(element, value)));
}

function pullWhere(isPulled: (element: Value) => boolean): Modifier {
  return {
    change: (value) => {
      if (!isArray(value)) throw new CommandError("BadValue", "Cannot apply $pull to a non-array value");
      const kept = value.filter((element) => !isPulled(element));
      return kept.length === value.length ? unchanged : kept;
    },
    create: null,
  };
}

/**
 * `{$gt: 1}` and a regular expression are asked of the element, as of a field; any other document is a filter that only
 * documents can match; everything else is a value to be equal to.
 */
function parseCondition(operand: Value, scope: QueryScope): (element: Value) => boolean {
  if (operand instanceof BSONRegExp || (isDocument(operand) && isFieldOperator(Object.keys(operand)[0] ?? ""))) {
    const filter = parseFilter({ "": operand }, scope);
    return (element) => filter.matches({ "": element });
  }
  if (!isDocument(operand)) return (element) => equalValues(element, operand);
  const filter = parseFilter(operand, scope);
  return (element) => isDocument(element) && filter.matches(element);
}

/** Not `$not`, which mongod takes for a field's name here and then refuses. */
function isFieldOperator(name: string): boolean {
  return /^\$(eq|ne|gte?|lte?|n?in|exists|type|size|all|elemMatch|mod|regex|options|bits\w+|near\w*|geo\w+|within)$/.test(
    name,
  );
}
