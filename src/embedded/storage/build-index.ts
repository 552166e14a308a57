// Makes an index on the documents that are there: all entries, or an error and no trace.
import type { DatabaseSync } from "node:sqlite";
import { CommandError, type ErrorName, errorCodes } from "../command-error.ts";
import { decode } from "../values/value.ts";
import { type Catalog, type IndexSpec, renderUuid } from "./catalog.ts";
import type { StoredCollection, StoredIndex } from "./collection.ts";
import { duplicateKey } from "./duplicate-key.ts";

interface BuildRequest {
  readonly spec: IndexSpec;
  /** Of this build, which mongod's error names. */
  readonly newUuid: () => Uint8Array;
}

/** Inside a transaction. Throws DuplicateKey and what the keys refuse, in mongod's words. */
export function buildIndex(
  { sql, catalog }: { readonly sql: DatabaseSync; readonly catalog: Catalog },
  collection: StoredCollection,
  { spec, newUuid }: BuildRequest,
): StoredIndex {
  sql.exec("SAVEPOINT build_index");
  try {
    const index = catalog.prepareIndex(collection, spec);
    const built = fill(collection, index) ? catalog.markMultikey(index) : index;
    sql.exec("RELEASE build_index");
    catalog.publishIndex(collection, built);
    return built;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    sql.exec("ROLLBACK TO build_index; RELEASE build_index");
    const place = `${renderUuid(newUuid())}: Collection ${collection.ns} ( ${renderUuid(collection.uuid)} )`;
    throw withMessage(error, `Index build failed: ${place} :: caused by :: ${error.message}`);
  }
}

const chunk = 64;

/** True where an array was met. */
function fill(collection: StoredCollection, index: StoredIndex): boolean {
  let multikey = false;
  let conflict: Conflict | null = null;
  let last = 0;
  for (;;) {
    const stored = collection.documents.after(last, chunk);
    for (const { seq, bytes } of stored) {
      last = seq;
      const document = decode(bytes);
      const made = index.keysOf(document);
      multikey ||= made.multikey;
      for (const key of made.keys) {
        if (!index.definition.unique || index.entries.seqOf(key) === null) index.entries.insert(key, seq);
        else conflict = firstOf(conflict, { bytes, key });
      }
    }
    if (stored.length === 0) break;
  }
  if (conflict === null) return multikey;
  throw duplicateKey(collection.ns, index.definition, { document: decode(conflict.bytes), key: conflict.key });
}

interface Conflict {
  readonly bytes: Uint8Array;
  readonly key: Uint8Array;
}

/** mongod builds in the order of the keys and stops at the first that comes twice. */
function firstOf(known: Conflict | null, found: Conflict): Conflict {
  return known === null || Buffer.compare(found.key, known.key) < 0 ? found : known;
}

function withMessage({ code, codeName, extra }: CommandError, message: string): CommandError {
  return new CommandError(Object.hasOwn(errorCodes, codeName) ? (codeName as ErrorName) : code, message, extra);
}
