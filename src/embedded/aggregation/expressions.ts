// The way in for queries: `$expr` and computed fields.
import type { ExpressionEvaluator, QueryScope } from "../query/scope.ts";
import { missing, setField, type ValueDocument } from "../values/value.ts";
import { parseExpression } from "./parse-expression.ts";

/** Throws CommandError. */
export const evaluateExpression: ExpressionEvaluator = (expression, scope) => {
  const evaluate = parseExpression(expression, scope);
  return (root) => {
    const result = evaluate({ root, bindings: null });
    return result === missing ? undefined : result;
  };
};

/** The values of a command's `let`, for QueryScope.variables. Throws CommandError. */
export function evaluateVariables(given: ValueDocument, now: Date): ValueDocument {
  const scope: QueryScope = { now, variables: {}, evaluate: evaluateExpression };
  const values: ValueDocument = {};
  for (const [name, expression] of Object.entries(given)) {
    setField(values, name, evaluateExpression(expression, scope)({}));
  }
  return values;
}
