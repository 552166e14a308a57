// $min and $max, in MongoDB's order over all types.
import { compareValues } from "../values/compare.ts";
import type { Value } from "../values/value.ts";
import { type Modifier, unchanged } from "./modifier.ts";

export function parseExtreme(name: "$min" | "$max"): (operand: Value) => Modifier {
  return (operand) => ({
    change: (value) => {
      const order = compareValues(operand, value);
      return (name === "$min" ? order < 0 : order > 0) ? operand : unchanged;
    },
    create: () => operand,
  });
}
