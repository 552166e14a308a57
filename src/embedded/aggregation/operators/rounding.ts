// $ceil, $floor, $round, $trunc. Decimal places are those of the double's exact value: 1.005 is less than 1.005.
import { Double, Int32, Long } from "bson";
import { CommandError } from "../../command-error.ts";
import { exactOf, toDouble } from "../../values/numbers.ts";
import { isNumber, type NumberValue } from "../../values/value.ts";
import { ranged, unary } from "../arguments.ts";
import { isNullish, type Operator, type Operators, type Result } from "../expression.ts";
import { kindName } from "../render-value.ts";
import { bigOf, integerOf, withoutDecimal } from "./numbers.ts";

type Mode = "$round" | "$trunc";

export const rounding: Operators = {
  $ceil: unary("$ceil", (value) => whole("$ceil", value, Math.ceil)),
  $floor: unary("$floor", (value) => whole("$floor", value, Math.floor)),
  $round: toPlaces("$round"),
  $trunc: toPlaces("$trunc"),
};

function whole(name: string, value: Result, compute: (value: number) => number): Result {
  if (isNullish(value)) return null;
  if (!isNumber(value)) throw new CommandError(28765, `${name} only supports numeric types, not ${kindName(value)}`);
  const number = withoutDecimal(name, value);
  return number instanceof Double ? new Double(compute(number.value)) : number;
}

function toPlaces(mode: Mode): Operator {
  return ranged(mode, [1, 2], ([value, given], count) => {
    const places = count === 1 ? new Int32(0) : given;
    if (isNullish(value) || isNullish(places)) return null;
    if (!isNumber(value)) throw new CommandError(51081, `${mode} only supports numeric types, not ${kindName(value)}`);
    return rounded(mode, withoutDecimal(mode, value), parsePlaces(mode, places));
  });
}

function parsePlaces(mode: Mode, given: Result): number {
  if (!isNumber(given as NumberValue)) {
    throw new CommandError(16004, `can't convert from BSON type ${kindName(given)} to long`);
  }
  const places = toDouble(given as NumberValue);
  if (!Number.isInteger(places)) {
    throw new CommandError(51082, `precision argument to  ${mode} must be a integral value`);
  }
  if (places < -20 || places > 100) {
    const problem = `cannot apply ${mode} with precision value ${places} value must be in [-20, 100]`;
    throw new CommandError(51083, problem);
  }
  return places;
}

function rounded(mode: Mode, value: Int32 | Long | Double, places: number): NumberValue {
  if (!(value instanceof Double)) {
    if (places >= 0) return value;
    const result = roundedDigits(mode, bigOf(value), -places) * 10n ** BigInt(-places);
    if (BigInt.asIntN(64, result) === result) return integerOf(result, value instanceof Long);
    const problem = `invalid conversion from Decimal128 result in ${mode} resulting from arguments`;
    throw new CommandError(51080, `${problem}: [${value}, ${places}]`);
  }
  if (!Number.isFinite(value.value)) return value;
  const { digits, exponent } = exactOf(value);
  const drop = -exponent - places;
  if (drop <= 0) return value;
  const magnitude = Number(`${roundedDigits(mode, digits, drop)}e${-places}`);
  return new Double(magnitude === 0 && (value.value < 0 || Object.is(value.value, -0)) ? -0 : magnitude);
}

/** Without the last `drop` digits; half goes to the even neighbour. */
export function roundedDigits(mode: Mode, digits: bigint, drop: number): bigint {
  const unit = 10n ** BigInt(drop);
  const kept = digits / unit;
  if (mode === "$trunc") return kept;
  const twice = (digits % unit) * 2n;
  const size = twice < 0n ? -twice : twice;
  const away = digits < 0n ? -1n : 1n;
  return size > unit || (size === unit && kept % 2n !== 0n) ? kept + away : kept;
}
