// $pop: takes the last element (1) or the first one (-1).
import { CommandError } from "../command-error.ts";
import { parseLong } from "../query/integer-operand.ts";
import { isArray, kindOf, type Value } from "../values/value.ts";
import { type Modifier, unchanged } from "./modifier.ts";

export function parsePop(operand: Value, path: string): Modifier {
  const parsed = parseLong(path, operand);
  if (!parsed.ok) throw new CommandError("FailedToParse", parsed.why);
  if (parsed.value !== 1n && parsed.value !== -1n) {
    throw new CommandError("FailedToParse", `$pop expects 1 or -1, found: ${parsed.value}`);
  }
  const isLast = parsed.value === 1n;
  return {
    change: (value, place) => {
      if (!isArray(value)) {
        const found = `contains an element of non-array type '${kindOf(value)}'`;
        throw new CommandError("TypeMismatch", `Path '${place.path.join(".")}' ${found}`);
      }
      if (value.length === 0) return unchanged;
      return isLast ? value.slice(0, -1) : value.slice(1);
    },
    create: null,
  };
}
