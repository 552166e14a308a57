// Conditions, alternatives and variables: only what is reached is evaluated.
import { CommandError } from "../../command-error.ts";
import { fieldOf, isArray, isDocument, missing, type Value } from "../../values/value.ts";
import { listOf, type NamedShape, parseExactly, readNamed, unary } from "../arguments.ts";
import { type Evaluate, type ExpressionScope, isNullish, type Operators, withBinding } from "../expression.ts";
import { kindName } from "../render-value.ts";
import { isTruthy } from "../truth.ts";
import { checkUserVariable } from "../variable-names.ts";

export const control: Operators = {
  $literal: (argument) => () => argument,
  $and: (argument, scope) => {
    const conditions = listOf(argument).map((each) => scope.parse(each));
    return (frame) => conditions.every((condition) => isTruthy(condition(frame)));
  },
  $or: (argument, scope) => {
    const conditions = listOf(argument).map((each) => scope.parse(each));
    return (frame) => conditions.some((condition) => isTruthy(condition(frame)));
  },
  $not: unary("$not", (value) => !isTruthy(value)),
  $cond: parseCondition,
  $ifNull: parseIfNull,
  $switch: parseSwitch,
  $let: parseLet,
};

const conditionShape: NamedShape = {
  // In the order in which MongoDB misses them.
  required: {
    if: [17080, () => "Missing 'if' parameter to $cond"],
    // biome-ignore lint/suspicious/noThenProperty: the argument's name
    then: [17081, () => "Missing 'then' parameter to $cond"],
    else: [17082, () => "Missing 'else' parameter to $cond"],
  },
  notDocument: [16020, () => ""],
  unknown: [17083, (name) => `Unrecognized parameter to $cond: ${name}`],
};

function parseCondition(argument: Value, scope: ExpressionScope): Evaluate {
  const [condition, then, otherwise] = isDocument(argument)
    ? readThree(argument, scope)
    : parseExactly("$cond", 3, { argument, scope });
  return (frame) =>
    isTruthy((condition as Evaluate)(frame)) ? (then as Evaluate)(frame) : (otherwise as Evaluate)(frame);
}

function readThree(argument: Value, scope: ExpressionScope): readonly Evaluate[] {
  const given = readNamed(argument, conditionShape);
  return ["if", "then", "else"].map((name) => scope.parse(given.get(name)));
}

function parseIfNull(argument: Value, scope: ExpressionScope): Evaluate {
  const list = listOf(argument);
  if (list.length < 2) throw new CommandError(1257300, `$ifNull needs at least two arguments, had: ${list.length}`);
  const alternatives = list.map((each) => scope.parse(each));
  return (frame) => {
    for (const alternative of alternatives.slice(0, -1)) {
      const value = alternative(frame);
      if (!isNullish(value)) return value;
    }
    return (alternatives.at(-1) as Evaluate)(frame);
  };
}

interface Branch {
  readonly condition: Evaluate;
  readonly result: Evaluate;
}

function parseSwitch(argument: Value, scope: ExpressionScope): Evaluate {
  const given = readNamed(argument, {
    required: {},
    optional: ["branches", "default"],
    notDocument: [40060, (kind) => `$switch requires an object as an argument, found: ${kind}`],
    unknown: [40067, (name) => `$switch found an unknown argument: ${name}`],
  });
  const list = given.get("branches") ?? [];
  if (!isArray(list)) {
    throw new CommandError(40061, `$switch expected an array for 'branches', found: ${kindName(list)}`);
  }
  const branches = list.map((branch) => parseBranch(branch, scope));
  const otherwise = given.has("default") ? scope.parse(given.get("default")) : noBranch;
  if (branches.length === 0) throw new CommandError(40068, "$switch requires at least one branch");
  return (frame) => (branches.find(({ condition }) => isTruthy(condition(frame)))?.result ?? otherwise)(frame);
}

function parseBranch(branch: Value, scope: ExpressionScope): Branch {
  const given = readNamed(branch, {
    required: {
      case: [40064, () => "$switch requires each branch have a 'case' expression"],
      // biome-ignore lint/suspicious/noThenProperty: the argument's name
      then: [40065, () => "$switch requires each branch have a 'then' expression."],
    },
    notDocument: [40062, (kind) => `$switch expected each branch to be an object, found: ${kind}`],
    unknown: [40063, (name) => `$switch found an unknown argument to a branch: ${name}`],
  });
  return { condition: scope.parse(given.get("case")), result: scope.parse(given.get("then")) };
}

const noBranch: Evaluate = () => {
  const problem = "Cannot execute a switch statement where all the cases evaluate to false without a default";
  throw new CommandError(40069, problem);
};

function parseLet(argument: Value, scope: ExpressionScope): Evaluate {
  const given = readNamed(argument, {
    required: {
      vars: [16876, () => "Missing 'vars' parameter to $let"],
      in: [16877, () => "Missing 'in' parameter to $let"],
    },
    notDocument: [16874, () => "$let only supports an object as its argument"],
    unknown: [16875, (name) => `Unrecognized parameter to $let: ${name}`],
  });
  const vars = given.get("vars");
  if (!isDocument(vars)) throw new CommandError(10065, "invalid parameter: expected an object (vars)");
  const names = Object.keys(vars);
  for (const name of names) checkUserVariable(name);
  const values = names.map((name) => {
    const value = fieldOf(vars, name);
    return scope.parse(value === missing ? null : value);
  });
  const inner = scope.bind(names);
  const body = inner.scope.parse(given.get("in"));
  return (frame) =>
    // Each value is read outside: one variable of a $let does not see another.
    body(inner.slots.reduce((bound, slot, at) => withBinding(bound, slot, (values[at] as Evaluate)(frame)), frame));
}
