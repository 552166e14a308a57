// $unwind: one document per element of an array. The path goes through documents only.
import { Long } from "bson";
import { CommandError } from "../../command-error.ts";
import { fieldOf, isArray, isDocument, missing, setField, type Value, type ValueDocument } from "../../values/value.ts";
import type { Result } from "../expression.ts";
import { parseFieldPath } from "../field-path.ts";
import { kindName } from "../render-value.ts";
import type { StageParser } from "./stage.ts";

interface Unwinding {
  readonly names: readonly string[];
  readonly indexNames: readonly string[] | null;
  /** Whether a document without an element is kept. */
  readonly keepsEmpty: boolean;
}

export const unwind: StageParser = (argument) => {
  const unwinding = parseUnwinding(argument);
  return function* (input) {
    for (const document of input) yield* unwound(document, unwinding);
  };
};

function* unwound(document: ValueDocument, { names, indexNames, keepsEmpty }: Unwinding): Generator<ValueDocument> {
  const withIndex = (result: ValueDocument, index: Value): ValueDocument =>
    indexNames === null ? result : setPath(result, indexNames, index);
  const value = readThroughDocuments(document, names);
  if (value !== missing && isArray(value) && value.length > 0) {
    for (const [at, element] of value.entries())
      yield withIndex(setPath(document, names, element), Long.fromNumber(at));
    return;
  }
  const isEmpty = value === missing || value === null || value === undefined || isArray(value);
  if (isEmpty && !keepsEmpty) return;
  const kept = value !== missing && isArray(value) ? setPath(document, names, missing) : document;
  yield withIndex(kept, null);
}

function readThroughDocuments(document: ValueDocument, names: readonly string[]): Result {
  let value: Result = document;
  for (const name of names) value = value !== missing && isDocument(value) ? fieldOf(value, name) : missing;
  return value;
}

/** A new document with the value at the path; `missing` takes the field away. What is no document on the way becomes one. */
function setPath(document: ValueDocument, names: readonly string[], value: Result): ValueDocument {
  const [name = "", ...rest] = names;
  const result = { ...document };
  const below = fieldOf(document, name);
  const next = rest.length === 0 ? value : setPath(below !== missing && isDocument(below) ? below : {}, rest, value);
  if (next === missing) delete result[name];
  else setField(result, name, next);
  return result;
}

function parseUnwinding(argument: Value): Unwinding {
  if (typeof argument === "string") return { names: parseUnwoundPath(argument), indexNames: null, keepsEmpty: false };
  if (!isDocument(argument)) {
    const problem = "expected either a string or an object as specification for $unwind stage";
    throw new CommandError(15981, `${problem}, got ${kindName(argument)}`);
  }
  let path = "";
  let indexNames: readonly string[] | null = null;
  let keepsEmpty = false;
  for (const [name, value] of Object.entries(argument)) {
    if (name === "path") path = parsePathOption(value);
    else if (name === "preserveNullAndEmptyArrays") keepsEmpty = parseKeepOption(value);
    else if (name === "includeArrayIndex") indexNames = parseIndexOption(value);
    else throw new CommandError(28811, `unrecognized option to $unwind stage: ${name}`);
  }
  return { names: parseUnwoundPath(path), indexNames, keepsEmpty };
}

function parsePathOption(value: Value): string {
  if (typeof value === "string") return value;
  throw new CommandError(28808, `expected a string as the path for $unwind stage, got ${kindName(value)}`);
}

function parseKeepOption(value: Value): boolean {
  if (typeof value === "boolean") return value;
  const problem = "expected a boolean for the preserveNullAndEmptyArrays option to $unwind stage";
  throw new CommandError(28809, `${problem}, got ${kindName(value)}`);
}

/** The two blanks are MongoDB's. */
function parseIndexOption(value: Value): readonly string[] {
  if (typeof value !== "string" || value === "") {
    const problem = "expected a non-empty string for the includeArrayIndex  option to $unwind stage";
    throw new CommandError(28810, `${problem}, got ${kindName(value)}`);
  }
  if (value.startsWith("$")) {
    const problem = "includeArrayIndex option to $unwind stage should not be prefixed with a '$'";
    throw new CommandError(28822, `${problem}: ${value}`);
  }
  return parseFieldPath(value);
}

function parseUnwoundPath(path: string): readonly string[] {
  if (path === "") throw new CommandError(28812, "no path specified to $unwind stage");
  if (path.startsWith("$")) return parseFieldPath(path.slice(1));
  throw new CommandError(28818, `path option to $unwind stage should be prefixed with a '$': ${path}`);
}
