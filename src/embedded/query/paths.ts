// Reads a dotted path as MongoDB's matcher does: through arrays without being told, a number being an index or a field
// name. What an index or a sort reads from a path is another rule: key-tuples.ts.
import { fieldOf, isArray, isDocument, missing, type Value, type ValueDocument } from "../values/value.ts";

export type Element = Value | typeof missing;

/** `index` is the position in the outermost array that was gone through unasked, null where there was none. */
export type Visit = (element: Element, index: number | null) => boolean;

/** How an array at the end of the path is seen: its elements and then itself, or itself alone. */
export type LeafArrays = "elements" | "whole";

export interface Path {
  readonly segments: readonly string[];
  readonly leafArrays: LeafArrays;
}

export function parsePath(path: string, leafArrays: LeafArrays = "elements"): Path {
  return { segments: path.split("."), leafArrays };
}

/** True once `visit` said true of one of the elements that the path reaches; `missing` is an element too. */
export function someOnPath(document: ValueDocument, path: Path, visit: Visit): boolean {
  const [first = ""] = path.segments;
  if (path.segments.length > 1) return someInDocument(document, { ...path, at: 0, index: null, visit });
  const element = fieldOf(document, first);
  // Most filters ask one plain field.
  if (element === missing || !isArray(element)) return visit(element, null);
  return someOfLeaf(element, { ...path, at: 1, index: null, visit });
}

interface Walk extends Path {
  /** The segment to read next. */
  readonly at: number;
  readonly index: number | null;
  readonly visit: Visit;
}

function someInDocument(document: ValueDocument, walk: Walk): boolean {
  const { segments, index, visit } = walk;
  let at = walk.at;
  let element: Element = fieldOf(document, segments[at++] as string);
  while (at < segments.length && element !== missing && !isArray(element)) {
    element = isDocument(element) ? fieldOf(element, segments[at++] as string) : missing;
  }
  if (element !== missing && isArray(element)) return someInArray(element, { ...walk, at });
  return visit(element, index);
}

function someInArray(array: readonly Value[], walk: Walk): boolean {
  return walk.at === walk.segments.length ? someOfLeaf(array, walk) : someBelow(array, walk);
}

function someOfLeaf(array: readonly Value[], { index, visit, leafArrays }: Walk): boolean {
  if (leafArrays === "elements") {
    for (const [at, element] of array.entries()) {
      if (visit(element, index ?? at)) return true;
    }
  }
  return visit(array as Value[], index);
}

/** A document in the array is read with the rest of the path, and besides by its position if the path names that. */
function someBelow(array: readonly Value[], walk: Walk): boolean {
  for (const [at, element] of array.entries()) {
    if (isDocument(element) && someInDocument(element, { ...walk, index: walk.index ?? at })) return true;
    if (walk.segments[walk.at] === String(at) && someAtPosition(element, walk)) return true;
  }
  return false;
}

/** An array found by its position is not looked into when the path ends there. */
function someAtPosition(element: Value, walk: Walk): boolean {
  const at = walk.at + 1;
  if (at === walk.segments.length) return walk.visit(element, walk.index);
  if (isDocument(element)) return someInDocument(element, { ...walk, at });
  return isArray(element) && someInArray(element, { ...walk, at });
}

/**
 * What `distinct` finds at a path, where a number after an array is a position and nothing else. An array at the end is
 * returned whole.
 */
export function valuesAt(document: ValueDocument, path: string): readonly Value[] {
  return valuesBelow(document, path.split("."));
}

function valuesBelow(value: Value, segments: readonly string[]): readonly Value[] {
  const [segment, ...rest] = segments;
  if (segment === undefined) return [value];
  if (isArray(value)) {
    if (/^\d+$/.test(segment)) return segment in value ? valuesBelow(value[Number(segment)], rest) : [];
    return value.filter(isDocument).flatMap((element) => valuesBelow(element, segments));
  }
  const field = isDocument(value) ? fieldOf(value, segment) : missing;
  return field === missing ? [] : valuesBelow(field, rest);
}
