// A parsed projection: what becomes of each field, by name and level. Dotted paths and nested documents are one tree.
import { CommandError } from "../command-error.ts";
import type { Value, ValueDocument } from "../values/value.ts";

export type ProjectionLeaf =
  | { readonly kind: "include" | "exclude" }
  /** Stays as it is, or is included, and is cut afterwards. */
  | { readonly kind: "slice"; readonly skip: number | null; readonly limit: number }
  /** A new value, from the whole document; `undefined` for none. */
  | { readonly kind: "computed"; readonly evaluate: (document: ValueDocument) => Value };

export interface ProjectionBranch {
  readonly kind: "branch";
  readonly fields: Map<string, ProjectionNode>;
  /** Somewhere below stands a computed field, which is made even where there was nothing. */
  makesFields: boolean;
}

export type ProjectionNode = ProjectionLeaf | ProjectionBranch;

export const newBranch = (): ProjectionBranch => ({ kind: "branch", fields: new Map(), makesFields: false });

/** Throws CommandError where the path or a part of it has been named before; only then is the leaf made. */
export function addLeaf(branch: ProjectionBranch, path: string, makeLeaf: () => ProjectionLeaf): void {
  const segments = path.split(".");
  const name = segments.pop() ?? "";
  const parent = segments.reduce((above, segment) => branchBelow(above, segment, path), branch);
  if (parent.fields.has(name)) throw new CommandError(31250, `Path collision at ${path}`);
  parent.fields.set(name, makeLeaf());
}

export function branchAt(branch: ProjectionBranch, path: string): ProjectionBranch {
  const segments = path.split(".");
  const name = segments.pop() ?? "";
  const parent = segments.reduce((above, segment) => branchBelow(above, segment, path), branch);
  const found = parent.fields.get(name) ?? newBranch();
  if (found.kind !== "branch") throw new CommandError(31250, `Path collision at ${path}`);
  parent.fields.set(name, found);
  return found;
}

function branchBelow(branch: ProjectionBranch, name: string, path: string): ProjectionBranch {
  const found = branch.fields.get(name);
  if (found === undefined) {
    const made = newBranch();
    branch.fields.set(name, made);
    return made;
  }
  if (found.kind === "branch") return found;
  // Counted from the second field, wherever the collision is.
  const rest = path.slice(path.indexOf(".") + 1);
  throw new CommandError(31249, `Path collision at ${path} remaining portion ${rest}`);
}

/** To be called once every leaf is in its place. */
export function markMakers(branch: ProjectionBranch): boolean {
  for (const node of branch.fields.values()) {
    const makes = node.kind === "branch" ? markMakers(node) : node.kind === "computed";
    branch.makesFields ||= makes;
  }
  return branch.makesFields;
}
