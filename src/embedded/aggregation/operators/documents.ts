// $mergeObjects, and one field by a name that a path could not say.
import { CommandError } from "../../command-error.ts";
import { fieldOf, isArray, isDocument, missing, setField, type Value, type ValueDocument } from "../../values/value.ts";
import { readNamed, variadic } from "../arguments.ts";
import { type Evaluate, type ExpressionScope, isNullish, type Operators, type Result } from "../expression.ts";
import { kindName, renderValue } from "../render-value.ts";

export const documents: Operators = {
  $mergeObjects: variadic((values, count) => {
    const given = [...values];
    // A single argument may be an array of documents.
    const only = given[0];
    return mergeAll(count === 1 && only !== missing && isArray(only) ? only : given);
  }),
  $getField: parseGetField,
  $setField: parseSetField,
  $unsetField: parseUnsetField,
};

function mergeAll(values: Iterable<Result>): ValueDocument {
  const merged: ValueDocument = {};
  for (const value of values) {
    if (isNullish(value)) continue;
    if (!isDocument(value)) {
      const input = `input ${renderValue(value)} is of type ${kindName(value)}`;
      throw new CommandError(40400, `$mergeObjects requires object inputs, but ${input}`);
    }
    for (const [name, field] of Object.entries(value)) setField(merged, name, field);
  }
  return merged;
}

interface FieldCodes {
  readonly operator: string;
  readonly path: number;
  readonly notConstant: number;
  readonly notText: number;
}

/** The name must stand in the expression itself. */
function parseName(field: Value, { operator, path, notConstant, notText }: FieldCodes): string {
  if (typeof field === "string" && field.startsWith("$")) {
    const full = field.startsWith("$$") ? field.slice(1) : `$CURRENT.${field.slice(1)}`;
    const problem = "is a field path reference which is not allowed in this context";
    throw new CommandError(path, `'${full}' ${problem}. Did you mean {$literal: '${full}'}?`);
  }
  const isLiteral = isDocument(field) && Object.hasOwn(field, "$literal");
  const name = isLiteral ? field.$literal : field;
  if (!isLiteral && (isDocument(field) || isArray(field))) {
    const problem = "requires 'field' to evaluate to a constant, but got a non-constant argument";
    throw new CommandError(notConstant, `${operator} ${problem}`);
  }
  if (typeof name === "string") return name;
  throw new CommandError(notText, `${operator} requires 'field' to evaluate to type String, but got ${kindName(name)}`);
}

const getCodes = { operator: "$getField", path: 5654600, notConstant: 5654601, notText: 5654602 } as const;
const setCodes = { operator: "$setField", path: 4161108, notConstant: 4161106, notText: 4161107 } as const;

function parseGetField(argument: Value, scope: ExpressionScope): Evaluate {
  const isLong = isDocument(argument) && !Object.keys(argument).some((name) => name.startsWith("$"));
  if (!isLong) {
    const name = parseName(argument, getCodes);
    const input = scope.variables.get("CURRENT") ?? (({ root }) => root);
    return (frame) => getField(input(frame), name);
  }
  const given = readNamed(argument, {
    required: {
      field: [3041702, () => "$getField requires 'field' to be specified"],
      input: [3041703, () => "$getField requires 'input' to be specified"],
    },
    notDocument: [3041704, () => "$getField only supports an object as its argument"],
    unknown: [3041701, (name) => `$getField found an unknown argument: ${name}`],
  });
  const name = parseName(given.get("field"), getCodes);
  const input = scope.parse(given.get("input"));
  return (frame) => getField(input(frame), name);
}

function getField(input: Result, name: string): Result {
  if (input === null) return null;
  return input !== missing && isDocument(input) ? fieldOf(input, name) : missing;
}

function parseSetField(argument: Value, scope: ExpressionScope): Evaluate {
  const given = readNamed(argument, {
    required: {
      field: [4161102, () => "$setField requires 'field' to be specified"],
      value: [4161103, () => "$setField requires 'value' to be specified"],
      input: [4161109, () => "$setField requires 'input' to be specified"],
    },
    notDocument: [4161100, () => "$setField only supports an object as its argument"],
    unknown: [4161101, (name) => `$setField found an unknown argument: ${name}`],
  });
  const name = parseName(given.get("field"), setCodes);
  const input = scope.parse(given.get("input"));
  const value = scope.parse(given.get("value"));
  return (frame) => setOneField(input(frame), name, value(frame));
}

function parseUnsetField(argument: Value, scope: ExpressionScope): Evaluate {
  const given = readNamed(argument, {
    required: {
      field: [4161102, () => "$unsetField requires 'field' to be specified"],
      input: [4161109, () => "$unsetField requires 'input' to be specified"],
    },
    notDocument: [4161100, () => "$unsetField only supports an object as its argument"],
    unknown: [4161101, (name) => `$unsetField found an unknown argument: ${name}`],
  });
  const name = parseName(given.get("field"), { ...setCodes, operator: "$unsetField" });
  const input = scope.parse(given.get("input"));
  return (frame) => setOneField(input(frame), name, missing);
}

/** A new document; a field that is there keeps its place. */
function setOneField(input: Result, name: string, value: Result): Result {
  if (isNullish(input)) return null;
  if (!isDocument(input)) throw new CommandError(4161105, "$setField requires 'input' to evaluate to type Object");
  const result = { ...input };
  if (value === missing) delete result[name];
  else setField(result, name, value);
  return result;
}
