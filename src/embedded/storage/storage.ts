// Where the documents live: one SQLite file. Every command is one transaction on it, so what a client was told is on the
// disk, and memory holds nothing that the disk does not but the catalogue.
import { randomUUID } from "node:crypto";
import { CommandError } from "../command-error.ts";
import { encodeKey } from "../values/key-encoding.ts";
import type { Value, ValueDocument } from "../values/value.ts";
import { buildIndex } from "./build-index.ts";
import { Catalog, type IndexSpec } from "./catalog.ts";
import type { Collection } from "./collection.ts";
import type { StoredDocument } from "./document-table.ts";
import { expireDocuments } from "./expire-documents.ts";
import type { IndexDefinition } from "./index-definition.ts";
import { lazyStatement } from "./lazy-statement.ts";
import { type CollectionSizes, collectionSizes, type DatabaseSize, databaseSizes } from "./measure-sizes.ts";
import { openDatabase } from "./open-database.ts";
import type { Plan } from "./plan.ts";
import { readPlan } from "./read-plan.ts";
import { StorageError, storageErrorOf } from "./storage-error.ts";
import { insertDocument, removeDocument, replaceDocument } from "./write-documents.ts";

export type { Collection } from "./collection.ts";
export type { StoredDocument } from "./document-table.ts";

/**
 * Each method throws StorageError where the disk or the file fails; from then on every method does, for what was
 * written last may be lost, and the server must stop.
 */
export interface Storage {
  /**
   * One SQLite transaction, committed before it returns; committed too when `work` throws a CommandError (a command
   * that fails half-way keeps what it did, as mongod's does), rolled back on anything else. One within another joins it.
   */
  transaction<T>(work: () => T): T;
  /** Opens a transaction that all others join until `commit`. Whoever can't commit it must close the storage. */
  begin(): void;
  commit(): void;
  listDatabases(): readonly DatabaseSize[];
  listCollections(db: string): readonly Collection[];
  findCollection(db: string, name: string): Collection | null;
  /** Throws NamespaceExists. */
  createCollection(db: string, name: string): Collection;
  dropCollection(collection: Collection): void;
  /** False where there was none. */
  dropDatabase(db: string): boolean;
  /** Over what is stored. Throws DuplicateKey. Whether such an index exists already is the caller's matter. */
  createIndex(collection: Collection, spec: IndexSpec): IndexDefinition;
  /** Throws IndexNotFound. */
  dropIndex(collection: Collection, name: string): void;
  /** Throws DuplicateKey with keyPattern and keyValue, `_id_` before any other index. */
  insert(collection: Collection, document: ValueDocument, bytes: Uint8Array): void;
  /** `before` as stored; it tells which index entries there are. Throws DuplicateKey. */
  replace(collection: Collection, seq: number, before: ValueDocument, after: ValueDocument, bytes: Uint8Array): void;
  remove(collection: Collection, seq: number, document: ValueDocument): void;
  /** May be continued after other commands wrote. Throws QueryPlanKilled where its collection or index was dropped. */
  read(collection: Collection, plan: Plan): Iterable<StoredDocument>;
  findById(collection: Collection, id: Value): StoredDocument | null;
  count(collection: Collection): number;
  sizes(collection: Collection): CollectionSizes;
  /** One pass of the TTL indexes; how many documents went. */
  expire(now: Date): number;
  /** Harmless when called twice. */
  close(): void;
}

export interface StorageOptions {
  /** The file, or `:memory:`. */
  readonly path: string;
  /** 16 bytes for a new collection. */
  readonly newUuid?: () => Uint8Array;
}

const randomUuid = (): Uint8Array => Buffer.from(randomUUID().replaceAll("-", ""), "hex");

/** Throws StorageError where the file is another's, locked or damaged. */
export function openStorage({ path, newUuid = randomUuid }: StorageOptions): Storage {
  const { sql, close } = openDatabase(path);
  const catalog = new Catalog(sql, newUuid);
  const beginStatement = lazyStatement(sql, "BEGIN IMMEDIATE");
  const commitStatement = lazyStatement(sql, "COMMIT");
  let failure: StorageError | null = null;
  let isInTransaction = false;
  let writes = 0;

  const guarded = <T>(work: () => T): T => {
    if (failure !== null) throw failure;
    try {
      return work();
    } catch (error) {
      failure ??= storageErrorOf(error, path);
      throw failure ?? error;
    }
  };

  const begin = (): void => {
    guarded(() => beginStatement.run());
    isInTransaction = true;
  };
  const commit = (): void => {
    guarded(() => commitStatement.run());
    isInTransaction = false;
  };

  const transaction = <T>(work: () => T): T => {
    if (failure !== null) throw failure;
    if (isInTransaction) return work();
    begin();
    try {
      const result = workOrCommandError(work);
      commit();
      if (result.error !== null) throw result.error;
      return result.value as T;
    } finally {
      isInTransaction = false;
      if (sql.isOpen && sql.isTransaction) rollBack();
    }
  };

  /** What the catalogue says of the transaction is void too. After a failure nobody reads it any more. */
  const rollBack = (): void => {
    writes++;
    if (failure !== null) return;
    guarded(() => {
      sql.exec("ROLLBACK");
      catalog.load();
    });
  };

  const write = <T>(work: () => T): T =>
    transaction(() =>
      guarded(() => {
        writes++;
        return work();
      }),
    );

  const dropCollection = (collection: Collection) => write(() => catalog.dropCollection(catalog.current(collection)));

  guarded(() => catalog.load());
  return {
    transaction,
    begin,
    commit,
    listDatabases: () => guarded(() => databaseSizes(sql, catalog)),
    listCollections: (db) => guarded(() => catalog.all().filter((collection) => collection.db === db)),
    findCollection: (db, name) => guarded(() => catalog.find(db, name)),
    createCollection: (db, name) => write(() => catalog.createCollection(db, name)),
    dropCollection,
    dropDatabase: (db) =>
      write(() => {
        const dropped = catalog.all().filter((collection) => collection.db === db);
        for (const collection of dropped) catalog.dropCollection(collection);
        return dropped.length > 0;
      }),
    createIndex: (collection, spec) =>
      write(() => buildIndex({ sql, catalog }, catalog.current(collection), { spec, newUuid }).definition),
    dropIndex: (collection, name) => write(() => catalog.dropIndex(catalog.current(collection), name)),
    insert: (collection, document, bytes) =>
      write(() => insertDocument(catalog, catalog.current(collection), { document, bytes })),
    replace: (collection, seq, before, after, bytes) =>
      write(() => replaceDocument(catalog, catalog.current(collection), { seq, before, after, bytes })),
    remove: (collection, seq, document) => write(() => removeDocument(catalog.current(collection), seq, document)),
    read: (collection, plan) => readPlan({ catalog, guarded, writes: () => writes }, collection, plan),
    findById: (collection, id) =>
      guarded(() => catalog.current(collection).idIndex.entries.documentOf(encodeKey([id], [1]))),
    count: (collection) => guarded(() => catalog.current(collection).idIndex.entries.count()),
    sizes: (collection) => guarded(() => collectionSizes(catalog.current(collection))),
    expire: (now) => write(() => expireDocuments(catalog, now)),
    close: () => {
      if (!sql.isOpen) return;
      failure ??= new StorageError("closed", `${path}: the store is closed`);
      close();
    },
  };
}

/** A CommandError is a result here: what the command wrote before it stands. */
function workOrCommandError<T>(work: () => T): { readonly value: T | null; readonly error: CommandError | null } {
  try {
    return { value: work(), error: null };
  } catch (error) {
    if (error instanceof CommandError) return { value: null, error };
    throw error;
  }
}
