// Applies a projection tree to a document. Arrays on the way are gone through, at every depth.
import { fieldOf, isArray, isDocument, missing, setField, type Value, type ValueDocument } from "../values/value.ts";
import type { Element } from "./paths.ts";
import type { ProjectionBranch, ProjectionLeaf } from "./projection-tree.ts";

export type ProjectionMode = "inclusion" | "exclusion";

interface Projecting {
  readonly mode: ProjectionMode;
  /** What computed fields are computed from. */
  readonly root: ValueDocument;
}

/** A new document; what is not changed in it is shared with the old one. */
export function projectDocument(root: ValueDocument, branch: ProjectionBranch, mode: ProjectionMode): ValueDocument {
  return projectFields(root, branch, { mode, root });
}

function projectFields(document: ValueDocument, branch: ProjectionBranch, projecting: Projecting): ValueDocument {
  const projected: ValueDocument = {};
  for (const [name, value] of Object.entries(document)) {
    const node = branch.fields.get(name);
    if (node === undefined) {
      if (projecting.mode === "exclusion") setField(projected, name, value);
      continue;
    }
    const element = node.kind === "branch" ? projectValue(value, node, projecting) : leafValue(value, node, projecting);
    if (element !== missing) setField(projected, name, element);
  }
  return branch.makesFields ? withMadeFields(projected, branch, projecting) : projected;
}

/** A computed field keeps its place in an exclusion; in an inclusion all of them come last. */
function leafValue(value: Value, leaf: ProjectionLeaf, { mode, root }: Projecting): Element {
  switch (leaf.kind) {
    case "include":
      return value;
    case "exclude":
      return missing;
    case "slice":
      return cut(value, leaf);
    case "computed":
      return mode === "inclusion" ? missing : madeValue(leaf, root);
  }
}

function madeValue(leaf: ProjectionLeaf & { readonly kind: "computed" }, root: ValueDocument): Element {
  const value = leaf.evaluate(root);
  return value === undefined ? missing : value;
}

function projectValue(value: Value, branch: ProjectionBranch, projecting: Projecting): Element {
  if (isDocument(value)) return projectFields(value, branch, projecting);
  if (isArray(value)) {
    return value.map((element) => projectValue(element, branch, projecting)).filter((element) => element !== missing);
  }
  if (branch.makesFields) return projectFields({}, branch, projecting);
  return projecting.mode === "inclusion" ? missing : value;
}

/** What the document did not have, in the order of the projection. */
function withMadeFields(projected: ValueDocument, branch: ProjectionBranch, projecting: Projecting): ValueDocument {
  for (const [name, node] of branch.fields) {
    if (fieldOf(projected, name) !== missing) continue;
    const isMade = node.kind === "computed" || (node.kind === "branch" && node.makesFields);
    if (!isMade) continue;
    const element = node.kind === "branch" ? projectFields({}, node, projecting) : madeValue(node, projecting.root);
    if (element !== missing) setField(projected, name, element);
  }
  return projected;
}

function cut(value: Value, { skip, limit }: { readonly skip: number | null; readonly limit: number }): Value {
  if (!isArray(value)) return value;
  if (skip === null) return limit < 0 ? value.slice(limit) : value.slice(0, limit);
  const from = skip < 0 ? Math.max(0, value.length + skip) : skip;
  return value.slice(from, from + limit);
}
