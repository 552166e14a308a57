// $lookup in its simple form: the documents of another collection whose field equals this one's.
import { CommandError } from "../../command-error.ts";
import { parseFilter } from "../../query/filter.ts";
import { renderField } from "../../values/render-value.ts";
import { fieldOf, isArray, isDocument, missing, setField, type Value, type ValueDocument } from "../../values/value.ts";
import { parseFieldPath } from "../field-path.ts";
import { kindName } from "../render-value.ts";
import { valueKey } from "../value-key.ts";
import type { StageContext, StageParser } from "./stage.ts";

interface Join {
  readonly from: string;
  readonly local: readonly string[];
  readonly foreignField: string;
  readonly as: readonly string[];
}

export const lookup: StageParser = (argument, context) => {
  const join = parseJoin(argument);
  return function* (input) {
    const foreign = [...context.lookup(join.from)];
    const find = remembered((value) => positionsOf(value, foreign, { join, context }));
    for (const document of input) {
      const positions = new Set(localValues(document, join.local).flatMap(find));
      const found = [...positions].sort((a, b) => a - b).map((at) => foreign[at] as ValueDocument);
      yield withLast(document, join.as, found);
    }
  };
};

/** Each field on the path comes last in its document, whether it was there or not. */
function withLast(document: ValueDocument, [name = "", ...rest]: readonly string[], value: Value): ValueDocument {
  const { [name]: before, ...others } = document;
  const below = Object.hasOwn(document, name) && isDocument(before) ? before : {};
  setField(others, name, rest.length === 0 ? value : withLast(below, rest, value));
  return others;
}

/** Each element of an array counts by itself; where there is no value at all, null. */
function localValues(document: ValueDocument, path: readonly string[]): readonly Value[] {
  const values = collect(document, path, 0);
  return values.length === 0 ? [null] : values;
}

function collect(value: ValueDocument, path: readonly string[], at: number): readonly Value[] {
  const found = fieldOf(value, path[at] as string);
  if (found === missing) return [];
  const elements = isArray(found) ? found : [found];
  if (at + 1 === path.length) return elements;
  return elements.flatMap((element) => (isDocument(element) ? collect(element, path, at + 1) : []));
}

/** Rows that are joined tend to share their keys. */
function remembered(find: (value: Value) => readonly number[]): (value: Value) => readonly number[] {
  const known = new Map<string, readonly number[]>();
  return (value) => {
    const key = valueKey(value);
    const found = known.get(key) ?? find(value);
    known.set(key, found);
    return found;
  };
}

interface Joining {
  readonly join: Join;
  readonly context: StageContext;
}

function positionsOf(value: Value, foreign: readonly ValueDocument[], { join, context }: Joining): readonly number[] {
  const filter = parseFilter({ [join.foreignField]: { $eq: value } }, context.scope);
  return foreign.flatMap((document, at) => (filter.matches(document) ? [at] : []));
}

function parseJoin(argument: Value): Join {
  if (!isDocument(argument))
    throw refused(`the $lookup stage specification must be an object, but found ${kindName(argument)}`);
  for (const [name, value] of Object.entries(argument)) checkArgument(name, value);
  const [from, local, foreign, as] = ["from", "localField", "foreignField", "as"].map((name) =>
    fieldOf(argument, name),
  );
  if (typeof from !== "string") throw refused("must specify 'pipeline' when 'from' is empty");
  if (!isName(local) || !isName(foreign)) {
    throw refused("$lookup requires either 'pipeline' or both 'localField' and 'foreignField' to be specified");
  }
  if (!isName(as)) throw refused("must specify 'as' field for a $lookup");
  if (from === "") throw new CommandError("InvalidNamespace", "invalid $lookup namespace");
  for (const path of [local, foreign]) {
    if (!parseFieldPath(path).some((name) => /^\d+$/.test(name))) continue;
    throw new CommandError("NotImplemented", `the embedded store has no $lookup by a position in an array: ${path}`);
  }
  return { from, local: parseFieldPath(local), foreignField: foreign, as: parseFieldPath(as) };
}

function checkArgument(name: string, value: Value): void {
  if (name === "pipeline" || name === "let") {
    throw new CommandError("NotImplemented", `the embedded store has no $lookup with '${name}'`);
  }
  if (name === "from" && typeof value !== "string") {
    throw refused(`$lookup 'from' field must be a string, but found ${kindName(value)}`);
  }
  if (typeof value !== "string") {
    throw refused(`$lookup argument '${name}' must be a string, found ${renderField(name, value)}: ${kindName(value)}`);
  }
  if (!["from", "localField", "foreignField", "as"].includes(name)) {
    throw refused(`unknown argument to $lookup: ${name}`);
  }
}

const isName = (value: unknown): value is string => typeof value === "string" && value !== "";

const refused = (problem: string): CommandError => new CommandError("FailedToParse", problem);
