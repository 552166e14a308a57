// $add, $subtract, $multiply, $divide, $mod, $abs, $sqrt: with MongoDB's types of results and codes of errors.
import { Double, Long } from "bson";
import { CommandError } from "../../command-error.ts";
import { toDouble } from "../../values/numbers.ts";
import { isNumber } from "../../values/value.ts";
import { binary, unary, variadic } from "../arguments.ts";
import { isNullish, type Operators, type Result } from "../expression.ts";
import { kindName } from "../render-value.ts";
import {
  bigOf,
  int32Of,
  integerOf,
  runningProduct,
  runningTotal,
  subtractNumbers,
  truncated,
  withoutDecimal,
} from "./numbers.ts";

export const arithmetic: Operators = {
  $add: variadic(add),
  $subtract: binary("$subtract", subtract),
  $multiply: variadic(multiply),
  $divide: binary("$divide", divide),
  $mod: binary("$mod", modulo),
  $abs: unary("$abs", absolute),
  $sqrt: unary("$sqrt", squareRoot),
};

/** Null at the first null or missing argument; what stands after it is not looked at. */
function add(args: Iterable<Result>): Result {
  let date: Date | null = null;
  const total = runningTotal();
  for (const value of args) {
    if (isNullish(value)) return null;
    if (value instanceof Date) {
      if (date !== null) throw new CommandError(16612, "only one date allowed in an $add expression");
      date = value;
      total.add(Long.fromNumber(value.getTime()));
    } else if (isNumber(value)) {
      total.add(value);
    } else {
      throw new CommandError(16554, `$add only supports numeric or date types, not ${kindName(value)}`);
    }
  }
  return date === null ? total.sum() : dateAt(total.whole(), "$add");
}

function dateAt(time: number, operator: string): Date {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) throw new CommandError("Overflow", `date overflow in ${operator}`);
  return date;
}

function subtract(a: Result, b: Result): Result {
  if (isNullish(a) || isNullish(b)) return null;
  if (a instanceof Date) {
    if (b instanceof Date) return Long.fromNumber(a.getTime() - b.getTime());
    if (isNumber(b)) return dateAt(a.getTime() - truncated(withoutDecimal("$subtract from a date", b)), "$subtract");
    throw new CommandError("TypeMismatch", `can't $subtract ${kindName(b)} from Date`);
  }
  if (isNumber(a) && isNumber(b)) return subtractNumbers(a, b);
  throw new CommandError("TypeMismatch", `can't $subtract ${kindName(b)} from ${kindName(a)}`);
}

function multiply(args: Iterable<Result>): Result {
  const product = runningProduct();
  for (const value of args) {
    if (isNullish(value)) return null;
    if (!isNumber(value)) {
      throw new CommandError("TypeMismatch", `$multiply only supports numeric types, not ${kindName(value)}`);
    }
    product.multiply(value);
  }
  return product.product();
}

function divide(a: Result, b: Result): Result {
  if (isNullish(a) || isNullish(b)) return null;
  if (!isNumber(a) || !isNumber(b)) {
    const kinds = `${kindName(a)} and ${kindName(b)}`;
    throw new CommandError("TypeMismatch", `$divide only supports numeric types, not ${kinds}`);
  }
  if (toDouble(b) === 0) throw new CommandError("BadValue", "can't $divide by zero");
  return new Double(toDouble(withoutDecimal("$divide", a)) / toDouble(withoutDecimal("$divide", b)));
}

/** A double on the right that is a whole number counts as an integer, on the left it does not. */
function modulo(a: Result, b: Result): Result {
  if (isNullish(a) || isNullish(b)) return null;
  if (!isNumber(a) || !isNumber(b)) {
    throw new CommandError(16611, `$mod only supports numeric types, not ${kindName(a)} and ${kindName(b)}`);
  }
  if (toDouble(b) === 0) throw new CommandError(16610, "can't $mod by zero");
  const left = withoutDecimal("$mod", a);
  const right = withoutDecimal("$mod", b);
  const divisor = right instanceof Double ? int32Of(right) : null;
  const whole = right instanceof Double ? (divisor === null ? null : BigInt(divisor)) : bigOf(right);
  if (left instanceof Double || whole === null) return new Double(toDouble(left) % toDouble(right));
  return integerOf(bigOf(left) % whole, left instanceof Long || right instanceof Long);
}

function absolute(value: Result): Result {
  if (isNullish(value)) return null;
  if (!isNumber(value)) throw new CommandError(28765, `$abs only supports numeric types, not ${kindName(value)}`);
  const number = withoutDecimal("$abs", value);
  if (number instanceof Double) return new Double(Math.abs(number.value));
  const big = bigOf(number);
  if (big === -(2n ** 63n)) throw new CommandError(28680, "can't take $abs of long long min");
  return integerOf(big < 0n ? -big : big, number instanceof Long);
}

function squareRoot(value: Result): Result {
  if (isNullish(value)) return null;
  if (!isNumber(value)) throw new CommandError(28765, `$sqrt only supports numeric types, not ${kindName(value)}`);
  const number = toDouble(withoutDecimal("$sqrt", value));
  if (number < 0) throw new CommandError(28714, "$sqrt's argument must be greater than or equal to 0");
  return new Double(Math.sqrt(number));
}
