// What a stage is: a lazy function over documents, made from its argument before anything is read.
import type { QueryScope } from "../../query/scope.ts";
import type { Value, ValueDocument } from "../../values/value.ts";
import type { Result } from "../expression.ts";
import { parseExpression } from "../parse-expression.ts";

/** Gives new documents and leaves those of its input as they are; both may share parts. */
export type Stage = (input: Iterable<ValueDocument>) => Iterable<ValueDocument>;

export interface StageContext {
  readonly scope: QueryScope;
  /** The documents of another collection of the same database; none where it does not exist. */
  lookup(collection: string): Iterable<ValueDocument>;
  /** From 0 to below 1. */
  random(): number;
  parsePipeline(pipeline: readonly ValueDocument[]): Stage;
}

/** Throws CommandError. */
export type StageParser = (argument: Value, context: StageContext) => Stage;

export function parseOfDocument(expression: Value, { scope }: StageContext): (document: ValueDocument) => Result {
  const evaluate = parseExpression(expression, scope);
  return (root) => evaluate({ root, bindings: null });
}

export const chained =
  (...stages: readonly Stage[]): Stage =>
  (input) =>
    stages.reduce((documents, stage) => stage(documents), input);

export const mapped =
  (change: (document: ValueDocument) => ValueDocument): Stage =>
  (input) =>
    mapEach(input, change);

function* mapEach(input: Iterable<ValueDocument>, change: (document: ValueDocument) => ValueDocument) {
  for (const document of input) yield change(document);
}
