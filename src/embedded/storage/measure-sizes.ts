// How much is stored, for people who look: these read whole tables.
import type { DatabaseSync } from "node:sqlite";
import type { Catalog } from "./catalog.ts";
import type { StoredCollection } from "./collection.ts";
import { documentTableName } from "./document-table.ts";
import { entryTableName } from "./entry-table.ts";
import { lazyStatement } from "./lazy-statement.ts";

export interface CollectionSizes {
  readonly count: number;
  /** Of the documents as BSON. */
  readonly size: number;
  readonly indexSizes: Record<string, number>;
}

export interface DatabaseSize {
  readonly name: string;
  readonly sizeOnDisk: number;
  readonly empty: boolean;
}

export function collectionSizes({ idIndex, documents, stored }: StoredCollection): CollectionSizes {
  const indexSizes = Object.fromEntries(stored.map(({ definition, entries }) => [definition.name, entries.bytes()]));
  return { count: idIndex.entries.count(), size: documents.bytes(), indexSizes };
}

/** By name. A database is there as long as it has a collection. */
export function databaseSizes(sql: DatabaseSync, catalog: Catalog): readonly DatabaseSize[] {
  const bytesByTable = tableSizes(sql);
  const sizes = new Map<string, number>();
  for (const { db, id, indexes } of catalog.all()) {
    const tables = [documentTableName(id), ...indexes.map((index) => entryTableName(index.id))];
    const bytes = tables.reduce((sum, table) => sum + (bytesByTable.get(table) ?? 0), 0);
    sizes.set(db, (sizes.get(db) ?? 0) + bytes);
  }
  const names = [...sizes.keys()].sort();
  return names.map((name) => ({ name, sizeOnDisk: sizes.get(name) ?? 0, empty: false }));
}

function tableSizes(sql: DatabaseSync): ReadonlyMap<string, number> {
  const rows = lazyStatement(sql, "SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE").rows();
  return new Map(rows.map(([name, bytes]) => [String(name), Number(bytes)]));
}
