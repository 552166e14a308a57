// The table of the operators about one field: `{field: {$operator: operand}}`.
import { BSONRegExp } from "bson";
import { CommandError } from "../command-error.ts";
import { isDocument, type Value, type ValueDocument } from "../values/value.ts";
import { parseAll, parseElemMatch, parseSize } from "./array-operators.ts";
import { parseBits } from "./bit-operators.ts";
import { parseEq, parseIn, parseNe, parseNin, parseOrder } from "./comparison-operators.ts";
import { parseExists, parseType } from "./element-operators.ts";
import { parseMod } from "./modulo-operator.ts";
import { allOf, notOf, type ParseContext, type Predicate, testOf } from "./predicate.ts";
import { checkOptions, matchRegex, parseRegex } from "./regex-operator.ts";

/** Null for what belongs to another operator. */
type OperatorParser = (operand: Value, context: ParseContext, operators: ValueDocument) => Predicate | null;

const fieldOperators: ReadonlyMap<string, OperatorParser> = new Map<string, OperatorParser>([
  ["$eq", parseEq],
  ["$ne", parseNe],
  ["$gt", parseOrder("$gt")],
  ["$gte", parseOrder("$gte")],
  ["$lt", parseOrder("$lt")],
  ["$lte", parseOrder("$lte")],
  ["$in", parseIn],
  ["$nin", parseNin],
  ["$not", parseNot],
  ["$exists", parseExists],
  ["$type", parseType],
  ["$size", parseSize],
  ["$all", parseAll],
  ["$elemMatch", parseElemMatch],
  ["$mod", parseMod],
  ["$regex", (operand, _, operators) => parseRegex(operand, operators)],
  ["$options", (_, __, operators) => checkOptions(operators)],
  ["$bitsAllSet", parseBits("$bitsAllSet")],
  ["$bitsAllClear", parseBits("$bitsAllClear")],
  ["$bitsAnySet", parseBits("$bitsAnySet")],
  ["$bitsAnyClear", parseBits("$bitsAnyClear")],
]);

/** MongoDB's own that this server does not have; anything else is unknown to both. */
const notImplemented = /^\$(near|nearSphere|geoNear|geoWithin|within|geoIntersects|_internal\w+)$/;

/** `{$gt: 1, $lt: 3}`: all of them. Throws CommandError. */
export function parseOperators(operators: ValueDocument, context: ParseContext): Predicate {
  const predicates = Object.entries(operators).map(([name, operand]) => {
    const parse = fieldOperators.get(name);
    if (parse !== undefined) return parse(operand, context, operators);
    if (!notImplemented.test(name)) throw new CommandError("BadValue", `unknown operator: ${name}`);
    throw new CommandError("NotImplemented", `${name} is not supported by this server`);
  });
  return allOf(predicates.filter((predicate) => predicate !== null));
}

function parseNot(operand: Value, context: ParseContext): Predicate {
  if (operand instanceof BSONRegExp) return notOf(testOf(matchRegex(operand)));
  if (!isDocument(operand)) throw new CommandError("BadValue", "$not needs a regex or a document");
  if (Object.keys(operand).length === 0) throw new CommandError("BadValue", "$not cannot be empty");
  return notOf(context.parseOperators(operand, context));
}
