// Arrays as sets, and whether all or any of their elements are true. An intersection comes in MongoDB's order of values;
// so does a union here, whose order MongoDB leaves open.
import { CommandError } from "../../command-error.ts";
import { compareValues } from "../../values/compare.ts";
import { isArray, isDocument, missing, type Value } from "../../values/value.ts";
import { binary, listOf, unary, variadic } from "../arguments.ts";
import { isNullish, type Operator, type Operators, type Result } from "../expression.ts";
import { kindName } from "../render-value.ts";
import { isTruthy } from "../truth.ts";
import { valueKey } from "../value-key.ts";

export const sets: Operators = {
  $setUnion: variadic((lists) => sortedSet(lists, union, { name: "$setUnion", code: 17043 })),
  $setIntersection: variadic((lists) => sortedSet(lists, intersection, { name: "$setIntersection", code: 17047 })),
  $setDifference: binary("$setDifference", difference),
  $setIsSubset: binary("$setIsSubset", isSubset),
  $setEquals: parseSetEquals(),
  $allElementsTrue: unary("$allElementsTrue", (list) => elementsOf("$allElementsTrue", 17040, list).every(isTruthy)),
  $anyElementTrue: unary("$anyElementTrue", (list) => elementsOf("$anyElementTrue", 17041, list).some(isTruthy)),
};

/** The first of equal values stands for all of them. */
type ValueSet = ReadonlyMap<string, Value>;

function setOf(list: readonly Value[]): ValueSet {
  const set = new Map<string, Value>();
  for (const value of list) {
    const key = valueKey(value);
    if (!set.has(key)) set.set(key, value);
  }
  return set;
}

type Combine = (a: ValueSet, b: ValueSet) => ValueSet;

const union: Combine = (a, b) => new Map([...b, ...a]);
const intersection: Combine = (a, b) => new Map([...a].filter(([key]) => b.has(key)));

function sortedSet(lists: Iterable<Result>, combine: Combine, { name, code }: { name: string; code: number }): Result {
  let combined: ValueSet | null = null;
  for (const list of lists) {
    if (isNullish(list)) return null;
    if (!isArray(list)) {
      const problem = `All operands of ${name} must be arrays. One argument is of type: ${kindName(list)}`;
      throw new CommandError(code, problem);
    }
    combined = combined === null ? setOf(list) : combine(combined, setOf(list));
  }
  return [...(combined?.values() ?? [])].sort(compareValues);
}

function difference(a: Result, b: Result): Result {
  if (isNullish(a) || isNullish(b)) return null;
  const first = operand("$setDifference", { code: 17048, which: "First" }, a);
  const second = setOf(operand("$setDifference", { code: 17049, which: "Second" }, b));
  return [...setOf(first)].filter(([key]) => !second.has(key)).map(([, value]) => value);
}

function isSubset(a: Result, b: Result): boolean {
  const first = operand("$setIsSubset", { code: 17046, which: "First" }, a);
  const second = setOf(operand("$setIsSubset", { code: 17042, which: "Second" }, b));
  return first.every((value) => second.has(valueKey(value)));
}

function operand(name: string, { code, which }: { code: number; which: string }, list: Result): readonly Value[] {
  if (list !== missing && isArray(list)) return list;
  const problem = `both operands of ${name} must be arrays. ${which} argument is of type: ${kindName(list)}`;
  throw new CommandError(code, problem);
}

function parseSetEquals(): Operator {
  return (argument, scope) => {
    const list = listOf(argument);
    if (list.length < 2) throw new CommandError(17045, `$setEquals needs at least two arguments had: ${list.length}`);
    // A constant that is no array has a code of its own.
    const isConstant = list.map((each) => !isDocument(each) && !(typeof each === "string" && each.startsWith("$")));
    const parsed = list.map((each) => scope.parse(each));
    return (frame) => {
      const given = parsed.map((each, at) => equalOperand(each(frame), at, isConstant[at] === true));
      const [first = new Map(), ...others] = given;
      return others.every((other) => other.size === first.size && [...other.keys()].every((key) => first.has(key)));
    };
  };
}

function equalOperand(list: Result, at: number, isConstant: boolean): ValueSet {
  if (list !== missing && isArray(list)) return setOf(list);
  const problem = `All operands of $setEquals must be arrays. ${at + 1}-th argument is of type: ${kindName(list)}`;
  throw new CommandError(isConstant ? 5887502 : 17044, problem);
}

function elementsOf(name: string, code: number, list: Result): readonly Value[] {
  if (list !== missing && isArray(list)) return list;
  throw new CommandError(code, `${name}'s argument must be an array, but is ${kindName(list)}`);
}
