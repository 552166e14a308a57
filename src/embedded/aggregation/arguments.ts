// The shapes in which operators take their arguments: a list of a fixed length, of a range of lengths, of any length, or
// a document of named ones. Throws what MongoDB throws for another shape.
import { CommandError } from "../command-error.ts";
import { fieldOf, isArray, isDocument, missing, type Value } from "../values/value.ts";
import type { Evaluate, ExpressionScope, Frame, Operator, Result } from "./expression.ts";
import { kindName } from "./render-value.ts";

/** An argument that is no array is a list of one. */
export const listOf = (argument: Value): readonly Value[] => (isArray(argument) ? argument : [argument]);

export function unary(name: string, compute: (value: Result) => Result): Operator {
  return (argument, scope) => {
    const [value] = parseExactly(name, 1, { argument, scope });
    return (frame) => compute((value as Evaluate)(frame));
  };
}

export function binary(name: string, compute: (a: Result, b: Result) => Result): Operator {
  return (argument, scope) => {
    const [a, b] = parseExactly(name, 2, { argument, scope });
    return (frame) => compute((a as Evaluate)(frame), (b as Evaluate)(frame));
  };
}

export function ternary(name: string, compute: (a: Result, b: Result, c: Result) => Result): Operator {
  return (argument, scope) => {
    const [a, b, c] = parseExactly(name, 3, { argument, scope });
    return (frame) => compute((a as Evaluate)(frame), (b as Evaluate)(frame), (c as Evaluate)(frame));
  };
}

interface Parsed {
  readonly argument: Value;
  readonly scope: ExpressionScope;
}

export function parseExactly(name: string, count: number, { argument, scope }: Parsed): readonly Evaluate[] {
  const list = listOf(argument);
  if (list.length !== count) {
    const problem = `takes exactly ${count} arguments. ${list.length} were passed in.`;
    throw new CommandError(16020, `Expression ${name} ${problem}`);
  }
  return list.map((each) => scope.parse(each));
}

/** `args` holds an absent optional argument as undefined. */
export function ranged(
  name: string,
  [least, most]: readonly [number, number],
  compute: (args: readonly Result[], count: number) => Result,
): Operator {
  return (argument, scope) => {
    const list = listOf(argument);
    if (list.length < least || list.length > most) {
      const problem = `takes at least ${least} arguments, and at most ${most}, but ${list.length} were passed in.`;
      throw new CommandError(28667, `Expression ${name} ${problem}`);
    }
    const parsed = list.map((each) => scope.parse(each));
    return (frame) =>
      compute(
        parsed.map((each) => each(frame)),
        parsed.length,
      );
  };
}

/** Evaluates lazily: `compute` may stop early, as MongoDB does at the first null. */
export function variadic(compute: (args: Iterable<Result>, count: number) => Result): Operator {
  return (argument, scope) => {
    const parsed = listOf(argument).map((each) => scope.parse(each));
    return (frame) => compute(results(parsed, frame), parsed.length);
  };
}

function* results(parsed: readonly Evaluate[], frame: Frame): Generator<Result> {
  for (const each of parsed) yield each(frame);
}

/** What MongoDB says where named arguments are wrong: a code, and the message of it. */
export type Refusal = readonly [code: number, message: (found: string, argument: Value) => string];

export interface NamedShape {
  readonly required: Readonly<Record<string, Refusal>>;
  readonly optional?: readonly string[];
  readonly notDocument: Refusal;
  readonly unknown: Refusal;
}

/** The arguments as they were given; an absent optional one is not among them. */
export function readNamed(argument: Value, shape: NamedShape): ReadonlyMap<string, Value> {
  if (!isDocument(argument)) throw refuse(shape.notDocument, kindName(argument), argument);
  const given = new Map<string, Value>();
  for (const [name, value] of Object.entries(argument)) {
    if (!Object.hasOwn(shape.required, name) && shape.optional?.includes(name) !== true) {
      throw refuse(shape.unknown, name);
    }
    given.set(name, value);
  }
  for (const [name, refusal] of Object.entries(shape.required)) {
    if (fieldOf(argument, name) === missing) throw refuse(refusal, name);
  }
  return given;
}

/** `absent` stands for an optional argument that was not given, which is another thing than one that is missing. */
export const absent = Symbol("absent");
export type Optional = Result | typeof absent;

export function named<Name extends string>(
  names: readonly Name[],
  shape: NamedShape,
  compute: (args: Readonly<Record<Name, Optional>>) => Result,
): Operator {
  return (argument, scope) => {
    const given = readNamed(argument, shape);
    const parsed = names.map((name) => {
      const value = given.get(name);
      return [name, given.has(name) ? scope.parse(value) : null] as const;
    });
    return (frame) => {
      const args = parsed.map(([name, evaluate]) => [name, evaluate === null ? absent : evaluate(frame)] as const);
      return compute(Object.fromEntries(args) as Record<Name, Optional>);
    };
  };
}

const refuse = ([code, message]: Refusal, found: string, argument: Value = null): CommandError =>
  new CommandError(code, message(found, argument));
