// What an index or a sort reads from a document: one tuple of values per element of the array that its paths share.
// Unlike a match (paths.ts) it takes missing for null and an empty array for undefined, and looks into one array only.
import { CommandError } from "../command-error.ts";
import { renderValue } from "../values/render-value.ts";
import { fieldOf, isArray, isDocument, missing, type Value, type ValueDocument } from "../values/value.ts";
import type { Element } from "./paths.ts";

export interface KeyTuples {
  /** In the order of the array, with repetitions; one element per path. Missing sorts as null; a sparse index tells them apart. */
  readonly tuples: readonly (readonly Element[])[];
  /** An array was on a path, be it an empty one. */
  readonly multikey: boolean;
}

/** `parallelArrays` makes the error for two paths that lead into different arrays, from the names of both fields. */
export function keyTuples(
  document: ValueDocument,
  paths: readonly (readonly string[])[],
  parallelArrays: (first: string, second: string) => CommandError,
): KeyTuples {
  const output: Output = { tuples: [], multikey: false, parallelArrays };
  expand(
    paths.map((rest) => ({ rest, fixed: missing, positional: null })),
    document,
    output,
  );
  return output;
}

/** One path on its way: `rest` are the segments still to read; `fixed` is final once there are none. */
interface Cursor {
  readonly rest: readonly string[];
  readonly fixed: Element;
  /** Where the next segment is a position in the array being expanded: what stands there, for every element. */
  readonly positional: Step | null;
}

interface Step {
  readonly element: Element;
  readonly rest: readonly string[];
  /** An array that stands in an array by position: as the end of a path it is one value, and not expanded. */
  readonly nested: boolean;
  /** The array whose position this is; null where a field was read. */
  readonly within: readonly Value[] | null;
}

interface Output {
  readonly tuples: (readonly Element[])[];
  multikey: boolean;
  readonly parallelArrays: (first: string, second: string) => CommandError;
}

function expand(cursors: readonly Cursor[], document: ValueDocument, output: Output): void {
  const steps = cursors.map((cursor) => (cursor.rest.length === 0 ? null : stepOf(cursor, document)));
  const array = sharedArray(cursors, steps, output);
  const next = cursors.map((cursor, at): Cursor => {
    const step = steps[at] ?? null;
    return step === null ? cursor : { rest: step.rest, fixed: step.element, positional: null };
  });
  if (array === null) {
    output.tuples.push(next.map(({ fixed }) => fixed));
    return;
  }
  output.multikey = true;
  const through = steps.map((step) => step !== null && step.element === array);
  if (array.length === 0) {
    expand(withLeaves({ cursors: next, through, leaf: undefined }), {}, output);
    return;
  }
  const positioned = next.map((cursor) => ({ ...cursor, positional: positionalStep(array, cursor.rest) }));
  const nested = steps.some((step) => step?.nested === true && step.element === array);
  for (const element of array) {
    const leaf = nested ? array : element;
    expand(withLeaves({ cursors: positioned, through, leaf }), isDocument(element) ? element : {}, output);
  }
}

function stepOf(cursor: Cursor, document: ValueDocument): Step {
  const [first = ""] = cursor.rest;
  if (fieldOf(document, first) === missing) return cursor.positional ?? nowhere;
  if (cursor.positional !== null) throw ambiguousField(first, cursor.positional.within ?? []);
  return { ...untilArray(document, cursor.rest), nested: false, within: null };
}

const nowhere: Step = { element: missing, rest: [], nested: false, within: null };

function ambiguousField(field: string, array: readonly Value[]): CommandError {
  const why = "(do not use numeric field names in embedded elements in an array)";
  const where = `field: '${field}' for array: ${renderValue(Object.fromEntries(array.entries()))}`;
  return new CommandError(16746, `Ambiguous field name found in array ${why}, ${where}`);
}

function untilArray(document: ValueDocument, path: readonly string[]): Pick<Step, "element" | "rest"> {
  let element: Element = document;
  for (const [at, segment] of path.entries()) {
    if (element === missing || !isDocument(element)) return nowhere;
    element = fieldOf(element, segment);
    if (element !== missing && isArray(element)) return { element, rest: path.slice(at + 1) };
  }
  return { element, rest: [] };
}

/** The one array that may be expanded here; two paths into different ones have no common tuples. */
function sharedArray(cursors: readonly Cursor[], steps: readonly (Step | null)[], output: Output): Value[] | null {
  let array: Value[] | null = null;
  let name = "";
  for (const [at, step] of steps.entries()) {
    if (step === null || step.element === missing || !isArray(step.element)) continue;
    const own = cursors[at]?.rest.at(-step.rest.length - 1) ?? "";
    if (array !== null && array !== step.element) throw output.parallelArrays(own, name);
    array = step.element;
    name = own;
  }
  return array;
}

function withLeaves(given: {
  cursors: readonly Cursor[];
  through: readonly boolean[];
  leaf: Value;
}): readonly Cursor[] {
  return given.cursors.map((cursor, at) =>
    given.through[at] && cursor.rest.length === 0 ? { ...cursor, fixed: given.leaf } : cursor,
  );
}

function positionalStep(array: readonly Value[], rest: readonly string[]): Step | null {
  const [first = "", ...below] = rest;
  const position = Number(first);
  if (rest.length === 0 || String(position) !== first || !(position in array)) return null;
  const element = array[position];
  const nested = isArray(element);
  if (nested || below.length === 0) return { element, rest: below, nested, within: array };
  return { ...(isDocument(element) ? untilArray(element, below) : nowhere), nested, within: array };
}
