// Parts of arrays: $arrayElemAt, $slice, $firstN, $lastN, and $range, which makes one.
import { Int32 } from "bson";
import { CommandError } from "../../command-error.ts";
import { toDouble } from "../../values/numbers.ts";
import { renderField } from "../../values/render-value.ts";
import { isArray, isNumber, missing, type Value } from "../../values/value.ts";
import { binary, named, ranged } from "../arguments.ts";
import { isNullish, type Operator, type Operators, type Result } from "../expression.ts";
import { kindName, renderDouble, renderValue } from "../render-value.ts";
import { parseCount } from "./iteration.ts";
import { int32Of } from "./numbers.ts";

export const slices: Operators = {
  $arrayElemAt: binary("$arrayElemAt", elementAt),
  $slice: ranged("$slice", [2, 3], slice),
  $firstN: endsOf("$firstN", (list, count) => list.slice(0, count)),
  $lastN: endsOf("$lastN", (list, count) => list.slice(-count)),
  $range: ranged("$range", [2, 3], range),
};

function elementAt(list: Result, at: Result): Result {
  if (isNullish(list) || isNullish(at)) return null;
  if (!isArray(list)) {
    throw new CommandError(28689, `$arrayElemAt's first argument must be an array, but is ${kindName(list)}`);
  }
  if (!isNumber(at)) {
    throw new CommandError(28690, `$arrayElemAt's second argument must be a numeric value, but is ${kindName(at)}`);
  }
  const index = int32Of(at);
  if (index === null) {
    const problem = "$arrayElemAt's second argument must be representable as a 32-bit integer";
    throw new CommandError(28691, `${problem}: ${renderDouble(toDouble(at))}`);
  }
  const position = index < 0 ? list.length + index : index;
  return position >= 0 && position < list.length ? list[position] : missing;
}

function slice([list, first, second]: readonly Result[], count: number): Result {
  if (isNullish(list) || isNullish(first as Result) || (count === 3 && isNullish(second as Result))) return null;
  if (!isArray(list)) {
    throw new CommandError(28724, `First argument to $slice must be an array, but is of type: ${kindName(list)}`);
  }
  const from = sliceNumber(first, { code: 28725, name: "Second", must: "must be a numeric value" });
  if (count === 2) return from < 0 ? list.slice(from) : list.slice(0, from);
  const length = sliceNumber(second, { code: 28727, name: "Third", must: "must be numeric" });
  if (length < 1) throw new CommandError(28729, `Third argument to $slice must be positive: ${length}`);
  const start = from < 0 ? Math.max(0, list.length + from) : from;
  return list.slice(start, start + length);
}

/** The code for what is no 32-bit integer follows the one for what is no number. */
function sliceNumber(given: Result, { code, name, must }: { code: number; name: string; must: string }): number {
  if (given === undefined || typeof given === "symbol" || !isNumber(given)) {
    throw new CommandError(code, `${name} argument to $slice ${must}, but is of type: ${kindName(given)}`);
  }
  const number = int32Of(given);
  if (number !== null) return number;
  const problem = `${name} argument to $slice can't be represented as a 32-bit integer`;
  throw new CommandError(code + 1, `${problem}: ${renderDouble(toDouble(given))}`);
}

function endsOf(name: string, cut: (list: Value[], count: number) => Value[]): Operator {
  return named(
    ["input", "n"],
    {
      required: {
        n: [5787906, () => "Missing value for 'n'"],
        input: [5787907, () => "Missing value for 'input'"],
      },
      notDocument: [5787801, (_, given) => `specification must be an object; found ${renderField(name, given)}`],
      unknown: [5787901, (found) => `Unknown argument for 'n' operator: ${found}`],
    },
    ({ input, n }) => {
      const count = parseCount(n as Result);
      if (typeof input !== "symbol" && isArray(input)) return cut(input, count);
      throw new CommandError(5788200, "Input must be an array");
    },
  );
}

function range([first, last, by]: readonly Result[], count: number): Result {
  const start = rangeNumber(first, { code: 34443, name: "starting value", a: "a " });
  const end = rangeNumber(last, { code: 34445, name: "ending value", a: "an " });
  const step = count === 3 ? rangeNumber(by, { code: 34447, name: "step value", a: "a " }) : 1;
  if (step === 0) throw new CommandError(34449, "$range requires a non-zero step value");
  const list: Int32[] = [];
  for (let at = start; step > 0 ? at < end : at > end; at += step) list.push(new Int32(at));
  return list;
}

function rangeNumber(given: Result, { code, name, a }: { code: number; name: string; a: string }): number {
  if (given === undefined || typeof given === "symbol" || !isNumber(given)) {
    const space = name === "step value" ? "" : " ";
    throw new CommandError(code, `$range requires a numeric ${name}, found value of type:${space}${kindName(given)}`);
  }
  const number = int32Of(given);
  if (number !== null) return number;
  const problem = `$range requires ${a}${name} that can be represented as a 32-bit integer`;
  throw new CommandError(code + 1, `${problem}, found value: ${renderValue(given)}`);
}
