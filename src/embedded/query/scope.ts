// What a query may look at besides the document, one per command: `$$NOW` and `let` are the same for every document of it.
import type { Value, ValueDocument } from "../values/value.ts";

export interface QueryScope {
  readonly now: Date;
  /** `let` of the command. */
  readonly variables: ValueDocument;
  /** For `$expr` and computed fields; null where the place allows no expressions, which are then refused. */
  readonly evaluate: ExpressionEvaluator | null;
}

/** Parses once, runs per document. A missing result is `undefined`. */
export type ExpressionEvaluator = (expression: Value, scope: QueryScope) => (document: ValueDocument) => Value;
