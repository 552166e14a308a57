// What operators make where their path leads beyond what the document has.
import { CommandError } from "../command-error.ts";
import { renderField } from "../values/render-value.ts";
import { isArray, isDocument, setField, type Value, type ValueDocument } from "../values/value.ts";
import { immutable } from "./immutable-id.ts";
import { nameAt, type Place, unchanged } from "./modifier.ts";
import { resolveFields } from "./resolve-fields.ts";
import type { LeafNode, UpdateNode } from "./update-node.ts";
import { arrayIndexOf } from "./update-path.ts";

/** The last element on the path that is there. */
export interface Edge {
  readonly container: Value;
  readonly place: Place;
}

/** New containers are always documents, also for a number: `steps.0` on a missing `steps` makes `{"0": …}`. */
export function createMissing(node: UpdateNode, place: Place, edge: Edge): Value | typeof unchanged {
  if (node.kind === "leaf") return createLeaf(node, place, edge);
  if (node.kind === "elements") {
    const rule = "must exist in the document in order to apply array updates.";
    throw new CommandError("BadValue", `The path '${place.path.join(".")}' ${rule}`);
  }
  let result: ValueDocument | null = null;
  for (const [name, child] of resolveFields(node, place)) {
    const created = createMissing(child, { ...place, path: [...place.path, name] }, edge);
    if (created === unchanged) continue;
    const isSecond = result !== null;
    result ??= {};
    setField(result, name, created);
    if (isSecond && place.path[0] === "_id") throw immutable.addition(place, result);
  }
  return result ?? unchanged;
}

function createLeaf({ modifier }: LeafNode, place: Place, edge: Edge): Value | typeof unchanged {
  if (modifier.insertOnly === true && !place.run.isInsert) return unchanged;
  if (modifier.create === null) {
    if (modifier.ignoresBrokenPaths !== true) judgeTraversable(edge, place);
    return unchanged;
  }
  const created = modifier.create(place);
  if (created !== unchanged) judgeCreatable(edge, place);
  return created;
}

const largestGap = 1_500_000;

function judgeCreatable({ container, place }: Edge, { path }: Place): void {
  const name = path[place.path.length] ?? "";
  if (isDocument(container)) judgeName(name, place);
  else if (isArray(container) && arrayIndexOf(name) !== null) judgeGap(container, arrayIndexOf(name) ?? 0);
  else {
    const element = renderField(nameAt(place), container);
    throw new CommandError("PathNotViable", `Cannot create field '${name}' in element {${element}}`);
  }
}

function judgeGap(array: readonly Value[], index: number): void {
  if (index - array.length <= largestGap) return;
  throw new CommandError("CannotBackfillArray", `can't backfill more than ${largestGap} elements`);
}

/** MongoDB lets `$` begin a name below the top only. */
function judgeName(name: string, { path }: Place): void {
  if (path.length === 0 && name.startsWith("$")) throw dollarPrefixed(name);
}

export function dollarPrefixed(name: string): CommandError {
  const where = "is not allowed in the context of an update's replacement document";
  const hint = "Consider using an aggregation pipeline with $replaceWith.";
  const message = `The dollar ($) prefixed field '${name}' in '${name}' ${where}. ${hint}`;
  return new CommandError("DollarPrefixedFieldName", message);
}

function judgeTraversable({ container, place }: Edge, { path }: Place): void {
  const name = path[place.path.length] ?? "";
  if (isDocument(container) || (isArray(container) && arrayIndexOf(name) !== null)) return;
  const part = `Cannot use the part (${name}) of (${path.join(".")})`;
  const element = renderField(nameAt(place), container);
  throw new CommandError("PathNotViable", `${part} to traverse the element ({${element}})`);
}
