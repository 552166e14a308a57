// $map, $filter, $reduce: an expression for each element, which is bound to a variable.
import { CommandError } from "../../command-error.ts";
import { toDouble } from "../../values/numbers.ts";
import { isArray, isNumber, type Value } from "../../values/value.ts";
import { readNamed } from "../arguments.ts";
import {
  type Evaluate,
  type ExpressionScope,
  type Frame,
  isNullish,
  type Operators,
  orNull,
  type Result,
  type Slot,
  withBinding,
} from "../expression.ts";
import { kindName, renderValue } from "../render-value.ts";
import { isTruthy } from "../truth.ts";
import { checkUserVariable } from "../variable-names.ts";
import { int32Of } from "./numbers.ts";

export const iteration: Operators = { $map: parseMap, $filter: parseFilterArray, $reduce: parseReduce };

function parseMap(argument: Value, scope: ExpressionScope): Evaluate {
  const given = readNamed(argument, {
    required: {
      input: [16880, () => "Missing 'input' parameter to $map"],
      in: [16882, () => "Missing 'in' parameter to $map"],
    },
    optional: ["as"],
    notDocument: [16878, () => "$map only supports an object as its argument"],
    unknown: [16879, (name) => `Unrecognized parameter to $map: ${name}`],
  });
  const input = scope.parse(given.get("input"));
  const { slot, inner } = bindElement(given, scope);
  const body = inner.parse(given.get("in"));
  return (frame) => {
    const list = input(frame);
    if (isNullish(list)) return null;
    if (!isArray(list)) throw new CommandError(16883, `input to $map must be an array not ${kindName(list)}`);
    return list.map((element) => orNull(body(withBinding(frame, slot, element))));
  };
}

function bindElement(given: ReadonlyMap<string, Value>, scope: ExpressionScope) {
  const as = given.has("as") ? given.get("as") : "this";
  const name = typeof as === "string" ? as : "";
  checkUserVariable(name);
  const { scope: inner, slots } = scope.bind([name]);
  return { slot: slots[0] as Slot, inner };
}

function parseFilterArray(argument: Value, scope: ExpressionScope): Evaluate {
  const given = readNamed(argument, {
    required: {
      input: [28648, () => "Missing 'input' parameter to $filter"],
      cond: [28650, () => "Missing 'cond' parameter to $filter"],
    },
    optional: ["as", "limit"],
    notDocument: [28646, () => "$filter only supports an object as its argument"],
    unknown: [28647, (name) => `Unrecognized parameter to $filter: ${name}`],
  });
  const input = scope.parse(given.get("input"));
  const limit = given.has("limit") ? scope.parse(given.get("limit")) : null;
  const { slot, inner } = bindElement(given, scope);
  const condition = inner.parse(given.get("cond"));
  return (frame) => {
    const list = input(frame);
    if (isNullish(list)) return null;
    if (!isArray(list)) throw new CommandError(28651, `input to $filter must be an array not ${kindName(list)}`);
    const most = mostWanted(limit, frame);
    const kept: Value[] = [];
    for (const element of list) {
      if (kept.length === most) break;
      if (isTruthy(condition(withBinding(frame, slot, element)))) kept.push(element);
    }
    return kept;
  };
}

function mostWanted(limit: Evaluate | null, frame: Frame): number {
  const given = limit?.(frame);
  if (given === undefined || isNullish(given)) return Number.POSITIVE_INFINITY;
  const most = int32Of(given);
  if (most === null) {
    const problem = "$filter: limit must be represented as a 32-bit integral value";
    throw new CommandError(327391, `${problem}: ${renderValue(given)}`);
  }
  if (most < 1) throw new CommandError(327392, `$filter: limit must be greater than 0: ${most}`);
  return most;
}

function parseReduce(argument: Value, scope: ExpressionScope): Evaluate {
  const given = readNamed(argument, {
    required: {
      input: [40077, () => "$reduce requires 'input' to be specified"],
      initialValue: [40078, () => "$reduce requires 'initialValue' to be specified"],
      in: [40079, () => "$reduce requires 'in' to be specified"],
    },
    notDocument: [40075, (kind) => `$reduce requires an object as an argument, found: ${kind}`],
    unknown: [40076, (name) => `$reduce found an unknown argument: ${name}`],
  });
  const input = scope.parse(given.get("input"));
  const initial = scope.parse(given.get("initialValue"));
  const { scope: inner, slots } = scope.bind(["this", "value"]);
  const [element, accumulated] = slots as [Slot, Slot];
  const body = inner.parse(given.get("in"));
  return (frame) => {
    const list = input(frame);
    if (isNullish(list)) return null;
    if (!isArray(list)) {
      throw new CommandError(40080, `$reduce requires that 'input' be an array, found: ${renderValue(list)}`);
    }
    let value: Result = initial(frame);
    for (const each of list) value = body(withBinding(withBinding(frame, element, each), accumulated, value));
    return value;
  };
}

/** `n` of $firstN and its like: a whole number above 0. */
export function parseCount(given: Result): number {
  if (given === undefined || typeof given === "symbol" || !isNumber(given)) {
    throw new CommandError(5787902, `Value for 'n' must be of integral type, but found ${renderValue(given)}`);
  }
  const count = toDouble(given);
  if (!Number.isInteger(count)) {
    throw new CommandError(5787903, `Value for 'n' must be of integral type, but found ${renderValue(given)}`);
  }
  if (count < 1) throw new CommandError(5787908, `'n' must be greater than 0, found ${count}`);
  return count;
}
