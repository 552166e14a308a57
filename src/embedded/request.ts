// What passes between the wire and the commands.
import type { Long } from "bson";
import type { ValueDocument } from "./values/value.ts";

export interface Request {
  /** The command with its arguments; its first field is the command's name. */
  readonly body: ValueDocument;
  /**
   * Lists of documents as they came, undecoded: the kind-1 sections of the message, and `documents` of the body, which
   * the wire moves here, so that an insert has one form.
   */
  readonly sequences: ReadonlyMap<string, readonly Uint8Array[]>;
}

export interface Reply {
  readonly fields: ValueDocument;
  /** The documents of a cursor as stored, spliced into the reply as `cursor: {<batch>: […], id, ns}`. */
  readonly cursor?: CursorBatch;
  /** One document as stored, spliced in under its field's name. */
  readonly raw?: { readonly field: string; readonly document: Uint8Array };
}

export interface CursorBatch {
  readonly batch: "firstBatch" | "nextBatch";
  readonly documents: readonly Uint8Array[];
  /** 0 = exhausted. */
  readonly id: Long;
  /** `<database>.<collection>`. */
  readonly ns: string;
}

/** One client's connection. */
export interface Session {
  readonly connectionId: number;
  /** Null until the client proved who it is; always null where nobody is asked. */
  user: string | null;
  /** From the client's first hello. */
  appName: string | null;
  /** The SCRAM conversation under way. */
  conversation: unknown;
}

/** Thrown by a command to end the client's connection without an answer. */
export class DropConnection extends Error {
  constructor() {
    super("the connection is dropped");
    this.name = "DropConnection";
  }
}

export const emptySequences: ReadonlyMap<string, readonly Uint8Array[]> = new Map();

export function newSession(connectionId: number): Session {
  return { connectionId, user: null, appName: null, conversation: null };
}
