// Projections of find and findAndModify: fields to keep or to leave out, slices, elements, computed fields.
import { CommandError } from "../command-error.ts";
import { toDouble } from "../values/numbers.ts";
import { renderField, renderValue } from "../values/render-value.ts";
import {
  fieldOf,
  isArray,
  isDocument,
  isNumber,
  kindOf,
  missing,
  type Value,
  type ValueDocument,
} from "../values/value.ts";
import { checkFieldPath } from "./field-path.ts";
import { parseFilter } from "./filter.ts";
import { isOperatorDocument } from "./operator-document.ts";
import { type ProjectionMode, projectDocument } from "./project-document.ts";
import {
  addLeaf,
  branchAt,
  markMakers,
  newBranch,
  type ProjectionBranch,
  type ProjectionLeaf,
} from "./projection-tree.ts";
import type { QueryScope } from "./scope.ts";

export interface Projection {
  /** A new document. */
  apply(document: ValueDocument): ValueDocument;
}

/** Throws CommandError. An empty projection keeps everything. */
export function parseProjection(projection: ValueDocument, scope: QueryScope): Projection {
  const parsing: Parsing = {
    scope,
    root: newBranch(),
    mode: null,
    includesId: false,
    hasElemMatch: false,
    hasSlice: false,
  };
  for (const [field, value] of Object.entries(projection))
    parsePart({ field, value, branch: parsing.root, prefix: "" }, parsing);
  const mode = parsing.mode ?? impliedMode(parsing);
  if (mode === "inclusion" && !parsing.root.fields.has("_id"))
    addLeaf(parsing.root, "_id", () => ({ kind: "include" }));
  markMakers(parsing.root);
  return { apply: (document) => projectDocument(document, parsing.root, mode) };
}

interface Parsing {
  readonly scope: QueryScope;
  readonly root: ProjectionBranch;
  mode: ProjectionMode | null;
  /** Asked for by itself, which alone does not decide: `_id` may be left out of an inclusion, and kept in an exclusion. */
  includesId: boolean;
  hasElemMatch: boolean;
  hasSlice: boolean;
}

function impliedMode({ includesId, hasElemMatch, hasSlice }: Parsing): ProjectionMode {
  return includesId || (hasElemMatch && !hasSlice) ? "inclusion" : "exclusion";
}

interface Part {
  /** As written, with points or without. */
  readonly field: string;
  readonly value: Value;
  readonly branch: ProjectionBranch;
  /** Where the branch stands, with a point behind; empty at the root. */
  readonly prefix: string;
}

function parsePart(part: Part, parsing: Parsing): void {
  const { field, value, branch } = part;
  if (/\.\$(\.|$)/.test(field)) {
    throw new CommandError("NotImplemented", "positional projection is not supported by this server");
  }
  checkFieldPath(field);
  if (isDocument(value) && !hasOperator(value)) parseNested(part, value, parsing);
  else if (typeof value === "boolean" || isNumber(value)) parseFlag(part, value === true || isNonZero(value), parsing);
  else if (isOperatorDocument(value)) parseOperator(part, value, parsing);
  else addLeaf(branch, field, () => parseExpression(part, parsing));
}

const isNonZero = (value: Value): boolean => isNumber(value) && toDouble(value) !== 0;

/** An operator stands alone; beside other fields its name is taken for a field's, which is refused. */
const hasOperator = (value: ValueDocument): boolean => Object.keys(value).length === 1 && isOperatorDocument(value);

function parseNested({ field, branch, prefix }: Part, value: ValueDocument, parsing: Parsing): void {
  const fields = Object.entries(value);
  if (fields.length === 0) {
    throw new CommandError(51270, "An empty sub-projection is not a valid value. Found empty object at path");
  }
  const below = branchAt(branch, field);
  for (const [name, inner] of fields) {
    parsePart({ field: name, value: inner, branch: below, prefix: `${prefix}${field}.` }, parsing);
  }
}

function parseFlag({ field, branch, prefix }: Part, isIncluded: boolean, parsing: Parsing): void {
  const kind = isIncluded ? "include" : "exclude";
  addLeaf(branch, field, () => ({ kind }));
  if (field === "_id" && prefix === "") {
    parsing.includesId = isIncluded;
    return;
  }
  const mode = isIncluded ? "inclusion" : "exclusion";
  parsing.mode ??= mode;
  if (parsing.mode === mode) return;
  const code = isIncluded ? 31253 : 31254;
  throw new CommandError(code, `Cannot do ${mode} on field ${field} in ${parsing.mode} projection`);
}

function parseOperator(part: Part, value: ValueDocument, parsing: Parsing): void {
  const { field, branch } = part;
  const [operator] = Object.keys(value);
  const operand = value[operator ?? ""];
  if (operator === "$meta") {
    throw new CommandError("NotImplemented", "$meta projection is not supported by this server");
  }
  if (operator === "$elemMatch") {
    const leaf = parseElemMatch(part, operand, parsing);
    addLeaf(branch, field, () => leaf);
  } else if (operator === "$slice" && !isSliceExpression(operand)) addSlice(part, operand, parsing);
  else if (parsing.mode === "exclusion") {
    throw new CommandError(31252, "Cannot use expression other than $meta in exclusion projection");
  } else addLeaf(branch, field, () => parseExpression(part, parsing));
}

/** `[skip, limit]` is of find; an array first, or no limit above 0, is the expression of that name. */
function isSliceExpression(operand: Value): boolean {
  if (!isArray(operand)) return false;
  const [skip, limit] = operand;
  return operand.length !== 2 || !isNumber(skip) || !isNumber(limit) || !(toDouble(limit) > 0);
}

function addSlice({ field, branch }: Part, operand: Value, parsing: Parsing): void {
  if (!isArray(operand) && !isNumber(operand)) {
    throw badSlice(operand, "Location31273: $slice only supports numbers and [skip, limit] arrays");
  }
  const [skip = null, limit = 0] = isArray(operand) ? operand.map(wholeOf) : [null, wholeOf(operand)];
  addLeaf(branch, field, () => ({ kind: "slice", skip, limit: limit ?? 0 }));
  parsing.hasSlice = true;
}

const wholeOf = (value: Value): number => (isNumber(value) ? Math.trunc(toDouble(value)) || 0 : 0);

function badSlice(operand: Value, why: string): CommandError {
  const given = `Invalid $slice syntax. The given syntax ${renderValue({ $slice: operand })}`;
  const find = `did not match the find() syntax because :: ${why}`;
  const expression = "The given syntax did not match the expression $slice syntax.";
  const cause = "Expression $slice takes at least 2 arguments, and at most 3, but 1 were passed in.";
  return new CommandError(28667, `${given} ${find} :: ${expression} :: caused by :: ${cause}`);
}

/** The first element that matches, alone in its array. */
function parseElemMatch({ field, prefix }: Part, operand: Value, parsing: Parsing): ProjectionLeaf {
  if (!isDocument(operand)) {
    throw new CommandError(31274, `elemMatch: Invalid argument, object required, but got ${kindOf(operand)}`);
  }
  if (prefix !== "" || field.includes(".")) {
    throw new CommandError(31275, "Cannot use $elemMatch projection on a nested field.");
  }
  parsing.hasElemMatch = true;
  const filter = parseFilter({ [field]: { $elemMatch: operand } }, parsing.scope);
  const evaluate = (document: ValueDocument): Value => {
    const array = fieldOf(document, field);
    const at = filter.matchedArrayIndex(document);
    return at === null || array === missing || !isArray(array) ? undefined : [array[at]];
  };
  return { kind: "computed", evaluate };
}

/** What is neither true, false nor a number is the field's new value. */
function parseExpression({ field, value }: Part, parsing: Parsing): ProjectionLeaf {
  parsing.mode ??= "inclusion";
  if (parsing.mode === "exclusion") {
    const given = renderField(field, value);
    throw new CommandError(31310, `Cannot use an expression ${given} in an exclusion projection`);
  }
  if (!mayCompute(value)) return { kind: "computed", evaluate: () => value };
  if (parsing.scope.evaluate === null) {
    throw new CommandError("NotImplemented", "expressions are not supported in this projection");
  }
  return { kind: "computed", evaluate: parsing.scope.evaluate(value, parsing.scope) };
}

const mayCompute = (value: Value): boolean =>
  isArray(value) || isDocument(value) || (typeof value === "string" && value.startsWith("$"));
