// `{$set: {…}, $inc: {…}}` into one tree of what happens where.
import { CommandError } from "../command-error.ts";
import type { QueryScope } from "../query/scope.ts";
import { renderField, renderValue } from "../values/render-value.ts";
import { isDocument, kindOf, type Value, type ValueDocument } from "../values/value.ts";
import { type ElementFilters, parseArrayFilters } from "./array-filters.ts";
import type { Modifier } from "./modifier.ts";
import { operators } from "./operators.ts";
import { parseRename } from "./rename-operator.ts";
import { addLeaf, type FieldsNode, newFieldsNode, sortNode, type UpdateNode } from "./update-node.ts";
import { identifierOf, parseUpdatePath } from "./update-path.ts";

export interface OperatorOptions {
  readonly arrayFilters?: readonly ValueDocument[];
  readonly scope: QueryScope;
}

/** Throws CommandError; the first fault in the order of the update is told. */
export function parseOperators(update: ValueDocument, { arrayFilters, scope }: OperatorOptions): UpdateNode {
  const filters = parseArrayFilters(arrayFilters ?? [], scope);
  const tree: Tree = { root: newFieldsNode(), filters, used: new Set() };
  for (const [name, fields] of Object.entries(update)) {
    for (const [path, operand] of Object.entries(fieldsOf(name, fields)))
      addOperation(tree, { name, path, operand, scope });
  }
  for (const identifier of filters.keys()) {
    if (tree.used.has(identifier)) continue;
    const where = `was not used in the update ${renderValue(update)}`;
    throw new CommandError("FailedToParse", `The array filter for identifier '${identifier}' ${where}`);
  }
  return sortNode(tree.root);
}

interface Tree {
  readonly root: FieldsNode;
  readonly filters: ElementFilters;
  /** Identifiers that some path has. */
  readonly used: Set<string>;
}

interface Operation {
  readonly name: string;
  readonly path: string;
  readonly operand: Value;
  readonly scope: QueryScope;
}

function fieldsOf(name: string, fields: Value): ValueDocument {
  if (name === "$v") throw new CommandError("FailedToParse", "The $v update field is only recognized internally");
  if (name !== "$rename" && !operators.has(name)) {
    const expected = "Expected a valid update modifier or pipeline-style update specified as an array";
    throw new CommandError("FailedToParse", `Unknown modifier: ${name}. ${expected}`);
  }
  if (isDocument(fields)) return fields;
  const found = `Modifiers operate on fields but we found type ${kindOf(fields)} instead`;
  const example = `For example: {$mod: {<field>: ...}} not {${renderField(name, fields)}}`;
  throw new CommandError("FailedToParse", `${found}. ${example}`);
}

function addOperation(tree: Tree, { name, path, operand, scope }: Operation): void {
  const parse = operators.get(name);
  if (parse === undefined) addRename(tree, path, operand);
  else addPath(tree, path, () => parse(operand, path, scope));
}

function addRename(tree: Tree, path: string, operand: Value): void {
  const rename = parseRename(path, operand);
  addPath(tree, path, () => rename.leave);
  addPath(tree, rename.target(), rename.arrive);
}

function addPath({ root, filters, used }: Tree, path: string, parseModifier: () => Modifier): void {
  const parts = parseUpdatePath(path);
  const modifier = parseModifier();
  for (const part of parts) {
    const identifier = identifierOf(part);
    if (identifier === null || identifier === "") continue;
    if (!filters.has(identifier)) {
      throw new CommandError("BadValue", `No array filter found for identifier '${identifier}' in path '${path}'`);
    }
    used.add(identifier);
  }
  addLeaf(root, { parts, modifier, filters });
}
