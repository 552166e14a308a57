// A collection with its tables, as the catalogue keeps it in memory.
import type { DatabaseSync } from "node:sqlite";
import type { ValueDocument } from "../values/value.ts";
import { type DocumentTable, documentTable } from "./document-table.ts";
import { type EntryTable, entryTable } from "./entry-table.ts";
import type { IndexDefinition } from "./index-definition.ts";
import { compileIndexKeys } from "./index-keys.ts";

export interface Collection {
  readonly id: number;
  readonly db: string;
  readonly name: string;
  /** 16 bytes. */
  readonly uuid: Uint8Array;
  /** In the order of their making, `_id_` first; always the present ones. */
  readonly indexes: readonly IndexDefinition[];
}

export interface StoredIndex {
  readonly definition: IndexDefinition;
  readonly entries: EntryTable;
  keysOf(document: ValueDocument): { readonly keys: readonly Uint8Array[]; readonly multikey: boolean };
}

export class StoredCollection implements Collection {
  readonly id: number;
  readonly db: string;
  readonly name: string;
  readonly uuid: Uint8Array;
  readonly documents: DocumentTable;
  /** Replaced whole when it changes, so that a loop over it is undisturbed. */
  stored: readonly StoredIndex[] = [];

  constructor(sql: DatabaseSync, { id, db, name, uuid }: Omit<Collection, "indexes">) {
    this.id = id;
    this.db = db;
    this.name = name;
    this.uuid = uuid;
    this.documents = documentTable(sql, id);
  }

  get indexes(): readonly IndexDefinition[] {
    return this.stored.map(({ definition }) => definition);
  }

  get ns(): string {
    return `${this.db}.${this.name}`;
  }

  /** The unique index that every collection has from its start to its end. */
  get idIndex(): StoredIndex {
    const [first] = this.stored;
    if (first === undefined) throw new Error(`${this.ns} has no index on _id`);
    return first;
  }
}

export function storedIndex(sql: DatabaseSync, collectionId: number, definition: IndexDefinition): StoredIndex {
  return {
    definition,
    entries: entryTable(sql, collectionId, definition),
    keysOf: compileIndexKeys(definition),
  };
}
