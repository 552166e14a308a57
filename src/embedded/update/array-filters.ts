// `arrayFilters`: which elements `$[identifier]` stands for.
import { CommandError, type ErrorName, errorCodes } from "../command-error.ts";
import { parseFilter } from "../query/filter.ts";
import type { QueryScope } from "../query/scope.ts";
import { isArray, isDocument, type Value, type ValueDocument } from "../values/value.ts";

/** By identifier. */
export type ElementFilters = ReadonlyMap<string, (element: Value) => boolean>;

/** Throws CommandError. */
export function parseArrayFilters(arrayFilters: readonly ValueDocument[], scope: QueryScope): ElementFilters {
  const filters = new Map<string, (element: Value) => boolean>();
  for (const arrayFilter of arrayFilters) {
    const filter = parseOne(arrayFilter, scope);
    const identifier = identifierIn(arrayFilter);
    if (identifier === null) {
      throw failedToParse("Cannot use an expression without a top-level field name in arrayFilters");
    }
    if (!/^[a-z][a-zA-Z0-9]*$/.test(identifier)) throw notAnIdentifier(identifier);
    if (filters.has(identifier)) {
      throw failedToParse(`Found multiple array filters with the same top-level field name ${identifier}`);
    }
    filters.set(identifier, (element) => filter.matches({ [identifier]: element }));
  }
  return filters;
}

const prefix = "Error parsing array filter :: caused by :: ";

function parseOne(arrayFilter: ValueDocument, scope: QueryScope): ReturnType<typeof parseFilter> {
  try {
    return parseFilter(arrayFilter, { ...scope, evaluate: null });
  } catch (error) {
    throw error instanceof CommandError ? new CommandError(codeOf(error), prefix + error.message) : error;
  }
}

const codeOf = ({ code, codeName }: CommandError): ErrorName | number =>
  Object.hasOwn(errorCodes, codeName) ? (codeName as ErrorName) : code;

/** The first part of every path in it, which must be one and the same; null where it names no field. */
function identifierIn(filter: ValueDocument): string | null {
  const identifiers = Object.entries(filter).flatMap(([name, operand]) => identifiersIn(name, operand));
  const [first] = identifiers;
  const other = identifiers.find((identifier) => identifier !== first);
  if (other !== undefined) {
    throw failedToParse(`${prefix}Expected a single top-level field name, found '${first}' and '${other}'`);
  }
  return first ?? null;
}

function identifiersIn(name: string, operand: Value): readonly string[] {
  if (!name.startsWith("$")) return [name.split(".")[0] ?? ""];
  if (!isArray(operand)) return [];
  return operand.filter(isDocument).flatMap((part) => identifierIn(part) ?? []);
}

function notAnIdentifier(name: string): CommandError {
  const rule = "The top-level field name must be an alphanumeric string beginning with a lowercase letter";
  return new CommandError("BadValue", `${prefix}${rule}, found '${name}'`);
}

const failedToParse = (message: string) => new CommandError("FailedToParse", message);
