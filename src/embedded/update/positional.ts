// What `$` in the path of an update stands for.
import { parseFilter } from "../query/filter.ts";
import type { QueryScope } from "../query/scope.ts";
import type { ValueDocument } from "../values/value.ts";

/** The document is known to match, and an expression says nothing about where. */
const matchedScope: QueryScope = { now: new Date(0), variables: {}, evaluate: () => () => true };

/** The position in an array where a matching document matched; null where the filter found none. */
export function findMatchedIndex(filter: ValueDocument, document: ValueDocument, scope = matchedScope): number | null {
  return parseFilter(filter, scope).matchedArrayIndex(document);
}
