// What passes between the thread that asked for the server and the one that is it. Errors lose their class on the way,
// so they travel as data.
import { StorageError, type StorageErrorKind } from "./storage/storage-error.ts";
import type { Address } from "./wire/server.ts";

export type ToWorker = "close";

export type ToMain = { readonly ready: Address } | { readonly failed: PackedError };

export interface PackedError {
  readonly message: string;
  readonly stack: string | undefined;
  /** Of a StorageError. */
  readonly storage?: { readonly kind: StorageErrorKind; readonly pid: number | null };
  /** Of an error of Node, such as EADDRINUSE. */
  readonly code?: string;
}

export function packError(error: unknown): PackedError {
  if (!(error instanceof Error)) return { message: String(error), stack: undefined };
  const { message, stack } = error;
  if (error instanceof StorageError) return { message, stack, storage: { kind: error.kind, pid: error.pid } };
  const { code } = error as NodeJS.ErrnoException;
  return { message, stack, ...(typeof code === "string" ? { code } : {}) };
}

export function unpackError({ message, stack, storage, code }: PackedError): Error {
  const error = storage === undefined ? new Error(message) : new StorageError(storage.kind, message, storage);
  if (stack !== undefined) error.stack = stack;
  return code === undefined ? error : Object.assign(error, { code });
}
