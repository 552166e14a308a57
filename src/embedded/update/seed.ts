// What an upsert starts from: the fields that its filter says to be equal to something.
import { BSONRegExp } from "bson";
import { CommandError } from "../command-error.ts";
import { isOperatorDocument } from "../query/operator-document.ts";
import { compareValues, equalValues } from "../values/compare.ts";
import { fieldOf, isArray, isDocument, missing, setField, type Value, type ValueDocument } from "../values/value.ts";
import { judgeDepth } from "./update-path.ts";

export interface SeedOptions {
  /** For a replacement, which takes nothing else from the filter. */
  readonly onlyId?: boolean;
}

/** Throws NotSingleValueField where the filter says two things about one path. The filter is one that parses. */
export function seedFromFilter(filter: ValueDocument, { onlyId = false }: SeedOptions = {}): ValueDocument {
  const found = equalitiesIn(filter) ?? [];
  // In this order MongoDB looks for conflicts and makes the fields.
  const ordered = [...found].sort((a, b) => compareValues(a.path, b.path));
  const equalities = onlyId ? ordered.filter(({ path }) => path === "_id" || path.startsWith("_id.")) : ordered;
  const seed: ValueDocument = {};
  const taken = new Set<string>();
  for (const { path, value } of equalities) {
    if (onlyId && path !== "_id") throw notExactId(path);
    judgeConflict(path, taken);
    taken.add(path);
    setPath(seed, path, value);
  }
  return seed;
}

interface Equality {
  readonly path: string;
  readonly value: Value;
}

/** Null where one part can match nothing: then MongoDB takes nothing from the others either. */
function equalitiesIn(filter: ValueDocument): readonly Equality[] | null {
  return joined(Object.entries(filter).map(([name, operand]) => equalitiesOf(name, operand)));
}

function joined(parts: readonly (readonly Equality[] | null)[]): readonly Equality[] | null {
  const found: Equality[] = [];
  for (const part of parts) {
    if (part === null) return null;
    found.push(...part);
  }
  return found;
}

function equalitiesOf(name: string, operand: Value): readonly Equality[] | null {
  if (name === "$alwaysFalse") return null;
  if ((name === "$and" || (name === "$or" && isArray(operand) && operand.length === 1)) && isArray(operand)) {
    return joined(operand.filter(isDocument).map(equalitiesIn));
  }
  if (name.startsWith("$") || operand instanceof BSONRegExp) return [];
  if (!isOperatorDocument(operand)) return [{ path: name, value: operand }];
  return joined(
    Object.entries(operand).map(
      ([operator, value]) => valuesOf(operator, value)?.map((one) => ({ path: name, value: one })) ?? null,
    ),
  );
}

/** What a field must be equal to by one operator; null for a condition that nothing meets. */
function valuesOf(operator: string, operand: Value): readonly Value[] | null {
  if (operator === "$eq") return [operand];
  if (operator !== "$in" && operator !== "$all") return [];
  if (!isArray(operand)) return [];
  if (operand.length === 0) return operator === "$all" ? null : [];
  const values = operand.filter((value) => !(value instanceof BSONRegExp) && !isOperatorDocument(value));
  if (operator === "$all") return values;
  const [first] = operand;
  return values.length === operand.length && operand.every((value) => equalValues(value, first)) ? [first] : [];
}

function judgeConflict(path: string, taken: ReadonlySet<string>): void {
  const parts = path.split(".");
  // First: to look for each beginning of a path takes time with the square of its length.
  judgeDepth(parts);
  for (let length = 1; length <= parts.length; length++) {
    const prefix = parts.slice(0, length).join(".");
    if (!taken.has(prefix)) continue;
    const what =
      prefix === path ? `path '${path}' is matched twice` : `both paths '${path}' and '${prefix}' are matched`;
    throw new CommandError("NotSingleValueField", `cannot infer query fields to set, ${what}`);
  }
}

/** Numbers make documents too, never arrays. */
function setPath(seed: ValueDocument, path: string, value: Value): void {
  if (path === "") throw new CommandError("IllegalOperation", "Cannot call setValue on the root object");
  const parts = path.split(".");
  let document = seed;
  for (const part of parts.slice(0, -1)) {
    const found = fieldOf(document, part);
    const inner: ValueDocument = found !== missing && isDocument(found) ? found : {};
    if (inner !== found) setField(document, part, inner);
    document = inner;
  }
  setField(document, parts.at(-1) ?? "", value);
}

function notExactId(path: string): CommandError {
  // The missing space is MongoDB's.
  return new CommandError(
    "NotExactValueField",
    `field at '_id' must be exactly specified, field at sub-path '${path}'found`,
  );
}
