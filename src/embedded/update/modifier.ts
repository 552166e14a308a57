// What an operator does to the element at the end of one of its paths.

import { renderField } from "../values/render-value.ts";
import { fieldOf, missing, type Value, type ValueDocument } from "../values/value.ts";

/** Nothing is written; an equal value that is written all the same counts as a change. */
export const unchanged = Symbol("unchanged");
/** The field goes; an element of an array becomes null. */
export const removed = Symbol("removed");

export type Outcome = Value | typeof unchanged | typeof removed;

export interface Modifier {
  change(value: Value, place: Place): Outcome;
  /** What a missing element is made of; null for an operator that makes none. */
  readonly create: ((place: Place) => Value | typeof unchanged) | null;
  /** Does nothing below a scalar, where others are refused. */
  readonly ignoresBrokenPaths?: boolean;
  readonly insertOnly?: boolean;
}

/** Where an element stands. */
export interface Place {
  /** From the document's root, with numbers for `$` and `$[]`. */
  readonly path: readonly string[];
  /** The name of the innermost array around it. */
  readonly enclosingArray: string | null;
  readonly run: Run;
}

/** One update of one document. */
export interface Run {
  /** As it was. */
  readonly document: ValueDocument;
  readonly now: Date;
  readonly isInsert: boolean;
  /** Where the filter found its element of an array. */
  readonly matchedIndex: () => number | null;
}

export const nameAt = ({ path }: Place): string => path.at(-1) ?? "";

/** How MongoDB says in messages which document it is about. */
export function idText({ run }: Place): string {
  const id = fieldOf(run.document, "_id");
  return id === missing ? "no id" : renderField("_id", id);
}
