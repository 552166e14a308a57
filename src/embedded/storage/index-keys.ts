// The entries of a document in an index, as mongod has them: null for what is missing, one entry per element of an array,
// none where a partial or sparse index leaves the document out.
import { CommandError } from "../command-error.ts";
import { parseFilter } from "../query/filter.ts";
import { keyTuples } from "../query/key-tuples.ts";
import type { QueryScope } from "../query/scope.ts";
import { encodeKey } from "../values/key-encoding.ts";
import { fieldOf, isArray, missing, type Value, type ValueDocument } from "../values/value.ts";
import type { IndexDefinition } from "./index-definition.ts";

export interface IndexKeys {
  /** Distinct. */
  readonly keys: readonly Uint8Array[];
  /** An array was on a path of the key. */
  readonly multikey: boolean;
}

type Element = Value | typeof missing;

/** The returned function throws CannotIndexParallelArrays for a document with arrays on two paths. */
export function compileIndexKeys(
  definition: Pick<IndexDefinition, "key" | "sparse" | "partialFilter">,
): (document: ValueDocument) => IndexKeys {
  const { key, sparse, partialFilter } = definition;
  const directions = key.map(({ direction }) => direction);
  const paths = key.map(({ path }) => path.split("."));
  const names = key.map(({ path }) => path);
  const isFlat = paths.every((segments) => segments.length === 1);
  const partial = partialFilter === null ? null : parseFilter(partialFilter, timeless);
  const keyOf = (tuple: readonly Element[]): readonly Uint8Array[] =>
    sparse && tuple.every((element) => element === missing) ? [] : [encodeKey(tuple.map(orNull), directions)];

  return (document) => {
    if (partial !== null && !partial.matches(document)) return leftOut;
    const flat = isFlat ? flatTuple(document, names) : null;
    if (flat !== null) return { keys: keyOf(flat), multikey: false };
    const { tuples, multikey } = keyTuples(document, paths, parallelArrays);
    const keys = tuples.flatMap(keyOf);
    return { keys: keys.length < 2 ? keys : distinct(keys), multikey };
  };
}

const leftOut: IndexKeys = { keys: [], multikey: false };

/** Whether a document is in an index depends on nothing else. */
const timeless: QueryScope = { now: new Date(0), variables: {}, evaluate: null };

/** The usual case, several times as quick: fields of the document itself. Null where one of them is an array. */
function flatTuple(document: ValueDocument, names: readonly string[]): readonly Element[] | null {
  const tuple: Element[] = [];
  for (const name of names) {
    const element = fieldOf(document, name);
    if (element !== missing && isArray(element)) return null;
    tuple.push(element);
  }
  return tuple;
}

const orNull = (element: Element): Value => (element === missing ? null : element);

function distinct(keys: readonly Uint8Array[]): readonly Uint8Array[] {
  return [...new Map(keys.map((key) => [Buffer.from(key).toString("latin1"), key])).values()];
}

function parallelArrays(first: string, second: string): CommandError {
  return new CommandError("CannotIndexParallelArrays", `cannot index parallel arrays [${first}] [${second}]`);
}
