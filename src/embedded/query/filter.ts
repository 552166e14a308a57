// Filters of find, count, update, delete and $match: parsed once, asked of many documents.
import { BSONRegExp } from "bson";
import { CommandError } from "../command-error.ts";
import type { Value, ValueDocument } from "../values/value.ts";
import { parseEq } from "./comparison-operators.ts";
import { parseOperators } from "./field-operators.ts";
import { isLogicalOperator } from "./logical-names.ts";
import { logicalOperators } from "./logical-operators.ts";
import { isOperatorDocument } from "./operator-document.ts";
import { alongPath, type DocumentTest, type MatchDetails, type ParseContext, testOf } from "./predicate.ts";
import { matchRegex } from "./regex-operator.ts";
import type { QueryScope } from "./scope.ts";

export interface Filter {
  matches(document: ValueDocument): boolean;
  /** Where in an array a matching document matched, which `$` stands for; null where no array was involved. */
  matchedArrayIndex(document: ValueDocument): number | null;
}

/** Throws CommandError, with MongoDB's code and words, for what MongoDB refuses, and for what this server does not have. */
export function parseFilter(filter: ValueDocument, scope: QueryScope): Filter {
  const test = parseDocument(filter, {
    ...{ scope, path: "", isTopLevel: true, depth: 0 },
    parseFilter: parseDocument,
    parseOperators: parseDeeper,
  });
  return {
    matches: (document) => test(document, null),
    matchedArrayIndex: (document) => {
      const details: MatchDetails = { arrayIndex: null };
      return test(document, details) ? details.arrayIndex : null;
    },
  };
}

/** Beyond what MongoDB takes as a document, and well within the stack. */
const maximumDepth = 200;

function deeper(context: ParseContext): ParseContext {
  if (context.depth > maximumDepth) throw new CommandError("BadValue", "exceeded maximum query tree depth");
  return { ...context, depth: context.depth + 1 };
}

const parseDeeper: ParseContext["parseOperators"] = (operators, context) => parseOperators(operators, deeper(context));

function parseDocument(filter: ValueDocument, given: ParseContext): DocumentTest {
  const context = deeper(given);
  const tests = Object.entries(filter).map(([name, operand]) => parsePart(name, operand, context));
  const [only] = tests;
  if (tests.length === 1 && only !== undefined) return only;
  return (document, details) => tests.every((test) => test(document, details));
}

function parsePart(name: string, operand: Value, context: ParseContext): DocumentTest {
  if (isLogicalOperator(name)) return logicalOperators[name](operand, context);
  if (name.startsWith("$") && !isReference(name)) throw unknownOperator(name);
  if (isOperatorDocument(operand)) return alongPath(parseDeeper(operand, { ...context, path: name }), name);
  if (operand instanceof BSONRegExp) return alongPath(testOf(matchRegex(operand)), name);
  return alongPath(parseEq(operand), name);
}

/** The fields of a DBRef begin with `$` and are fields all the same. */
const isReference = (name: string): boolean => /^\$(ref|id|db)$/.test(name);

function unknownOperator(name: string): CommandError {
  const hint =
    name === "$not"
      ? "If you are trying to negate an entire expression, use $nor."
      : "If you have a field name that starts with a '$' symbol, consider using $getField or $setField.";
  return new CommandError("BadValue", `unknown top level operator: ${name}. ${hint}`);
}
