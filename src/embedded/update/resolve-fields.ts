// The children of a node for one document, with the position that matched in place of `$`.
import { CommandError } from "../command-error.ts";
import type { Place } from "./modifier.ts";
import { compareNames, type FieldsNode, mergeNodes, type UpdateNode } from "./update-node.ts";
import { positional } from "./update-path.ts";

/** In the order in which they are applied. */
export function resolveFields({ children }: FieldsNode, place: Place): Iterable<readonly [string, UpdateNode]> {
  const node = children.get(positional);
  if (node === undefined) return children;
  const index = place.run.matchedIndex();
  if (index === null) {
    const message = "The positional operator did not find the match needed from the query.";
    throw new CommandError("BadValue", message);
  }
  const name = String(index);
  const resolved = new Map(children);
  resolved.delete(positional);
  const named = children.get(name);
  resolved.set(name, named === undefined ? node : mergeNodes(node, named, [...place.path, name]));
  return [...resolved].sort(([a], [b]) => compareNames(a, b));
}
