// Which collections and indexes there are: two tables, and the same in memory, read again after a rollback.
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { CommandError } from "../command-error.ts";
import { type Collection, StoredCollection, type StoredIndex, storedIndex } from "./collection.ts";
import { decodeDefinition, encodeDefinition } from "./definition-bytes.ts";
import type { IndexDefinition } from "./index-definition.ts";
import { lazyStatement } from "./lazy-statement.ts";

export type IndexSpec = Omit<IndexDefinition, "id" | "multikey">;

const idIndexSpec: IndexSpec = {
  name: "_id_",
  key: [{ path: "_id", direction: 1 }],
  unique: true,
  sparse: false,
  partialFilter: null,
  expireAfterSeconds: null,
};

export class Catalog {
  readonly #sql: DatabaseSync;
  readonly #newUuid: () => Uint8Array;
  /** In the order of their making. */
  #collections = new Map<number, StoredCollection>();
  #byNamespace = new Map<string, StoredCollection>();

  constructor(sql: DatabaseSync, newUuid: () => Uint8Array) {
    this.#sql = sql;
    this.#newUuid = newUuid;
  }

  load(): void {
    this.#collections = new Map();
    this.#byNamespace = new Map();
    for (const [id, db, name, uuid] of this.#rows("SELECT id, db, name, uuid FROM collections ORDER BY id")) {
      this.#add({ id: Number(id), db: String(db), name: String(name), uuid: uuid as Uint8Array });
    }
    const indexes = this.#rows("SELECT id, collection, name, definition, multikey FROM indexes ORDER BY id");
    for (const [id, collectionId, name, bytes, multikey] of indexes) {
      const collection = this.#collections.get(Number(collectionId));
      if (collection === undefined) continue;
      const spec = decodeDefinition(bytes as Uint8Array);
      const definition = { ...spec, id: Number(id), name: String(name), multikey: multikey === 1 };
      collection.stored = [...collection.stored, storedIndex(this.#sql, collection.id, definition)];
    }
  }

  all(): readonly StoredCollection[] {
    return [...this.#collections.values()];
  }

  find(db: string, name: string): StoredCollection | null {
    return this.#byNamespace.get(namespaceKey(db, name)) ?? null;
  }

  /** The collection as it is now. Throws QueryPlanKilled where it was dropped, as an open cursor of mongod does. */
  current({ id, uuid }: Collection): StoredCollection {
    const collection = this.#collections.get(id);
    if (collection !== undefined) return collection;
    throw new CommandError("QueryPlanKilled", `collection dropped. UUID ${renderUuid(uuid)}`);
  }

  createCollection(db: string, name: string): StoredCollection {
    if (this.find(db, name) !== null) {
      throw new CommandError("NamespaceExists", `Collection ${db}.${name} already exists.`);
    }
    const uuid = this.#newUuid();
    const id = this.#run("INSERT INTO collections (db, name, uuid) VALUES (?, ?, ?)", db, name, uuid);
    const collection = this.#add({ id, db, name, uuid });
    collection.documents.create();
    this.publishIndex(collection, this.prepareIndex(collection, idIndexSpec));
    return collection;
  }

  dropCollection(collection: StoredCollection): void {
    for (const { entries } of collection.stored) entries.drop();
    collection.documents.drop();
    this.#run("DELETE FROM indexes WHERE collection = ?", collection.id);
    this.#run("DELETE FROM collections WHERE id = ?", collection.id);
    this.#collections.delete(collection.id);
    this.#byNamespace.delete(namespaceKey(collection.db, collection.name));
  }

  /** On the disk, with no entries, and unknown to reads and writes until it is published. */
  prepareIndex({ id: collectionId }: StoredCollection, spec: IndexSpec): StoredIndex {
    const insert = "INSERT INTO indexes (collection, name, definition) VALUES (?, ?, ?)";
    const id = this.#run(insert, collectionId, spec.name, encodeDefinition(spec));
    const index = storedIndex(this.#sql, collectionId, { ...spec, id, multikey: false });
    index.entries.create();
    return index;
  }

  publishIndex(collection: StoredCollection, index: StoredIndex): void {
    collection.stored = [...collection.stored, index];
  }

  dropIndex(collection: StoredCollection, name: string): void {
    const index = collection.stored.find(({ definition }) => definition.name === name);
    if (index === undefined) throw new CommandError("IndexNotFound", `index not found with name [${name}]`);
    if (index === collection.idIndex) throw new CommandError("InvalidOptions", "cannot drop _id index");
    index.entries.drop();
    this.#run("DELETE FROM indexes WHERE id = ?", index.definition.id);
    collection.stored = collection.stored.filter((other) => other !== index);
  }

  /** For good: an index is not scanned for whether its last array is gone. */
  markMultikey(index: StoredIndex): StoredIndex {
    this.#run("UPDATE indexes SET multikey = 1 WHERE id = ?", index.definition.id);
    return { ...index, definition: { ...index.definition, multikey: true } };
  }

  #add(row: Omit<Collection, "indexes">): StoredCollection {
    const collection = new StoredCollection(this.#sql, row);
    this.#collections.set(row.id, collection);
    this.#byNamespace.set(namespaceKey(row.db, row.name), collection);
    return collection;
  }

  #rows(text: string): readonly (readonly SQLOutputValue[])[] {
    return lazyStatement(this.#sql, text).rows();
  }

  #run(text: string, ...values: (string | number | Uint8Array)[]): number {
    return lazyStatement(this.#sql, text).run(...values);
  }
}

/** A database's name holds no dot. */
const namespaceKey = (db: string, name: string): string => `${db}.${name}`;

export function renderUuid(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
