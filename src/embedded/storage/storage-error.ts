// What keeps the storage from going on. Unlike a CommandError it is no answer to a client: the server stops on it.

export type StorageErrorKind =
  /** Another process has the file. */
  | "locked"
  /** The file is not what was written. */
  | "damaged"
  /** The disk, or the quota. */
  | "full"
  | "unwritable"
  /** Another program's file. */
  | "foreign"
  /** Written by a later version of this program. */
  | "newer"
  /** The disk failed, or SQLite did. */
  | "failed"
  | "closed";

export class StorageError extends Error {
  readonly kind: StorageErrorKind;
  /** The process that has the file, where it is locked and the process is known. */
  readonly pid: number | null;

  constructor(kind: StorageErrorKind, message: string, options: { cause?: unknown; pid?: number | null } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "StorageError";
    this.kind = kind;
    this.pid = options.pid ?? null;
  }
}

/** What SQLite or the file system threw, in plain words; null for any other error. */
export function storageErrorOf(error: unknown, path: string): StorageError | null {
  const kind = kindOfSqlite(error) ?? kindOfFileSystem(error);
  if (kind === null) return null;
  const reason = reasonOf(error);
  return new StorageError(kind, `${path}: ${sentences[kind]} (${reason})`, { cause: error });
}

const sentences: Readonly<Record<"locked" | "damaged" | "full" | "unwritable" | "failed", string>> = {
  locked: "another process has the store open. Stop it, or use another file",
  damaged: "the store is damaged. Restore a copy of the file, or move it away to start with an empty store",
  full: "the disk is full. What was acknowledged is kept; make room, then start again",
  unwritable: "the store cannot be opened for writing. Look at the path and at the rights of the file and its folder",
  failed: "the disk failed. What was acknowledged is kept; look at the disk, then start again",
};

type KnownKind = keyof typeof sentences;

/** By SQLite's primary result code, https://www.sqlite.org/rescode.html. */
const kindBySqliteCode: Readonly<Record<number, KnownKind>> = {
  3: "unwritable",
  5: "locked",
  8: "unwritable",
  11: "damaged",
  13: "full",
  14: "unwritable",
  23: "unwritable",
  26: "damaged",
};

function kindOfSqlite(error: unknown): KnownKind | null {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return null;
  return kindBySqliteCode[error.errcode & 0xff] ?? "failed";
}

const kindByFileSystemCode: Readonly<Record<string, KnownKind>> = { ENOSPC: "full", EDQUOT: "full", EIO: "failed" };

function kindOfFileSystem(error: unknown): KnownKind | null {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return null;
  return kindByFileSystemCode[String(error.code)] ?? "unwritable";
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "errcode" in error ? `SQLite ${error.errcode}: ${error.message}` : error.message;
}
