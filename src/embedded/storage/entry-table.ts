// One index's entries: encoded keys, whose bytes are in MongoDB's order, and the documents they belong to.
import type { DatabaseSync } from "node:sqlite";
import { documentTableName, type StoredDocument } from "./document-table.ts";
import type { IndexDefinition } from "./index-definition.ts";
import { lazyStatement, limitParameter } from "./lazy-statement.ts";

export interface Entry extends StoredDocument {
  readonly key: Uint8Array;
}

/** A place between entries; `seq` 0 is before all entries of the key. */
export interface Position {
  readonly key: Uint8Array;
  readonly seq: number;
}

export interface EntryTable {
  create(): void;
  drop(): void;
  insert(key: Uint8Array, seq: number): void;
  remove(key: Uint8Array, seq: number): void;
  /** The document with this key, of a unique index; null where there is none. */
  seqOf(key: Uint8Array): number | null;
  documentOf(key: Uint8Array): StoredDocument | null;
  /** Upwards: after `from`, below the key `to`. */
  after(from: Position, to: Uint8Array, limit: number): readonly Entry[];
  /** Downwards: before `to`, not below the key `from`. */
  before(to: Position, from: Uint8Array, limit: number): readonly Entry[];
  count(): number;
  /** On the disk. */
  bytes(): number;
}

export const entryTableName = (indexId: number): string => `entries_${indexId}`;

/** WITHOUT ROWID: the key's tree is the table, so an entry is stored once and found in one descent. */
export function entryTable(
  sql: DatabaseSync,
  collectionId: number,
  { id, unique }: Pick<IndexDefinition, "id" | "unique">,
): EntryTable {
  const name = entryTableName(id);
  const primaryKey = unique ? "key" : "key, seq";
  // CROSS JOIN keeps SQLite from starting with the documents.
  const joined = `SELECT e.key, e.seq, d.bson FROM ${name} e CROSS JOIN ${documentTableName(collectionId)} d ON d.seq = e.seq`;
  const upwards = `${joined} WHERE (e.key, e.seq) > (?, ?) AND e.key < ? ORDER BY e.key, e.seq ${limitParameter}`;
  const downwards = `${joined} WHERE (e.key, e.seq) < (?, ?) AND e.key >= ? ORDER BY e.key DESC, e.seq DESC ${limitParameter}`;
  const insert = lazyStatement(sql, `INSERT INTO ${name} (key, seq) VALUES (?, ?)`);
  const remove = lazyStatement(sql, `DELETE FROM ${name} WHERE key = ? AND seq = ?`);
  const seqOf = lazyStatement(sql, `SELECT seq FROM ${name} WHERE key = ?`);
  const documentOf = lazyStatement(sql, `${joined} WHERE e.key = ?`);
  const after = lazyStatement(sql, upwards);
  const before = lazyStatement(sql, downwards);
  const count = lazyStatement(sql, `SELECT count(*) FROM ${name}`);
  const bytes = lazyStatement(sql, "SELECT pgsize FROM dbstat WHERE name = ? AND aggregate = TRUE");
  return {
    create: () =>
      sql.exec(`CREATE TABLE ${name} (key BLOB NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (${primaryKey}))
        STRICT, WITHOUT ROWID`),
    drop: () => sql.exec(`DROP TABLE ${name}`),
    insert: (key, seq) => void insert.run(key, seq),
    remove: (key, seq) => void remove.run(key, seq),
    seqOf: (key) => {
      const row = seqOf.first(key);
      return row === null ? null : Number(row[0]);
    },
    documentOf: (key) => {
      const row = documentOf.first(key);
      return row === null ? null : entryOf(row);
    },
    after: (from, to, limit) => after.rows(from.key, from.seq, to, limit).map(entryOf),
    before: (to, from, limit) => before.rows(to.key, to.seq, from, limit).map(entryOf),
    count: () => Number(count.first()?.[0] ?? 0),
    bytes: () => Number(bytes.first(name)?.[0] ?? 0),
  };
}

function entryOf([key, seq, bson]: readonly unknown[]): Entry {
  return { key: key as Uint8Array, seq: Number(seq), bytes: bson as Uint8Array };
}
