// Arrays as a whole: their size, order, first and last element, and several of them joined.
import { Int32 } from "bson";
import { CommandError } from "../../command-error.ts";
import { parseSort, type SortField } from "../../query/sort.ts";
import { compareValues } from "../../values/compare.ts";
import { toDouble } from "../../values/numbers.ts";
import { fieldOf, isArray, isDocument, isNumber, missing, type Value, type ValueDocument } from "../../values/value.ts";
import { readNamed, unary, variadic } from "../arguments.ts";
import { type Evaluate, type ExpressionScope, isNullish, type Operators, orNull, type Result } from "../expression.ts";
import { kindName, renderValue } from "../render-value.ts";

export const arrays: Operators = {
  $size: unary("$size", (list) => {
    if (list !== missing && isArray(list)) return new Int32(list.length);
    throw new CommandError(17124, `The argument to $size must be an array, but was of type: ${kindName(list)}`);
  }),
  $isArray: unary("$isArray", (list) => list !== missing && isArray(list)),
  $reverseArray: unary("$reverseArray", (list) => {
    if (isNullish(list)) return null;
    if (isArray(list)) return list.toReversed();
    throw new CommandError(34435, `The argument to $reverseArray must be an array, but was of type: ${kindName(list)}`);
  }),
  $first: unary("$first", (list) => endOf("$first", list, 0)),
  $last: unary("$last", (list) => endOf("$last", list, -1)),
  $concatArrays: variadic(concatenate),
  $sortArray: parseSortArray,
  $zip: parseZip,
};

function endOf(name: string, list: Result, at: 0 | -1): Result {
  if (isNullish(list)) return null;
  if (!isArray(list)) throw new CommandError(28689, `${name}'s argument must be an array, but is ${kindName(list)}`);
  return list.length === 0 ? missing : (list.at(at) as Value);
}

function concatenate(lists: Iterable<Result>): Result {
  const all: Value[] = [];
  for (const list of lists) {
    if (isNullish(list)) return null;
    if (!isArray(list)) throw new CommandError(28664, `$concatArrays only supports arrays, not ${kindName(list)}`);
    all.push(...list);
  }
  return all;
}

function parseSortArray(argument: Value, scope: ExpressionScope): Evaluate {
  const given = readNamed(argument, {
    required: {
      input: [2942502, () => "$sortArray requires 'input' to be specified"],
      sortBy: [2942503, () => "$sortArray requires 'sortBy' to be specified"],
    },
    notDocument: [2942500, (kind) => `$sortArray requires an object as an argument, found: ${kind}`],
    unknown: [2942501, (name) => `$sortArray found an unknown argument: ${name}`],
  });
  const input = scope.parse(given.get("input"));
  const compare = parseElementOrder(given.get("sortBy"));
  return (frame) => {
    const list = input(frame);
    if (isNullish(list)) return null;
    if (isArray(list)) return list.toSorted(compare);
    const problem = `The input argument to $sortArray must be an array, but was of type: ${kindName(list)}`;
    throw new CommandError(2942504, problem);
  };
}

function parseElementOrder(sortBy: Value): (a: Value, b: Value) => number {
  if (isDocument(sortBy)) {
    if (Object.keys(sortBy).length === 0) {
      throw new CommandError(2942505, "BadValue: The sort pattern is empty when it should be a set of fields.");
    }
    const fields = parseFields(sortBy).map(({ path, direction }) => ({ names: path.split("."), direction }));
    return (a, b) => {
      for (const { names, direction } of fields) {
        const order = compareValues(sortKey(a, names), sortKey(b, names));
        if (order !== 0) return order * direction;
      }
      return 0;
    };
  }
  if (!isNumber(sortBy)) {
    const problem = "use 1/-1 to sort the whole element, or {field:1/-1} to sort embedded fields";
    throw new CommandError(2942507, `The $sort is invalid: ${problem}`);
  }
  const direction = toDouble(sortBy);
  if (direction === 1 || direction === -1) return (a, b) => direction * compareValues(a, b);
  throw new CommandError(2942506, "The $sort element value must be either 1 or -1");
}

function parseFields(sortBy: ValueDocument): readonly SortField[] {
  try {
    return parseSort(sortBy).fields;
  } catch (error) {
    if (!(error instanceof CommandError) || (error.code !== 15974 && error.code !== 15975)) throw error;
    throw new CommandError(2942505, "BadValue: The sort element value must be either 1 or -1");
  }
}

/** Unlike a sort of documents: no element of an array is looked at, and an array on the way comes before null. */
function sortKey(element: Value, names: readonly string[]): Value {
  let value: Result = element;
  for (const name of names) {
    if (value !== missing && isArray(value)) return undefined;
    value = value !== missing && isDocument(value) ? fieldOf(value, name) : missing;
  }
  return orNull(value);
}

function parseZip(argument: Value, scope: ExpressionScope): Evaluate {
  const given = readNamed(argument, {
    required: {},
    optional: ["inputs", "defaults", "useLongestLength"],
    notDocument: [34460, (kind) => `$zip only supports an object as an argument, found ${kind}`],
    unknown: [34464, (name) => `$zip found an unknown argument: ${name}`],
  });
  const inputs = parseList("inputs", 34461, given.get("inputs") ?? []).map((each) => scope.parse(each));
  const defaults = parseList("defaults", 34462, given.get("defaults") ?? []).map((each) => scope.parse(each));
  const longest = given.has("useLongestLength") ? given.get("useLongestLength") : false;
  if (typeof longest !== "boolean") throw new CommandError(34463, `useLongestLength must be a bool, found object`);
  if (inputs.length === 0) throw new CommandError(34465, "$zip requires at least one input array");
  if (defaults.length > 0 && !longest) {
    throw new CommandError(34466, "cannot specify defaults unless useLongestLength is true");
  }
  if (defaults.length > 0 && defaults.length !== inputs.length) {
    throw new CommandError(34467, "defaults and inputs must have the same length");
  }
  return (frame) => {
    const lists = inputs.map((input) => input(frame));
    if (lists.some(isNullish)) return null;
    const arrays = lists.map(checkZipped);
    const lengths = arrays.map((list) => list.length);
    const length = longest ? Math.max(...lengths) : Math.min(...lengths);
    const fill = inputs.map((_, at) => (defaults.length === 0 ? null : (defaults[at] as Evaluate)(frame)));
    const rowAt = (row: number) =>
      arrays.map((list, at) => (row < list.length ? (list[row] as Value) : (fill[at] as Result)));
    // A default that is missing leaves its place out.
    return Array.from({ length }, (_, row) => rowAt(row).filter((value) => value !== missing));
  };
}

function parseList(name: string, code: number, given: Value): readonly Value[] {
  if (isArray(given)) return given;
  throw new CommandError(code, `${name} must be an array of expressions, found ${kindName(given)}`);
}

function checkZipped(list: Result): readonly Value[] {
  if (list !== missing && isArray(list)) return list;
  throw new CommandError(34468, `$zip found a non-array expression in input: ${renderValue(list)}`);
}
