// What an expression is once parsed: a function of the document and of the variables bound around it.
import { missing, type Value, type ValueDocument } from "../values/value.ts";

/** A value, or nothing: `missing` leaves a field out where null would set it. */
export type Result = Value | typeof missing;

export type Evaluate = (frame: Frame) => Result;

export interface Frame {
  readonly root: ValueDocument;
  readonly bindings: Binding | null;
}

/** The innermost first. */
interface Binding {
  readonly slot: Slot;
  readonly value: Result;
  readonly outer: Binding | null;
}

/** The identity of one variable of `$let`, `$map`, …: an inner variable of the same name is another. */
export interface Slot {
  readonly name: string;
}

export interface ExpressionScope {
  /** Throws CommandError. */
  parse(expression: Value): Evaluate;
  /** For what reads the document without a variable's name: `$a` is `$$CURRENT.a`. */
  readonly variables: ReadonlyMap<string, Evaluate>;
  bind(names: readonly string[]): { readonly scope: ExpressionScope; readonly slots: readonly Slot[] };
}

/** Parses the argument of one operator. */
export type Operator = (argument: Value, scope: ExpressionScope) => Evaluate;
export type Operators = Readonly<Record<string, Operator>>;

export function withBinding(frame: Frame, slot: Slot, value: Result): Frame {
  return { root: frame.root, bindings: { slot, value, outer: frame.bindings } };
}

export function readBinding(frame: Frame, slot: Slot): Result {
  for (let binding = frame.bindings; binding !== null; binding = binding.outer) {
    if (binding.slot === slot) return binding.value;
  }
  return missing;
}

export const isNullish = (value: Result): value is null | undefined | typeof missing =>
  value === missing || value === null || value === undefined;

/** In an array there is no "nothing". */
export const orNull = (value: Result): Value => (value === missing ? null : value);
