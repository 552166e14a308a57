// $exists and $type.
import { CommandError } from "../command-error.ts";
import { toDouble } from "../values/numbers.ts";
import { isArray, isNumber, type Kind, kindOf, missing, type Value } from "../values/value.ts";
import { notOf, type ParseContext, type Predicate, testOf } from "./predicate.ts";

export function parseExists(operand: Value): Predicate {
  const exists = testOf((element) => element !== missing);
  return isTruthy(operand) ? exists : notOf(exists);
}

/** Whatever is not null, false or zero: `{$exists: ""}` asks for existence. */
export function isTruthy(value: Value): boolean {
  if (value === null || value === undefined || value === false) return false;
  return !isNumber(value) || toDouble(value) !== 0;
}

type TypeName = Kind | "dbPointer";

/** The types by MongoDB's numbers. */
const typeByCode: ReadonlyMap<number, TypeName> = new Map([
  [1, "double"],
  [2, "string"],
  [3, "object"],
  [4, "array"],
  [5, "binData"],
  [6, "undefined"],
  [7, "objectId"],
  [8, "bool"],
  [9, "date"],
  [10, "null"],
  [11, "regex"],
  [12, "dbPointer"],
  [13, "javascript"],
  [14, "symbol"],
  [15, "javascriptWithScope"],
  [16, "int"],
  [17, "timestamp"],
  [18, "long"],
  [19, "decimal"],
  [-1, "minKey"],
  [127, "maxKey"],
]);

const typeNames: ReadonlySet<string> = new Set(typeByCode.values());
const numberTypes: readonly TypeName[] = ["int", "long", "double", "decimal"];

export function parseType(operand: Value, { path }: ParseContext): Predicate {
  const asked = isArray(operand) ? operand : [operand];
  if (asked.length === 0) throw new CommandError("FailedToParse", `${path} must match at least one type`);
  const types: ReadonlySet<TypeName> = new Set(asked.flatMap(typesOf));
  return testOf((element) => element !== missing && types.has(kindOf(element)));
}

function typesOf(asked: Value): readonly TypeName[] {
  if (typeof asked === "string") return typesByName(asked);
  if (isNumber(asked)) return [typeOfCode(toDouble(asked))];
  throw new CommandError("TypeMismatch", "type must be represented as a number or a string");
}

function typesByName(name: string): readonly TypeName[] {
  if (name === "number") return numberTypes;
  if (typeNames.has(name)) return [name as TypeName];
  if (name === "missing") {
    throw badType("'missing' is not a legal type name. To query for non-existence of a field, use {$exists:false}.");
  }
  throw badType(`Unknown type name alias: ${name}`);
}

function typeOfCode(code: number): TypeName {
  const type = typeByCode.get(code);
  if (type !== undefined) return type;
  const hint = code === 0 ? ". Instead use {$exists:false}." : "";
  throw badType(`Invalid numerical type code: ${Number.isNaN(code) ? "nan" : code}${hint}`);
}

const badType = (message: string) => new CommandError("BadValue", message);
