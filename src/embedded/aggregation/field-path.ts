// `$a.b` in an expression. Unlike the matcher's paths it never takes a number for a position, and an array on the way
// gives the array of what its documents have.
import { CommandError } from "../command-error.ts";
import { fieldOf, isArray, isDocument, missing, type Value, type ValueDocument } from "../values/value.ts";
import type { Result } from "./expression.ts";

/** The names of a dotted path. Throws CommandError as MongoDB does for what is none. */
export function parseFieldPath(path: string): readonly string[] {
  if (path === "") throw new CommandError(40352, "FieldPath cannot be constructed with empty string");
  if (path.endsWith(".")) throw new CommandError(40353, "FieldPath must not end with a '.'.");
  const names = path.split(".");
  for (const name of names) checkFieldName(name);
  return names;
}

/** A name by itself, as in a computed document. */
export function checkFieldName(name: string): void {
  const hint = "Consider using $getField or $setField.";
  if (name === "") throw new CommandError(15998, "FieldPath field names may not be empty strings.");
  if (name.startsWith("$")) {
    throw new CommandError(16410, `FieldPath field names may not start with '$'. ${hint}`);
  }
  if (name.includes("\0")) {
    throw new CommandError(16411, "FieldPath field names may not contain '\0'. Consider using $getField or $setField.");
  }
  if (name.includes(".")) throw new CommandError(16412, `FieldPath field names may not contain '.'. ${hint}`);
}

export function readPath(document: ValueDocument, names: readonly string[], at = 0): Result {
  const value = fieldOf(document, names[at] as string);
  return at + 1 === names.length || value === missing ? value : readBelow(value, names, at + 1);
}

/** The rest of the path in what a variable holds. */
export function readBelow(value: Result, names: readonly string[], at = 0): Result {
  if (at === names.length || value === missing) return value;
  if (isDocument(value)) return readPath(value, names, at);
  if (!isArray(value)) return missing;
  const found: Value[] = [];
  for (const element of value) {
    const below = isDocument(element) ? readPath(element, names, at) : missing;
    if (below !== missing) found.push(below);
  }
  return found;
}
