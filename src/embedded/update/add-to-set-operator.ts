// $addToSet: adds what no element equals, numbers of two types being equal.
import { CommandError } from "../command-error.ts";
import { equalValues } from "../values/compare.ts";
import { renderValue } from "../values/render-value.ts";
import { isArray, isDocument, kindOf, type Value } from "../values/value.ts";
import { type Modifier, nameAt, unchanged } from "./modifier.ts";

export function parseAddToSet(operand: Value): Modifier {
  const values = missingFrom([], parseValues(operand));
  return {
    change: (value, place) => {
      if (!isArray(value)) {
        const found = `Field named '${nameAt(place)}' has non-array type ${kindOf(value)}`;
        throw new CommandError("BadValue", `Cannot apply $addToSet to non-array field. ${found}`);
      }
      const added = missingFrom(value, values);
      return added.length === 0 ? unchanged : [...value, ...added];
    },
    create: () => [...values],
  };
}

/** `$each` counts as the first field only. */
function parseValues(operand: Value): readonly Value[] {
  if (!isDocument(operand) || Object.keys(operand)[0] !== "$each") return [operand];
  const values = operand.$each;
  if (!isArray(values)) {
    const found = `must be an array but it was of type ${kindOf(values)}`;
    throw new CommandError("TypeMismatch", `The argument to $each in $addToSet ${found}`);
  }
  if (Object.keys(operand).length > 1) {
    throw new CommandError("BadValue", `Found unexpected fields after $each in $addToSet: ${renderValue(operand)}`);
  }
  return values;
}

function missingFrom(array: readonly Value[], values: readonly Value[]): readonly Value[] {
  const added: Value[] = [];
  for (const value of values) {
    const isEqual = (element: Value) => equalValues(element, value);
    if (!array.some(isEqual) && !added.some(isEqual)) added.push(value);
  }
  return added;
}
