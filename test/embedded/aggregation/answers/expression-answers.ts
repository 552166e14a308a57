// What mongod 6.0.5 answered, each expression as `{ $replaceWith: { result: <expression> } }` over one document. In the
// messages what the command puts before them is left out.
import type { nothing, Plain, Refused } from "../typed.ts";

export type ExpressionAnswer = readonly [
  expression: Plain,
  document: { readonly [field: string]: Plain },
  answer: Plain | Refused | typeof nothing,
];

/** By operator, or by what else the expressions are about. */
export type ExpressionAnswers = Readonly<Record<string, readonly ExpressionAnswer[]>>;
