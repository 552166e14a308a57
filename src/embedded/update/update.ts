// An update as a client sends it: operators, or a whole document in place of the old one. Parsed once, applied to many
// documents, each of which stays as it is: what comes out shares the untouched parts with it.
import type { QueryScope } from "../query/scope.ts";
import { fieldOf, missing, type ValueDocument } from "../values/value.ts";
import { applyNode, rootPlace } from "./apply-node.ts";
import { type Run, unchanged } from "./modifier.ts";
import { parseOperators } from "./parse-operators.ts";
import { findMatchedIndex } from "./positional.ts";
import { parseReplacement } from "./replacement.ts";

export interface UpdateOptions {
  readonly arrayFilters?: readonly ValueDocument[];
  readonly scope: QueryScope;
}

export interface UpdateContext {
  readonly now: Date;
  /** The document is the seed of an upsert: `$setOnInsert` counts, and the `_id` is put first. */
  readonly isInsert: boolean;
  /** Where the filter found its element, for `$`. Looked for with `filter` where it is not given. */
  readonly matchedArrayIndex?: number | null;
  readonly filter?: ValueDocument;
}

export interface Update {
  /** A whole document: not for many documents at once, and its upsert takes only the `_id` from the filter. */
  readonly isReplacement: boolean;
  /** The very same document where the update changes nothing. Throws CommandError. */
  apply(document: ValueDocument, context: UpdateContext): ValueDocument;
}

/** Throws CommandError, with MongoDB's code and words. */
export function parseUpdate(update: ValueDocument, options: UpdateOptions): Update {
  const [first] = Object.keys(update);
  return first?.startsWith("$") ? parseOperatorUpdate(update, options) : parseReplacement(update, options);
}

function parseOperatorUpdate(update: ValueDocument, options: UpdateOptions): Update {
  const tree = parseOperators(update, options);
  return {
    isReplacement: false,
    apply: (document, context) => {
      const outcome = applyNode(tree, document, rootPlace(runOf(document, context, options.scope)));
      const after = outcome === unchanged ? document : (outcome as ValueDocument);
      return context.isInsert ? withIdFirst(after) : after;
    },
  };
}

function runOf(document: ValueDocument, context: UpdateContext, scope: QueryScope): Run {
  const { now, isInsert, matchedArrayIndex, filter } = context;
  const look = () => (filter === undefined ? null : findMatchedIndex(filter, document, scope));
  // Only `$` asks for it, and most updates have none.
  return {
    document,
    now,
    isInsert,
    matchedIndex: () => (matchedArrayIndex === undefined ? look() : matchedArrayIndex),
  };
}

function withIdFirst(document: ValueDocument): ValueDocument {
  const id = fieldOf(document, "_id");
  return id === missing || Object.keys(document)[0] === "_id" ? document : { _id: id, ...without(document, "_id") };
}

function without(document: ValueDocument, field: string): ValueDocument {
  const rest = { ...document };
  delete rest[field];
  return rest;
}
