// One collection's documents as BSON, by the number in which they came.
import type { DatabaseSync } from "node:sqlite";
import { lazyStatement, limitParameter } from "./lazy-statement.ts";

export interface StoredDocument {
  readonly seq: number;
  readonly bytes: Uint8Array;
}

export interface DocumentTable {
  create(): void;
  drop(): void;
  /** Gives the document's number, `seq`. */
  insert(bytes: Uint8Array): number;
  replace(seq: number, bytes: Uint8Array): void;
  remove(seq: number): void;
  /** In the order of `seq`. */
  after(seq: number, limit: number): readonly StoredDocument[];
  bytes(): number;
}

export const documentTableName = (collectionId: number): string => `documents_${collectionId}`;

export function documentTable(sql: DatabaseSync, collectionId: number): DocumentTable {
  const name = documentTableName(collectionId);
  const insert = lazyStatement(sql, `INSERT INTO ${name} (bson) VALUES (?)`);
  const replace = lazyStatement(sql, `UPDATE ${name} SET bson = ? WHERE seq = ?`);
  const remove = lazyStatement(sql, `DELETE FROM ${name} WHERE seq = ?`);
  const after = lazyStatement(sql, `SELECT seq, bson FROM ${name} WHERE seq > ? ORDER BY seq ${limitParameter}`);
  const bytes = lazyStatement(sql, `SELECT coalesce(sum(length(bson)), 0) FROM ${name}`);
  return {
    create: () => sql.exec(`CREATE TABLE ${name} (seq INTEGER PRIMARY KEY, bson BLOB NOT NULL) STRICT`),
    drop: () => sql.exec(`DROP TABLE ${name}`),
    insert: (document) => insert.run(document),
    replace: (seq, document) => void replace.run(document, seq),
    remove: (seq) => void remove.run(seq),
    after: (seq, limit) =>
      after.rows(seq, limit).map(([found, bson]) => ({ seq: Number(found), bytes: bson as Uint8Array })),
    bytes: () => Number(bytes.first()?.[0] ?? 0),
  };
}
