// Walks a document along the tree of an update. Containers on the way are copied when something in them changes, so that
// the document that came in stays as it was.
import { CommandError } from "../command-error.ts";
import { renderField } from "../values/render-value.ts";
import { isArray, type Value } from "../values/value.ts";
import { type Container, childOf, copyOf, putChild, removeChild } from "./container.ts";
import { createMissing } from "./create-missing.ts";
import { immutable } from "./immutable-id.ts";
import { nameAt, type Outcome, type Place, type Run, removed, unchanged } from "./modifier.ts";
import { resolveFields } from "./resolve-fields.ts";
import { type ElementsNode, type FieldsNode, type LeafNode, mergeNodes, type UpdateNode } from "./update-node.ts";

export const rootPlace = (run: Run): Place => ({ path: [], enclosingArray: null, run });

/** What becomes of an element that is there. */
export function applyNode(node: UpdateNode, value: Value, place: Place): Outcome {
  switch (node.kind) {
    case "leaf":
      return applyLeaf(node, value, place);
    case "fields":
      return applyFields(node, value, place);
    case "elements":
      return applyElements(node, value, place);
  }
}

function applyLeaf({ modifier }: LeafNode, value: Value, place: Place): Outcome {
  if (modifier.insertOnly === true && !place.run.isInsert) return unchanged;
  const outcome = modifier.change(value, place);
  if (outcome !== unchanged && place.path[0] === "_id") throw immutable.change(place);
  return outcome;
}

function applyFields(node: FieldsNode, value: Value, place: Place): Outcome {
  let result: Container | null = null;
  for (const [name, child] of resolveFields(node, place)) {
    const container = result ?? value;
    const current = childOf(container, name);
    const inside = below(place, name, container);
    const outcome =
      current === undefined
        ? createMissing(child, inside, { container, place })
        : applyNode(child, current.value, inside);
    if (outcome === unchanged) continue;
    result ??= copyOf(value);
    if (outcome === removed) removeChild(result, name);
    else putChild(result, name, outcome);
    if (current === undefined && place.path[0] === "_id") throw immutable.addition(place, result);
  }
  return result ?? unchanged;
}

/** Which elements are meant is decided before the first one changes. */
function applyElements(node: ElementsNode, value: Value, place: Place): Outcome {
  if (!isArray(value)) {
    const element = renderField(nameAt(place), value);
    throw new CommandError("BadValue", `Cannot apply array updates to non-array element ${element}`);
  }
  const chosen = value.map((element) => nodesFor(node, element));
  let result: Container | null = null;
  for (const [at, nodes] of chosen.entries()) {
    const inside = below(place, String(at), value);
    const [first, ...rest] = nodes;
    if (first === undefined) continue;
    const merged = rest.reduce((left, right) => mergeNodes(left, right, inside.path), first);
    const outcome = applyNode(merged, value[at], inside);
    if (outcome === unchanged) continue;
    result ??= copyOf(value);
    if (outcome === removed) removeChild(result, String(at));
    else putChild(result, String(at), outcome);
  }
  return result ?? unchanged;
}

function nodesFor({ children, filters }: ElementsNode, element: Value): readonly UpdateNode[] {
  const matching = [...children].filter(([identifier]) => identifier === "" || filters.get(identifier)?.(element));
  return matching.map(([, node]) => node);
}

function below(place: Place, name: string, container: Value): Place {
  const enclosingArray = isArray(container) ? nameAt(place) : place.enclosingArray;
  return { path: [...place.path, name], enclosingArray, run: place.run };
}
