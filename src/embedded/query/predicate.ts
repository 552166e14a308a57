// The parts a filter is made of. A predicate is about a value, wherever it stands; a test of a document looks along a
// path for a value that satisfies it. Kept apart because `$elemMatch` asks predicates of array elements, without a path.
import type { ValueDocument } from "../values/value.ts";
import { type Element, type LeafArrays, type Path, parsePath, someOnPath } from "./paths.ts";
import type { QueryScope } from "./scope.ts";

/** Filled while a document matches: what `$` stands for in an update or a projection. */
export interface MatchDetails {
  arrayIndex: number | null;
}

export type ElementTest = (element: Element, details: MatchDetails | null) => boolean;
export type DocumentTest = (document: ValueDocument, details: MatchDetails | null) => boolean;

export type Predicate =
  | { readonly kind: "test"; readonly test: ElementTest; readonly leafArrays: LeafArrays }
  | { readonly kind: "all"; readonly of: readonly Predicate[] }
  | { readonly kind: "not"; readonly of: Predicate };

/** What an operator's parser is given besides its operand. */
export interface ParseContext {
  readonly scope: QueryScope;
  /** The path as written, for messages. */
  readonly path: string;
  /** False inside `$elemMatch`, where `$expr` has no document to look at. */
  readonly isTopLevel: boolean;
  /** How many operators stand around this one. */
  readonly depth: number;
  /** The parsers of whole filters and of `{$operator: …}`, handed in because they in turn know every operator. */
  readonly parseFilter: (filter: ValueDocument, context: ParseContext) => DocumentTest;
  readonly parseOperators: (operators: ValueDocument, context: ParseContext) => Predicate;
}

export function testOf(test: ElementTest, leafArrays: LeafArrays = "elements"): Predicate {
  return { kind: "test", test, leafArrays };
}

export const allOf = (of: readonly Predicate[]): Predicate => {
  const [only] = of;
  return of.length === 1 && only !== undefined ? only : { kind: "all", of };
};

export const notOf = (of: Predicate): Predicate => ({ kind: "not", of });

/** Each test looks along the path for itself: `{a: {$gt: 1, $lt: 3}}` matches `[0, 5]`, and a negation holds for none. */
export function alongPath(predicate: Predicate, path: string): DocumentTest {
  switch (predicate.kind) {
    case "not": {
      const test = alongPath(predicate.of, path);
      return (document) => !test(document, null);
    }
    case "all": {
      const tests = predicate.of.map((part) => alongPath(part, path));
      return (document, details) => tests.every((test) => test(document, details));
    }
    case "test":
      return someTest(predicate.test, parsePath(path, predicate.leafArrays));
  }
}

function someTest(test: ElementTest, path: Path): DocumentTest {
  return (document, details) =>
    someOnPath(document, path, (element, index) => {
      if (!test(element, details)) return false;
      if (details !== null && index !== null) details.arrayIndex = index;
      return true;
    });
}

/** About one value itself. */
export function onElement(predicate: Predicate): ElementTest {
  switch (predicate.kind) {
    case "not": {
      const test = onElement(predicate.of);
      return (element) => !test(element, null);
    }
    case "all": {
      const tests = predicate.of.map(onElement);
      return (element, details) => tests.every((test) => test(element, details));
    }
    case "test":
      return predicate.test;
  }
}
