// $and, $or, $nor, $expr, $alwaysTrue, $alwaysFalse: what stands in a filter beside its fields.
import { CommandError } from "../command-error.ts";
import { isArray, isDocument, type Value } from "../values/value.ts";
import { isTruthy } from "./element-operators.ts";
import { parseLong } from "./integer-operand.ts";
import type { LogicalName } from "./logical-names.ts";
import type { DocumentTest, ParseContext } from "./predicate.ts";

type LogicalParser = (operand: Value, context: ParseContext) => DocumentTest;

const always: DocumentTest = () => true;

export const logicalOperators: Readonly<Record<LogicalName, LogicalParser>> = {
  $and: (operand, context) => {
    const tests = parseList("$and", operand, context);
    return (document, details) => tests.every((test) => test(document, details));
  },
  $or: (operand, context) => {
    const tests = parseList("$or", operand, context);
    return (document, details) => tests.some((test) => test(document, details));
  },
  $nor: (operand, context) => {
    const tests = parseList("$nor", operand, context);
    return (document) => !tests.some((test) => test(document, null));
  },
  $expr: parseExpr,
  // For the log of the server, and of no meaning to the result.
  $comment: () => always,
  $alwaysTrue: (operand) => {
    checkOne("$alwaysTrue", operand);
    return always;
  },
  $alwaysFalse: (operand) => {
    checkOne("$alwaysFalse", operand);
    return () => false;
  },
  $where: refused("$where"),
  $text: refused("$text"),
  $jsonSchema: refused("$jsonSchema"),
  $sampleRate: refused("$sampleRate"),
};

function parseList(operator: string, operand: Value, context: ParseContext): readonly DocumentTest[] {
  if (!isArray(operand)) throw new CommandError("BadValue", `${operator} must be an array`);
  if (operand.length === 0) throw new CommandError("BadValue", "$and/$or/$nor must be a nonempty array");
  return operand.map((part) => {
    if (!isDocument(part)) throw new CommandError("BadValue", "$or/$and/$nor entries need to be full objects");
    return context.parseFilter(part, context);
  });
}

function parseExpr(operand: Value, { scope, isTopLevel }: ParseContext): DocumentTest {
  if (!isTopLevel) throw notInElemMatch("$expr");
  if (scope.evaluate === null) throw new CommandError(224, "$expr is not allowed in this context");
  const evaluate = scope.evaluate(operand, scope);
  return (document) => isTruthy(evaluate(document));
}

const notInElemMatch = (operator: string) =>
  new CommandError("BadValue", `${operator} can only be applied to the top-level document`);

function checkOne(operator: string, operand: Value): void {
  const one = parseLong(operator, operand);
  if (!one.ok) throw new CommandError("FailedToParse", one.why);
  if (one.value !== 1n) throw new CommandError("FailedToParse", `${operator} must be an integer value of 1`);
}

function refused(operator: string): LogicalParser {
  return (_, { isTopLevel }) => {
    if (!isTopLevel && operator !== "$jsonSchema") throw notInElemMatch(operator);
    throw new CommandError("NotImplemented", `${operator} is not supported by this server`);
  };
}
