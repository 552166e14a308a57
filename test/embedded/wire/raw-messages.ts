// Builds messages by hand, right and wrong ones: a driver would never send the latter.
import { serialize } from "bson";
import { crc32c } from "../../../src/embedded/wire/crc32c.ts";

export const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};

export const bson = (document: object): Buffer => Buffer.from(serialize(document));

/** A whole message; `length` is what its header claims. */
export function message(opcode: number, rest: Buffer, length = rest.length + 16): Buffer {
  return Buffer.concat([int32(length), int32(7), int32(0), int32(opcode), rest]);
}

export const opMsg = (flags: number, ...sections: readonly Buffer[]): Buffer =>
  message(2013, Buffer.concat([int32(flags), ...sections]));

/** A kind-0 section. */
export const body = (document: object | Buffer): Buffer =>
  Buffer.concat([Buffer.from([0]), Buffer.isBuffer(document) ? document : bson(document)]);

/** A kind-1 section; `length` is what it claims. */
export function sequence(name: string, documents: readonly Buffer[], length?: number): Buffer {
  const rest = Buffer.concat([Buffer.from(`${name}\0`), ...documents]);
  return Buffer.concat([Buffer.from([1]), int32(length ?? rest.length + 4), rest]);
}

export function opQuery(collection: string, document: object | Buffer): Buffer {
  const name = Buffer.from(`${collection}\0`);
  const query = Buffer.isBuffer(document) ? document : bson(document);
  return message(2004, Buffer.concat([int32(0), name, int32(0), int32(-1), query]));
}

export const command = (document: object, db = "admin"): Buffer => opMsg(0, body({ ...document, $db: db }));

/** With the checksum at its end; `error` is added to it. */
export function withChecksum(bytes: Buffer, error = 0): Buffer {
  const whole = Buffer.concat([bytes, Buffer.alloc(4)]);
  whole.writeInt32LE(whole.length);
  whole.writeInt32LE(whole.readInt32LE(16) | 1, 16);
  whole.writeUInt32LE((crc32c(whole.subarray(0, -4)) + error) >>> 0, whole.length - 4);
  return whole;
}

/** A document of these elements. */
export const documentOf = (...elements: readonly Buffer[]): Buffer => {
  const inner = Buffer.concat(elements);
  return Buffer.concat([int32(inner.length + 5), inner, Buffer.alloc(1)]);
};

export const element = (type: number, name: string, value: Buffer = Buffer.alloc(0)): Buffer =>
  Buffer.concat([Buffer.from([type]), Buffer.from(`${name}\0`), value]);

/** A string's value; `length` is what it claims. */
export const text = (value: string | Buffer, length?: number): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([int32(length ?? bytes.length), bytes]);
};

/** `levels` documents within a document, in linear time and without recursion. */
export function nested(levels: number, type = 3): Buffer {
  const head = Buffer.from([type, 97, 0]);
  const bytes = Buffer.alloc(levels * 8 + 5);
  for (let level = 0; level <= levels; level++) {
    bytes.writeInt32LE((levels - level) * 8 + 5, level * 7);
    if (level < levels) head.copy(bytes, level * 7 + 4);
  }
  return bytes;
}
