// The order of `sort`: one key per document, compared over all types.
import { CommandError } from "../command-error.ts";
import { compareValues } from "../values/compare.ts";
import { toDouble } from "../values/numbers.ts";
import { renderField } from "../values/render-value.ts";
import { fieldOf, isDocument, isNumber, missing, type Value, type ValueDocument } from "../values/value.ts";
import { checkFieldPath } from "./field-path.ts";
import { keyTuples } from "./key-tuples.ts";

export interface SortField {
  readonly path: string;
  readonly direction: 1 | -1;
}

export interface Sort {
  /** Negative where `a` comes first; 0 where the sort does not tell them apart. */
  compare(a: ValueDocument, b: ValueDocument): number;
  readonly fields: readonly SortField[];
}

/** As many as an index may have fields. */
const maximumFields = 32;

/** Throws CommandError. An empty sort orders nothing. */
export function parseSort(sort: ValueDocument): Sort {
  const fields = Object.entries(sort).map(([path, direction]) => parseField(path, direction));
  if (fields.length > maximumFields) throw new CommandError(13103, "too many compound keys");
  const keyOf = remembered(compileSortKey(fields));
  return { fields, compare: (a, b) => (fields.length === 0 ? 0 : compareKeys(fields, keyOf(a), keyOf(b))) };
}

function parseField(path: string, direction: Value): SortField {
  if (path === "$natural") throw new CommandError("NotImplemented", "$natural sort is not supported");
  checkFieldPath(path);
  if (isDocument(direction)) throw notSupportedMeta(direction);
  if (!isNumber(direction))
    throw new CommandError(15974, `Illegal key in $sort specification: ${renderField(path, direction)}`);
  const sign = Math.trunc(toDouble(direction));
  if (sign === 1 || sign === -1) return { path, direction: sign };
  throw new CommandError(15975, "$sort key ordering must be 1 (for ascending) or -1 (for descending)");
}

function notSupportedMeta(direction: ValueDocument): CommandError {
  const meta = fieldOf(direction, "$meta");
  if (meta === missing) return new CommandError(17312, "$meta is the only expression supported by $sort right now");
  return new CommandError("NotImplemented", "$meta sort is not supported");
}

type SortKey = readonly Value[];

/** Each document is compared many times. */
function remembered(keyOf: (document: ValueDocument) => SortKey): (document: ValueDocument) => SortKey {
  const keys = new WeakMap<ValueDocument, SortKey>();
  return (document) => {
    const known = keys.get(document);
    if (known !== undefined) return known;
    const key = keyOf(document);
    keys.set(document, key);
    return key;
  };
}

/** Of the tuples of an array the one that comes first in this very order, so that a descending sort takes the largest. */
function compileSortKey(fields: readonly SortField[]): (document: ValueDocument) => SortKey {
  const paths = fields.map(({ path }) => path.split("."));
  return (document) => {
    const { tuples } = keyTuples(document, paths, parallelArrays);
    const keys = tuples.map((tuple) => tuple.map((element) => (element === missing ? null : element)));
    return keys.reduce((first, key) => (compareKeys(fields, key, first) < 0 ? key : first));
  };
}

const parallelArrays = () => new CommandError("BadValue", "cannot sort with keys that are parallel arrays");

function compareKeys(fields: readonly SortField[], a: SortKey, b: SortKey): number {
  for (const [at, { direction }] of fields.entries()) {
    const order = compareValues(a[at], b[at]);
    if (order !== 0) return order * direction;
  }
  return 0;
}
