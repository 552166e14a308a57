// $bucket: groups by ranges of a value.
import { CommandError } from "../../command-error.ts";
import { compareValues, typeBracket } from "../../values/compare.ts";
import { renderValue } from "../../values/render-value.ts";
import { fieldOf, isArray, isDocument, missing, type Value, type ValueDocument } from "../../values/value.ts";
import { orNull, type Result } from "../expression.ts";
import { kindName } from "../render-value.ts";
import { counted, type GroupField, groupedBy, parseGroupField } from "./group.ts";
import { parseOfDocument, type StageContext, type StageParser } from "./stage.ts";

export const bucket: StageParser = (argument, context) => {
  if (!isDocument(argument)) {
    throw new CommandError(
      40201,
      `Argument to $bucket stage must be an object, but found type: ${kindName(argument)}.`,
    );
  }
  for (const name of Object.keys(argument)) {
    if (!["groupBy", "boundaries", "default", "output"].includes(name)) {
      throw new CommandError(40197, `Unrecognized option to $bucket: ${name}.`);
    }
  }
  const groupBy = fieldOf(argument, "groupBy");
  const given = fieldOf(argument, "boundaries");
  const keyOf = groupBy === missing ? null : parseGroupBy(groupBy, context);
  const boundaries = given === missing ? null : parseBoundaries(given, context);
  const fields = parseOutput(fieldOf(argument, "output"), context);
  if (keyOf === null || boundaries === null) {
    throw new CommandError(40198, "$bucket requires 'groupBy' and 'boundaries' to be specified.");
  }
  const otherwise = parseDefault(fieldOf(argument, "default"), boundaries, context);
  const grouped = groupedBy((document) => bucketOf(orNull(keyOf(document)), boundaries, otherwise), fields);
  return function* (input) {
    yield* [...grouped(input)].sort((a, b) => compareValues(a._id, b._id));
  };
};

/** The lower boundary of the value's range. */
function bucketOf(value: Value, boundaries: readonly Value[], otherwise: Result): Value {
  const above = boundaries.findIndex((boundary) => compareValues(value, boundary) < 0);
  if (above > 0) return boundaries[above - 1];
  if (otherwise !== missing) return otherwise;
  const problem = "$switch could not find a matching branch for an input, and no default was specified.";
  throw new CommandError(4934200, problem);
}

function parseGroupBy(groupBy: Value, context: StageContext): (document: ValueDocument) => Result {
  const isPath = typeof groupBy === "string" && groupBy.startsWith("$");
  const isExpression = isDocument(groupBy) && Object.keys(groupBy)[0]?.startsWith("$") === true;
  if (isPath || isExpression) return parseOfDocument(groupBy, context);
  const problem = "The $bucket 'groupBy' field must be defined as a $-prefixed path or an expression, but found";
  throw new CommandError(40202, `${problem}: ${renderValue(groupBy)}.`);
}

function parseBoundaries(given: Value, context: StageContext): readonly Value[] {
  if (!isArray(given)) {
    const problem = "The $bucket 'boundaries' field must be an array, but found type";
    throw new CommandError(40200, `${problem}: ${kindName(given)}.`);
  }
  const boundaries = given.map((each) => {
    if (isConstant(each)) return orNull(parseOfDocument(each, context)({}));
    const problem = "The $bucket 'boundaries' field must be an array of constant values, but found value";
    throw new CommandError(40191, `${problem}: ${renderValue(each)}.`);
  });
  if (boundaries.length < 2) {
    const problem = "The $bucket 'boundaries' field must have at least 2 values, but found";
    throw new CommandError(40192, `${problem} ${boundaries.length} value(s).`);
  }
  for (const [at, upper] of boundaries.entries()) {
    if (at > 0) checkOrder(at, boundaries[at - 1], upper);
  }
  return boundaries;
}

/** True where no field and no variable is read. */
function isConstant(expression: Value): boolean {
  if (typeof expression === "string") return !expression.startsWith("$");
  if (isArray(expression)) return expression.every(isConstant);
  if (!isDocument(expression) || Object.hasOwn(expression, "$literal")) return true;
  return Object.values(expression).every(isConstant);
}

/** The two "the" are MongoDB's. */
function checkOrder(at: number, lower: Value, upper: Value): void {
  if (typeBracket(lower) !== typeBracket(upper)) {
    const problem = "All values in the the 'boundaries' option to $bucket must have the same type.";
    const types = `Found conflicting types ${kindName(lower)} and ${kindName(upper)}.`;
    throw new CommandError(40193, `${problem} ${types}`);
  }
  if (compareValues(lower, upper) < 0) return;
  const problem = "The 'boundaries' option to $bucket must be sorted, but elements";
  const found = `${at - 1} and ${at} are not in ascending order (${renderValue(lower)} is not less than ${renderValue(upper)})`;
  throw new CommandError(40194, `${problem} ${found}.`);
}

function parseOutput(output: Result, context: StageContext): readonly GroupField[] {
  if (output === missing) return [counted];
  if (isDocument(output)) return Object.entries(output).map(([name, value]) => parseGroupField(name, value, context));
  const problem = "The $bucket 'output' field must be an object, but found type";
  throw new CommandError(40196, `${problem}: ${kindName(output)}.`);
}

function parseDefault(given: Result, boundaries: readonly Value[], context: StageContext): Result {
  if (given === missing) return missing;
  if (!isConstant(given)) {
    const problem = "The $bucket 'default' field must be a constant expression, but found";
    throw new CommandError(40195, `${problem}: ${renderValue(given)}.`);
  }
  const value = orNull(parseOfDocument(given, context)({}));
  const isBelow = compareValues(value, boundaries[0]) < 0;
  if (isBelow || compareValues(value, boundaries.at(-1)) >= 0) return value;
  const rule = "must be less than the lowest boundary or greater than or equal to the highest boundary";
  throw new CommandError(40199, `The $bucket 'default' field ${rule}.`);
}
