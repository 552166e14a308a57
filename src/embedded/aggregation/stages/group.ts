// $group and $sortByCount. Groups come in the order of their first documents; MongoDB leaves the order open.
import { Int32 } from "bson";
import { CommandError } from "../../command-error.ts";
import { toDouble } from "../../values/numbers.ts";
import {
  fieldOf,
  isArray,
  isDocument,
  isNumber,
  missing,
  type NumberValue,
  setField,
  type Value,
  type ValueDocument,
} from "../../values/value.ts";
import { type Accumulator, accumulators } from "../accumulators.ts";
import { orNull, type Result } from "../expression.ts";
import { checkFieldName } from "../field-path.ts";
import { valueKey } from "../value-key.ts";
import { parseOfDocument, type Stage, type StageContext, type StageParser } from "./stage.ts";

export interface GroupField {
  readonly name: string;
  readonly start: () => Accumulator;
  readonly evaluate: (document: ValueDocument) => Result;
}

export const group: StageParser = (argument, context) => {
  if (!isDocument(argument)) throw new CommandError(15947, "a group's fields must be specified in an object");
  const fields: GroupField[] = [];
  for (const [name, value] of Object.entries(argument)) {
    if (name !== "_id") fields.push(parseGroupField(name, value, context));
  }
  const id = fieldOf(argument, "_id");
  if (id === missing) throw new CommandError(15955, "a group specification must include an _id");
  return groupedBy(parseId(id, context), fields);
};

/** Of a key of one field a missing value is null, as it is of a key by itself; of several fields it is left out. */
function parseId(id: Value, context: StageContext): (document: ValueDocument) => Result {
  if (isDocument(id)) refuseInclusion(id);
  const [name, ...more] = isDocument(id) ? Object.keys(id) : [];
  if (!isDocument(id) || name === undefined || name.startsWith("$") || more.length > 0) {
    return parseOfDocument(id, context);
  }
  checkFieldName(name);
  const evaluate = parseOfDocument(id[name], context);
  return (document) => ({ [name]: orNull(evaluate(document)) });
}

/** Numbers would be values here, but MongoDB takes them for flags of a projection. */
function refuseInclusion(id: ValueDocument): void {
  for (const [name, value] of Object.entries(id)) {
    if (name.startsWith("$")) return;
    if (typeof value !== "boolean" && !isNumber(value)) continue;
    throw new CommandError(17390, "$group does not support inclusion-style expressions");
  }
}

export function parseGroupField(name: string, value: Value, context: StageContext): GroupField {
  if (name.includes(".")) throw new CommandError(40235, `The field name '${name}' cannot contain '.'`);
  if (name.startsWith("$")) throw new CommandError(40236, `The field name '${name}' cannot be an operator name`);
  const [operator, ...more] = isDocument(value) ? Object.keys(value) : [];
  if (operator === undefined || !isDocument(value)) {
    throw new CommandError(40234, `The field '${name}' must be an accumulator object`);
  }
  if (more.length > 0) throw new CommandError(40238, `The field '${name}' must specify one accumulator`);
  const start = Object.hasOwn(accumulators, operator) ? accumulators[operator] : undefined;
  if (start === undefined) throw new CommandError(15952, `unknown group operator '${operator}'`);
  return { name, start, evaluate: parseArgument(operator, value[operator], context) };
}

function parseArgument(operator: string, argument: Value, context: StageContext): (document: ValueDocument) => Result {
  if (operator === "$count") {
    if (isDocument(argument) && Object.keys(argument).length === 0) return () => null;
    throw new CommandError("TypeMismatch", "$count takes no arguments, i.e. $count:{}");
  }
  if (!isArray(argument)) return parseOfDocument(argument, context);
  throw new CommandError(40237, `The ${operator} accumulator is a unary operator`);
}

interface Group {
  readonly id: Value;
  readonly gathered: readonly Accumulator[];
}

/** A missing key is null; of equal keys the first one stands. */
export function groupedBy(idOf: (document: ValueDocument) => Result, fields: readonly GroupField[]): Stage {
  return function* (input) {
    const groups = new Map<string, Group>();
    for (const document of input) {
      const id = orNull(idOf(document));
      const key = valueKey(id);
      let found = groups.get(key);
      if (found === undefined) {
        found = { id, gathered: fields.map(({ start }) => start()) };
        groups.set(key, found);
      }
      for (const [at, { evaluate }] of fields.entries()) found.gathered[at]?.add(evaluate(document));
    }
    for (const { id, gathered } of groups.values()) {
      const result: ValueDocument = { _id: id };
      for (const [at, { name }] of fields.entries()) setField(result, name, gathered[at]?.result());
      yield result;
    }
  };
}

export const counted: GroupField = {
  name: "count",
  start: accumulators.$sum as () => Accumulator,
  evaluate: () => new Int32(1),
};

export const sortByCount: StageParser = (argument, context) => {
  if (!isDocument(argument) && typeof argument !== "string") {
    throw new CommandError(40149, "the sortByCount field must be specified as a string or as an object");
  }
  const isExpression = isDocument(argument)
    ? Object.keys(argument)[0]?.startsWith("$") === true
    : argument.startsWith("$");
  if (!isExpression) {
    const problem = "the sortByCount field must be defined as a $-prefixed path or an expression inside an object";
    throw new CommandError(isDocument(argument) ? 40147 : 40148, problem);
  }
  const grouped = groupedBy(parseOfDocument(argument, context), [counted]);
  return function* (input) {
    yield* [...grouped(input)].sort((a, b) => toDouble(b.count as NumberValue) - toDouble(a.count as NumberValue));
  };
};
