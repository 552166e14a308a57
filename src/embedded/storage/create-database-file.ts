// Makes a store's file where there is none. It appears under its name complete and on the disk, or not at all: so an
// empty file always means damage, never an interrupted start.
import { closeSync, constants, copyFileSync, fsyncSync, linkSync, openSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { schema } from "./schema.ts";

/** Harmless where another process makes the same file at the same time: one of the two stays, and both are alike. */
export function createDatabaseFile(path: string): void {
  const temporary = `${path}.${process.pid}.new`;
  try {
    writeFileSync(temporary, emptyDatabase(), { mode: 0o600, flush: true });
    publish(temporary, path);
    flushFolder(dirname(path));
  } finally {
    rmSync(temporary, { force: true });
  }
}

function emptyDatabase(): Uint8Array {
  const sql = new DatabaseSync(":memory:");
  try {
    sql.exec(schema);
    return sql.serialize();
  } finally {
    sql.close();
  }
}

/** A link, not a rename: it never replaces a file that another process has just made and written to. */
function publish(temporary: string, path: string): void {
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return;
    copyWhereNoLinks(temporary, path, error);
  }
}

/** FAT has no links. */
function copyWhereNoLinks(temporary: string, path: string, cause: unknown): void {
  if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EINVAL"].includes(codeOf(cause))) throw cause;
  try {
    copyFileSync(temporary, path, constants.COPYFILE_EXCL);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
}

/** Else a power cut could take the new name away again, with all that was acknowledged by then. */
function flushFolder(folder: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code);
