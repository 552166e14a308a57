// One index as a client asks for it.
import { CommandError } from "../command-error.ts";
import type { IndexDefinition } from "../storage/index-definition.ts";
import { toDouble } from "../values/numbers.ts";
import { isNumber, type Value, type ValueDocument } from "../values/value.ts";
import { readArguments } from "./arguments.ts";
import { judgePartialFilter } from "./partial-filter.ts";

export type IndexSpec = Omit<IndexDefinition, "id" | "multikey">;

const specArguments = {
  key: "object",
  name: "string",
  unique: "bool",
  sparse: "bool",
  partialFilterExpression: "object",
  expireAfterSeconds: "number",
  v: "ignored",
  background: "ignored",
  ns: "ignored",
  hidden: "refused",
  collation: "refused",
  weights: "refused",
  default_language: "refused",
  language_override: "refused",
  textIndexVersion: "refused",
  "2dsphereIndexVersion": "refused",
  bits: "refused",
  min: "refused",
  max: "refused",
  wildcardProjection: "refused",
  storageEngine: "refused",
  prepareUnique: "refused",
} as const;

export function readIndexSpec(document: ValueDocument): IndexSpec {
  const given = readArguments(document, specArguments, {
    where: "createIndexes.indexes",
    isCommand: false,
    unknownCode: "InvalidIndexSpecificationOption",
  });
  const { key, name, partialFilterExpression, expireAfterSeconds } = given;
  if (key === undefined)
    throw new CommandError("FailedToParse", "The 'key' field is a required property of an index specification");
  if (name === undefined)
    throw new CommandError("FailedToParse", "The 'name' field is a required property of an index specification");
  if (given.sparse === true && partialFilterExpression !== undefined) {
    throw new CommandError("CannotCreateIndex", 'cannot mix "partialFilterExpression" and "sparse" options');
  }
  if (partialFilterExpression !== undefined) judgePartialFilter(partialFilterExpression);
  const fields = Object.entries(key);
  if (fields.length === 0) throw new CommandError("CannotCreateIndex", "Index keys cannot be an empty object");
  const isIdIndex = fields.length === 1 && fields[0]?.[0] === "_id";
  return {
    name: isIdIndex ? "_id_" : name,
    key: fields.map(([path, direction]) => ({ path: judgePath(path), direction: directionOf(path, direction) })),
    unique: isIdIndex || (given.unique ?? false),
    sparse: given.sparse ?? false,
    partialFilter: partialFilterExpression ?? null,
    expireAfterSeconds: judgeExpiry(expireAfterSeconds, fields.length),
  };
}

function judgePath(path: string): string {
  if (path === "" || path.split(".").includes("")) {
    throw new CommandError("CannotCreateIndex", `Index keys cannot contain an empty field: '${path}'`);
  }
  if (path.startsWith("$")) {
    throw new CommandError(
      "CannotCreateIndex",
      `Index key contains an illegal field name: field name starts with '$': ${path}`,
    );
  }
  if (path.split(".").includes("$**")) {
    throw new CommandError("NotImplemented", "the embedded store has no wildcard indexes");
  }
  return path;
}

function directionOf(path: string, value: Value): 1 | -1 {
  if (typeof value === "string") {
    throw new CommandError("CannotCreateIndex", `the embedded store has no ${value} indexes (${path})`);
  }
  const number = isNumber(value) ? toDouble(value) : 0;
  if (number === 0 || Number.isNaN(number)) {
    throw new CommandError("CannotCreateIndex", `Values in the index key pattern cannot be 0 or no number: ${path}`);
  }
  return number > 0 ? 1 : -1;
}

function judgeExpiry(seconds: number | undefined, fields: number): number | null {
  if (seconds === undefined) return null;
  if (!(seconds >= 0 && seconds <= 2_147_483_647)) {
    throw new CommandError(
      "CannotCreateIndex",
      `TTL index 'expireAfterSeconds' option must be within an acceptable range: ${seconds}`,
    );
  }
  if (fields > 1) {
    throw new CommandError(
      "CannotCreateIndex",
      "TTL indexes are single-field indexes, compound indexes do not support TTL",
    );
  }
  return Math.trunc(seconds);
}
