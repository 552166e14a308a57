// $mod.
import { CommandError } from "../command-error.ts";
import { isFiniteNumber } from "../values/numbers.ts";
import { isArray, isNumber, missing, type Value } from "../values/value.ts";
import { truncatedLong } from "./integer-operand.ts";
import { type Predicate, testOf } from "./predicate.ts";

/** Both operands and the value are cut to whole numbers; a value outside 64 bits never matches. */
export function parseMod(operand: Value): Predicate {
  if (!isArray(operand)) throw malformed("needs to be an array");
  if (operand.length < 2) throw malformed("not enough elements");
  if (operand.length > 2) throw malformed("too many elements");
  const divisor = parsePart("divisor", operand[0]);
  const remainder = parsePart("remainder", operand[1]);
  if (divisor === 0n) throw new CommandError("BadValue", "divisor cannot be 0");
  return testOf((element) => {
    const value = element !== missing && isNumber(element) ? truncatedLong(element) : null;
    return value !== null && value % divisor === remainder;
  });
}

function parsePart(name: string, operand: Value): bigint {
  if (!isNumber(operand)) throw malformed(`${name} not a number`);
  const value = truncatedLong(operand);
  if (value !== null) return value;
  const why = isFiniteNumber(operand)
    ? "Out of bounds coercing to integral value"
    : "Unable to coerce NaN/Inf to integral type";
  throw malformed(`${name} value is invalid :: caused by :: ${why}`);
}

const malformed = (why: string) => new CommandError("BadValue", `malformed mod, ${why}`);
