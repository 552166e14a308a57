// $project, $addFields (also by the name $set) and $unset.
import { CommandError } from "../../command-error.ts";
import { checkFieldPath } from "../../query/field-path.ts";
import { projectDocument } from "../../query/project-document.ts";
import { parseProjection } from "../../query/projection.ts";
import { addLeaf, markMakers, newBranch } from "../../query/projection-tree.ts";
import { renderValue } from "../../values/render-value.ts";
import { isArray, isDocument, isNumber, missing, type Value, type ValueDocument } from "../../values/value.ts";
import { evaluateExpression } from "../expressions.ts";
import { checkFieldName } from "../field-path.ts";
import { operators } from "../operators.ts";
import { kindName } from "../render-value.ts";
import { mapped, parseOfDocument, type StageContext, type StageParser } from "./stage.ts";

/** As find's projection, without what only find has. */
export const project: StageParser = (argument, { scope }) => {
  if (!isDocument(argument)) throw new CommandError(15969, "$project specification must be an object");
  if (Object.keys(argument).length === 0) {
    throw new CommandError(51272, "projection specification must have at least one field");
  }
  refuseFindOnly(argument);
  const projection = parseProjection(argument, { ...scope, evaluate: evaluateExpression });
  return mapped((document) => projection.apply(document));
};

function refuseFindOnly(spec: ValueDocument): void {
  for (const [name, value] of Object.entries(spec)) {
    if (name.endsWith(".$")) {
      throw new CommandError(31324, "Cannot use positional projection in aggregation projection");
    }
    checkFieldPath(name);
    if (!isDocument(value)) continue;
    const [operator, ...more] = Object.keys(value);
    if (operator?.startsWith("$") === true && more.length === 0) checkOperator(operator, value[operator]);
    else refuseFindOnly(value);
  }
}

function checkOperator(operator: string, argument: Value): void {
  if (operator === "$elemMatch") {
    throw new CommandError("InvalidPipelineOperator", "Cannot use $elemMatch in this context");
  }
  if (operator === "$meta") {
    throw new CommandError(40218, "query requires text score metadata, but it is not available");
  }
  if (!Object.hasOwn(operators, operator)) throw new CommandError(31325, `Unknown expression ${operator}`);
  if (operator === "$slice") refuseShortSlice(argument);
}

/** `{ $slice: 3 }` and `{ $slice: [1, 3] }` are find's. */
function refuseShortSlice(argument: Value): void {
  const count = isArray(argument) ? argument.length : 1;
  if (count === 1) {
    const problem = "takes at least 2 arguments, and at most 3, but 1 were passed in.";
    throw new CommandError(28667, `Expression $slice ${problem}`);
  }
  const [first] = argument as Value[];
  if (count !== 2 || !isNumber(first)) return;
  const problem = "First argument to $slice must be an array, but is of type";
  throw new CommandError(28724, `${problem}: ${kindName(first)}`);
}

/** Fields that are there keep their places; new ones come last. A missing value takes the field away. */
export const addFields =
  (name: "$addFields" | "$set"): StageParser =>
  (argument, context) => {
    if (!isDocument(argument)) {
      throw new CommandError(40272, `${name} specification stage must be an object, got ${kindName(argument)}`);
    }
    const tree = newBranch();
    for (const { path, expression } of computedFields(argument, context)) {
      addLeaf(tree, path, () => ({ kind: "computed", evaluate: expression }));
    }
    markMakers(tree);
    return mapped((document) => projectDocument(document, tree, "exclusion"));
  };

interface ComputedField {
  readonly path: string;
  readonly expression: (document: ValueDocument) => Value;
}

function computedFields(spec: ValueDocument, context: StageContext): readonly ComputedField[] {
  const fields: ComputedField[] = [];
  const addBelow = (path: string, inner: ValueDocument): void => {
    for (const [name, value] of Object.entries(inner)) {
      if (name.includes(".")) {
        const problem = `cannot use dotted field name '${name}' in a sub object`;
        throw new CommandError(40183, `${problem}: ${renderValue(spec)}`);
      }
      checkFieldName(name);
      add(`${path}.${name}`, value);
    }
  };
  const add = (path: string, value: Value): void => {
    if (isDocument(value) && !isExpression(value, spec, path)) {
      addBelow(path, value);
      return;
    }
    const other = fields.find((field) => isWithin(field.path, path) || isWithin(path, field.path));
    if (other !== undefined) {
      const both = `Cannot specify both '${path}' and '${other.path}': ${renderValue(spec)}`;
      throw new CommandError(40176, `specification contains two conflicting paths. ${both}`);
    }
    const evaluate = parseOfDocument(value, context);
    fields.push({ path, expression: (document) => orUndefined(evaluate(document)) });
  };
  for (const [path, value] of Object.entries(spec)) {
    checkFieldPath(path);
    add(path, value);
  }
  return fields;
}

function isExpression(value: ValueDocument, spec: ValueDocument, path: string): boolean {
  const names = Object.keys(value);
  if (names.length === 0) {
    throw new CommandError(40180, `an empty object is not a valid value. Found empty object at path ${path}`);
  }
  if (!names.some((name) => name.startsWith("$"))) return false;
  if (names.length === 1) return true;
  const problem = "an expression specification must contain exactly one field, the name of the expression";
  const found = `Found ${names.length} fields in ${renderValue(value)}, while parsing object ${renderValue(spec)}`;
  throw new CommandError(40181, `${problem}. ${found}`);
}

const isWithin = (path: string, whole: string): boolean => path === whole || path.startsWith(`${whole}.`);

const orUndefined = (value: Value | typeof missing): Value => (value === missing ? undefined : value);

export const unset: StageParser = (argument) => {
  const paths = isArray(argument) ? argument : [argument];
  if (!isArray(argument) && typeof argument !== "string") {
    throw new CommandError(31002, "$unset specification must be a string or an array");
  }
  if (paths.length === 0) {
    throw new CommandError(31119, "$unset specification must be a string or an array with at least one field");
  }
  const tree = newBranch();
  for (const path of paths) {
    if (typeof path !== "string") {
      const problem = "$unset specification must be a string or an array containing only string values";
      throw new CommandError(31120, problem);
    }
    checkFieldPath(path);
    addLeaf(tree, path, () => ({ kind: "exclude" }));
  }
  return mapped((document) => projectDocument(document, tree, "exclusion"));
};
