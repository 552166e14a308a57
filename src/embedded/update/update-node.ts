// The operators of an update as a tree over their paths: it shows which of them are in conflict, and in which order new
// fields appear.
import { CommandError } from "../command-error.ts";
import { compareValues } from "../values/compare.ts";
import type { ElementFilters } from "./array-filters.ts";
import type { Modifier } from "./modifier.ts";
import { identifierOf, isDigits } from "./update-path.ts";

export type UpdateNode = LeafNode | FieldsNode | ElementsNode;

export interface LeafNode {
  readonly kind: "leaf";
  readonly modifier: Modifier;
}

/** Fields of a document or positions of an array; one may be `$`. */
export interface FieldsNode {
  readonly kind: "fields";
  readonly children: Map<string, UpdateNode>;
}

/** Elements of an array, by the name of the filter that picks them; the empty name picks all. */
export interface ElementsNode {
  readonly kind: "elements";
  readonly children: Map<string, UpdateNode>;
  readonly filters: ElementFilters;
}

export const newFieldsNode = (): FieldsNode => ({ kind: "fields", children: new Map() });

interface Leaf {
  readonly parts: readonly string[];
  readonly modifier: Modifier;
  readonly filters: ElementFilters;
}

/** Throws ConflictingUpdateOperators where the path meets one of those that are there. */
export function addLeaf(root: FieldsNode, { parts, modifier, filters }: Leaf): void {
  let node: FieldsNode | ElementsNode = root;
  for (const [at, part] of parts.slice(0, -1).entries()) {
    const next = nextNode(node, { part, isArrayNext: identifierOf(parts[at + 1] ?? "") !== null, filters });
    if (next === null) throw conflict(parts, at + 1);
    node = next;
  }
  const key = keyOf(parts.at(-1) ?? "");
  if (node.children.has(key) || hasTwin(node, key)) throw conflict(parts, parts.length);
  node.children.set(key, { kind: "leaf", modifier });
}

interface Step {
  readonly part: string;
  readonly isArrayNext: boolean;
  readonly filters: ElementFilters;
}

function nextNode(
  { children, ...node }: FieldsNode | ElementsNode,
  { part, isArrayNext, filters }: Step,
): FieldsNode | ElementsNode | null {
  const key = keyOf(part);
  const kind = isArrayNext ? "elements" : "fields";
  const found = children.get(key);
  if (found !== undefined) return found.kind === kind ? (found as FieldsNode | ElementsNode) : null;
  if (hasTwin({ ...node, children }, key)) return null;
  const made: FieldsNode | ElementsNode = kind === "fields" ? newFieldsNode() : { kind, children: new Map(), filters };
  children.set(key, made);
  return made;
}

const keyOf = (part: string): string => identifierOf(part) ?? part;

/** `1` and `01` are two fields of a document but one place in an array; mongod 6.0 crashes on an update of both. */
function hasTwin({ children }: { readonly children: ReadonlyMap<string, UpdateNode> }, key: string): boolean {
  if (!isDigits(key)) return false;
  return [...children.keys()].some((other) => other !== key && isDigits(other) && BigInt(other) === BigInt(key));
}

function conflict(parts: readonly string[], length: number): CommandError {
  const [path, at] = [parts.join("."), parts.slice(0, length).join(".")];
  return new CommandError(
    "ConflictingUpdateOperators",
    `Updating the path '${path}' would create a conflict at '${at}'`,
  );
}

/** The children of each node in the order in which they are applied. */
export function sortNode(node: UpdateNode): UpdateNode {
  if (node.kind === "leaf") return node;
  const children = [...node.children].map(([name, child]) => [name, sortNode(child)] as const);
  return { ...node, children: new Map(children.sort(([a], [b]) => compareNames(a, b))) };
}

/** As text, but digits by their number: `9` before `10`. */
export function compareNames(a: string, b: string): number {
  return isDigits(a) && isDigits(b) ? Number(BigInt(a) - BigInt(b)) : compareValues(a, b);
}

/** Two nodes that meet at one element, which is known only when the document is: through `$` or two filters. */
export function mergeNodes(left: UpdateNode, right: UpdateNode, path: readonly string[]): UpdateNode {
  if (left.kind === "leaf" || right.kind === "leaf" || left.kind !== right.kind) {
    throw new CommandError("ConflictingUpdateOperators", `Update created a conflict at '${path.join(".")}'`);
  }
  const children = new Map(left.children);
  for (const [name, child] of right.children) {
    const own = children.get(name);
    children.set(name, own === undefined ? child : mergeNodes(own, child, [...path, name]));
  }
  return sortNode({ ...left, children });
}
