// From the bytes of one message to a request. Two ways to be wrong: what makes no sense as a message ends the
// connection, what makes no sense as a command is answered – which is which was taken from MongoDB 6.0.
import { CommandError } from "../command-error.ts";
import type { Request } from "../request.ts";
import { crc32c } from "./crc32c.ts";
import { judgeBson } from "./judge-bson.ts";
import { BrokenMessage, headerBytes } from "./message-buffer.ts";
import { readQueryRequest, readRequest, type Sections } from "./read-request.ts";

export const opcodes = { reply: 1, query: 2004, msg: 2013 } as const;

export interface Message {
  readonly requestId: number;
  /** An old-style query is answered by an old-style reply. */
  readonly form: "msg" | "query";
  /** False: the client sends on and never reads an answer. */
  readonly wantsReply: boolean;
  /** The error where the message holds no command; it goes to the client. */
  readonly request: Request | CommandError;
}

/** Throws BrokenMessage when the connection must be closed. */
export function readMessage(bytes: Buffer): Message {
  switch (bytes.readInt32LE(12)) {
    case opcodes.msg:
      return readMsg(bytes);
    case opcodes.query:
      return readQuery(bytes);
    default:
      throw new BrokenMessage(`opcode ${bytes.readInt32LE(12)}`);
  }
}

const flags = { checksumPresent: 1, moreToCome: 2 } as const;
/** The lower half are promises that must be understood, the upper half (exhaustAllowed) may be ignored. */
const unknownFlags = 0xffff & ~(flags.checksumPresent | flags.moreToCome);

function readMsg(bytes: Buffer): Message {
  const requestId = bytes.readInt32LE(4);
  const sections = headerBytes + 4;
  if (bytes.length < sections) throw new BrokenMessage("no flags");
  const given = bytes.readUInt32LE(headerBytes);
  if ((given & unknownFlags) !== 0) throw new BrokenMessage(`flags ${given.toString(2)}`);
  const end = (given & flags.checksumPresent) === 0 ? bytes.length : beforeChecksum(bytes, sections);
  const wantsReply = (given & flags.moreToCome) === 0;
  const request = orCommandError(() => readRequest(readSections(bytes, sections, end)));
  return { requestId, form: "msg", wantsReply, request };
}

function beforeChecksum(bytes: Buffer, least: number): number {
  const end = bytes.length - 4;
  if (end < least || bytes.readUInt32LE(end) !== crc32c(bytes.subarray(0, end))) throw new BrokenMessage("checksum");
  return end;
}

function readSections(bytes: Buffer, start: number, end: number): Sections {
  let body: Buffer | null = null;
  const sequences = new Map<string, readonly Buffer[]>();
  for (let at = start; at < end; ) {
    const kind = bytes[at++];
    if (kind === 0) {
      if (body !== null) throw new CommandError(40430, "Multiple body sections in message");
      const bodyEnd = judgeBson(bytes, at, end);
      body = bytes.subarray(at, bodyEnd);
      at = bodyEnd;
    } else if (kind === 1) {
      const section = bytes.subarray(at, at + sequenceLength(bytes, at, end));
      const nameEnd = section.indexOf(0, 4);
      if (nameEnd < 0) throw new CommandError("Overflow", "a document sequence has no name");
      const name = section.toString("utf8", 4, nameEnd);
      if (sequences.has(name)) throw new CommandError(40431, `Duplicate document sequence: ${name}`);
      sequences.set(name, readDocuments(section, nameEnd + 1));
      at += section.length;
    } else throw new CommandError(40432, `Unknown section kind ${kind}`);
  }
  if (body === null) throw new CommandError(40587, "OP_MSG messages must have a body");
  return { body, sequences };
}

/** The section counts its own length field, but not its kind. */
function sequenceLength(bytes: Buffer, at: number, end: number): number {
  const length = end - at < 4 ? 0 : bytes.readInt32LE(at);
  if (length < 4 || length > end - at) {
    throw new CommandError("Overflow", `a document sequence of ${length} bytes where ${end - at} are left`);
  }
  return length;
}

function readDocuments(section: Buffer, start: number): readonly Buffer[] {
  const documents: Buffer[] = [];
  for (let at = start; at < section.length; ) {
    const end = judgeBson(section, at, section.length);
    documents.push(section.subarray(at, end));
    at = end;
  }
  return documents;
}

/** Flags, `<database>.$cmd`, skip, return, the command: only good for a first hello. */
function readQuery(bytes: Buffer): Message {
  const requestId = bytes.readInt32LE(4);
  const name = headerBytes + 4;
  const nameEnd = bytes.indexOf(0, name);
  const start = nameEnd + 9;
  if (nameEnd < name || start > bytes.length) throw new BrokenMessage("a query without a collection");
  const collection = bytes.toString("utf8", name, nameEnd);
  if (!collection.endsWith(".$cmd")) throw new BrokenMessage(`a query of ${collection}`);
  const request = orCommandError(() => {
    const body = bytes.subarray(start, judgeBson(bytes, start, bytes.length));
    return readQueryRequest(body, collection.slice(0, -".$cmd".length));
  });
  return { requestId, form: "query", wantsReply: true, request };
}

function orCommandError(read: () => Request): Request | CommandError {
  try {
    return read();
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
}
