// From a reply to the bytes of one message. Stored documents are spliced in as they lie on the disk.
import type { CursorBatch, Reply } from "../request.ts";
import { encode } from "../values/value.ts";
import { bsonTypes } from "./judge-bson.ts";
import { headerBytes } from "./message-buffer.ts";
import { type Message, opcodes } from "./read-message.ts";

/** `id` numbers what this side sends. Throws CommandError for a reply that is too large. */
export function writeMessage(reply: Reply, to: Pick<Message, "requestId" | "form">, id: number): Buffer {
  const isQuery = to.form === "query";
  const pieces = [isQuery ? replyHead() : msgHead, ...documentPieces(reply)];
  const length = headerBytes + lengthOf(pieces);
  const header = int32s(length, id, to.requestId, isQuery ? opcodes.reply : opcodes.msg);
  return Buffer.concat([header, ...pieces], length);
}

/** No flags, and one section: the document. */
const msgHead = Buffer.alloc(5);

/** Flags (AwaitCapable, as mongod sets it), no cursor, starting from 0, one document. */
const replyHead = () => int32s(8, 0, 0, 0, 1);

function documentPieces({ fields, cursor, raw }: Reply): readonly Uint8Array[] {
  const encoded = encode(fields);
  const elements = [
    ...(cursor === undefined ? [] : cursorElement(cursor)),
    ...(raw === undefined ? [] : [elementHead(bsonTypes.document, raw.field), raw.document]),
    // The fields without their length; their end is the end of the whole.
    encoded.subarray(4),
  ];
  return [int32s(4 + lengthOf(elements)), ...elements];
}

function cursorElement({ batch, documents, id, ns }: CursorBatch): readonly Uint8Array[] {
  const list = documents.flatMap((document, index) => [elementHead(bsonTypes.document, `${index}`), document]);
  const text = Buffer.from(`${ns}\0`);
  const inner = [
    elementHead(bsonTypes.array, batch),
    int32s(4 + lengthOf(list) + 1),
    ...list,
    end,
    elementHead(bsonTypes.long, "id"),
    int32s(id.low, id.high),
    elementHead(bsonTypes.string, "ns"),
    int32s(text.length),
    text,
    end,
  ];
  return [elementHead(bsonTypes.document, "cursor"), int32s(4 + lengthOf(inner)), ...inner];
}

const end = Buffer.alloc(1);

const elementHead = (type: number, name: string) => Buffer.from(`${String.fromCharCode(type)}${name}\0`);

const lengthOf = (pieces: readonly Uint8Array[]) => pieces.reduce((sum, { length }) => sum + length, 0);

function int32s(...values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeInt32LE(value, 4 * index);
  return bytes;
}
