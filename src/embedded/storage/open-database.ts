// Opens the SQLite file: ours alone, durable, and checked. What is not our intact file is refused, never replaced.
import { accessSync, constants, type Stats, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { createDatabaseFile } from "./create-database-file.ts";
import { findOwner, removeOwner, writeOwner } from "./owner-file.ts";
import { applicationId, schema, schemaVersion } from "./schema.ts";
import { StorageError, storageErrorOf } from "./storage-error.ts";

interface OpenDatabase {
  readonly sql: DatabaseSync;
  /** Everything goes from the log into the file. */
  close(): void;
}

/** Throws StorageError. `:memory:` needs no file and shares nothing. */
export function openDatabase(path: string): OpenDatabase {
  if (path === ":memory:") return openMemory();
  try {
    return openFile(path);
  } catch (error) {
    throw explain(error, path);
  }
}

function openMemory(): OpenDatabase {
  const sql = new DatabaseSync(":memory:");
  sql.exec(schema);
  return { sql, close: () => sql.close() };
}

function openFile(path: string): OpenDatabase {
  const main = inspect(path);
  if (main === null) createDatabaseFile(path);
  const wasStopped = sizeOf(`${path}-wal`) === 0;
  const sql = connect(path);
  try {
    takeLock(sql, path);
    const isLarge = (main?.size ?? 0) > alwaysCheckedBytes;
    if (!wasStopped || !isLarge) judgeHealth(sql, path);
    writeOwner(path);
  } catch (error) {
    sql.close();
    throw error;
  }
  return {
    sql,
    close: () => {
      removeOwner(path);
      sql.close();
    },
  };
}

/**
 * What the names say before anything is opened; null = nothing there, a new store. Only `stat` and `access`: closing a descriptor of
 * the file would drop this process's POSIX locks on it, also those of a connection that is already open.
 */
function inspect(path: string): Stats | null {
  const main = statSync(path, { throwIfNoEntry: false });
  const log = sizeOf(`${path}-wal`);
  if (main === undefined) {
    if (log > 0) throw damaged(path, `the file is missing, its log ${path}-wal is there`);
    return null;
  }
  if (!main.isFile()) {
    const what = main.isDirectory() ? "a folder" : "no regular file";
    throw new StorageError("unwritable", `${path}: is ${what}, expected the store's file. Name another path`);
  }
  accessSync(path, constants.R_OK | constants.W_OK);
  // SQLite would take such a file for a new database and delete the log.
  if (main.size === 0) throw damaged(path, log > 0 ? "the file is empty, its log is not" : "the file is empty");
  if (main.size < smallestDatabase) throw damaged(path, `the file has ${main.size} bytes`);
  return main;
}

/** One page of the smallest size that SQLite knows. */
const smallestDatabase = 512;

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** `mode=rw`: SQLite itself never makes a file. */
function connect(path: string): DatabaseSync {
  const url = pathToFileURL(path);
  url.search = "?mode=rw";
  return new DatabaseSync(url);
}

/**
 * The first read takes SQLite's lock for as long as the file is open. Whose file it is comes before the first change to
 * it. Each commit is on the disk before it returns (FULL); a log of 1,000 pages is moved into the file.
 */
function takeLock(sql: DatabaseSync, path: string): void {
  sql.exec("PRAGMA locking_mode = EXCLUSIVE");
  judgeOrigin(sql, path);
  sql.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 1000;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA cache_size = -16384;
    PRAGMA cell_size_check = ON;
    BEGIN IMMEDIATE;
    COMMIT;
  `);
  const mode = readPragma(sql, "journal_mode");
  if (mode !== "wal") throw new StorageError("failed", `${path}: SQLite keeps no log here (journal mode ${mode})`);
}

function judgeOrigin(sql: DatabaseSync, path: string): void {
  const id = readPragma(sql, "application_id");
  if (id !== applicationId) {
    const advice = "Name another path, or move the file away";
    throw new StorageError("foreign", `${path}: is an SQLite file of another program, expected a store. ${advice}`);
  }
  const version = readPragma(sql, "user_version");
  if (version !== schemaVersion) {
    const advice = "Use the version of the program that wrote it, or name another path";
    throw new StorageError(
      "newer",
      `${path}: has the store format ${version}, this program knows ${schemaVersion}. ${advice}`,
    );
  }
}

function readPragma(sql: DatabaseSync, pragma: string): unknown {
  return sql.prepare(`PRAGMA ${pragma}`).get()?.[pragma];
}

/**
 * The check reads the whole file, about 0.1 s for 100,000 documents with six indexes. A larger file that was closed in
 * order is believed: SQLite itself notices a missing end, and damage within when it meets it.
 */
const alwaysCheckedBytes = 256 * 1024 * 1024;

function judgeHealth(sql: DatabaseSync, path: string): void {
  const [row] = sql.prepare("PRAGMA quick_check(1)").all();
  const said = String(row?.quick_check);
  if (said !== "ok") throw damaged(path, said.replaceAll(/\s+/g, " "));
}

function damaged(path: string, what: string): StorageError {
  const advice = "Restore a copy of the store, or move its files away to start with an empty one";
  return new StorageError("damaged", `${path}: the store is damaged: ${what}. ${advice}`);
}

function explain(error: unknown, path: string): unknown {
  const explained = storageErrorOf(error, path);
  if (explained?.kind !== "locked") return explained ?? error;
  const pid = findOwner(path);
  const who = pid === null ? "another process" : `process ${pid}`;
  const message = `${path}: ${who} has the store open. Stop it, or name another file`;
  return new StorageError("locked", message, { pid, cause: error });
}
