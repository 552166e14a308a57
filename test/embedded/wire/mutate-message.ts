// Messages that are almost right: valid ones with a few bytes, lengths or sections changed, the same for the same seed.
import { Binary, Long } from "bson";
import {
  body,
  bson,
  command,
  documentOf,
  element,
  int32,
  message,
  nested,
  opMsg,
  opQuery,
  sequence,
  text,
  withChecksum,
} from "./raw-messages.ts";

export interface Mutant {
  readonly bytes: Buffer;
  /** What was done to it, in order: for the report of a failure. */
  readonly what: string;
}

/** As many mutants as asked for. */
export function* mutateMessages(seed: number, count: number): Generator<Mutant, void> {
  const random = randomNumbers(seed);
  for (let i = 0; i < count; i++) {
    const recorded = pick(random, names);
    let bytes: Buffer = Buffer.from(messages[recorded] ?? Buffer.alloc(0));
    const done: string[] = [];
    for (let step = random(3); step >= 0; step--) {
      const mutation = pick(random, Object.keys(mutations));
      bytes = mutations[mutation]?.(bytes, random) ?? bytes;
      done.push(mutation);
    }
    // Most keep a true length, or few would come further than the header.
    if (random(4) > 0 && bytes.length >= 16) {
      bytes.writeInt32LE(bytes.length);
      done.push("true length");
    }
    yield { bytes, what: `seed ${seed}, number ${i}: ${recorded}, ${done.join(", ")}` };
  }
}

/** A whole number from 0 on, below the given one. */
type Random = (below: number) => number;

/** mulberry32. */
function randomNumbers(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(1, below);
  };
}

const pick = <T>(random: Random, from: readonly T[]): T => from[random(from.length)] as T;

const documents = [bson({ _id: 1, a: [1, { b: "é" }], at: new Date(0) }), bson({ _id: "x", bytes: Buffer.alloc(9) })];
const payload = new Binary(Buffer.from("n,,n=user,r=abcdefghijklmnopqrstuvwx"));
const typed = { long: Long.MAX_VALUE, re: /a/i, none: null, yes: true, number: 1.5 };

const messages: Readonly<Record<string, Buffer>> = {
  "old hello": opQuery("admin.$cmd", { ismaster: 1, helloOk: true, client: { application: { name: "test" } } }),
  hello: command({ hello: 1, speculativeAuthenticate: { saslStart: 1, mechanism: "SCRAM-SHA-256", payload } }),
  saslStart: command({ saslStart: 1, mechanism: "SCRAM-SHA-256", payload }),
  saslContinue: command({ saslContinue: 1, conversationId: 1, payload }),
  ping: withChecksum(command({ ping: 1 })),
  "insert by section": opMsg(0, body({ insert: "t", ordered: true, $db: "db" }), sequence("documents", documents)),
  "insert in body": command({ insert: "t", documents: [{ _id: 2, a: { b: [typed] } }, {}] }, "db"),
  update: opMsg(2, body({ update: "t", $db: "db" }), sequence("updates", [bson({ q: typed, u: { $set: { a: 1 } } })])),
  delete: opMsg(0, sequence("deletes", [bson({ q: { a: 1 }, limit: 1 })]), body({ delete: "t", $db: "db" })),
  find: command({ find: "t", filter: { a: { $in: [1, "x"] }, "b.c": typed }, sort: { a: -1 }, limit: 3 }, "db"),
  findAndModify: command({ findAndModify: "t", query: { _id: 1 }, update: { $inc: { n: 1 } }, upsert: true }, "db"),
  aggregate: command({ aggregate: "t", pipeline: [{ $match: { a: 1 } }], cursor: {} }, "db"),
  getMore: command({ getMore: Long.fromNumber(1), collection: "t" }, "db"),
};

const names = Object.keys(messages);

const edges = [-2147483648, -65536, -5, -1, 0, 1, 3, 4, 5, 15, 16, 17, 255, 65536, 47_999_999, 48_000_001, 2147483647];
const opcodes = [0, 1, 1000, 2001, 2002, 2004, 2005, 2006, 2007, 2010, 2011, 2012, 2013, 2014, -1];
const hostileNames = ["__proto__", "constructor", "constructor.prototype", "toString", "$db", "documents", ""];
const binaryTypes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 0x7f, 0xff];

const mutations: Readonly<Record<string, (bytes: Buffer, random: Random) => Buffer>> = {
  "a byte": (bytes, random) => set(bytes, random(bytes.length), random(256)),
  "a bit": (bytes, random) => {
    const at = random(bytes.length);
    return set(bytes, at, (bytes[at] ?? 0) ^ (1 << random(8)));
  },
  "a type": (bytes, random) => set(bytes, 20 + random(Math.max(1, bytes.length - 20)), pick(random, binaryTypes)),
  "a zero away": (bytes, random) => {
    const at = bytes.indexOf(0, random(bytes.length));
    return at < 0 ? bytes : set(bytes, at, 97);
  },
  "a number": (bytes, random) => write(bytes, random(bytes.length), pick(random, edges)),
  // Where bodies, sections and their first fields have their lengths.
  "a length": (bytes, random) => write(bytes, pick(random, [0, 16, 20, 21, 25, 26, 31, 36]), pick(random, edges)),
  "a length, slightly": (bytes, random) => {
    const at = random(bytes.length);
    return at + 4 > bytes.length ? bytes : write(bytes, at, bytes.readInt32LE(at) + random(9) - 4);
  },
  "the opcode": (bytes, random) => write(bytes, 12, pick(random, opcodes)),
  "the flags": (bytes, random) => write(bytes, 16, pick(random, [0, 1, 2, 3, 4, 0x8000, 0x10000, -1])),
  "cut off": (bytes, random) => Buffer.from(bytes.subarray(0, random(bytes.length + 1))),
  "a piece away": (bytes, random) => {
    const at = random(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random(12))]);
  },
  "a piece twice": (bytes, random) => {
    const at = random(bytes.length + 1);
    return insert(bytes, at, bytes.subarray(at, at + random(64)));
  },
  "a piece of another": (bytes, random) => {
    const other = messages[pick(random, names)] ?? bytes;
    const from = random(other.length);
    return insert(bytes, random(bytes.length + 1), other.subarray(from, from + random(other.length)));
  },
  "a section more": (bytes, random) =>
    Buffer.concat([bytes, pick(random, [body({}), sequence("documents", documents)])]),
  "a section that overlaps": (bytes, random) =>
    Buffer.concat([bytes, sequence("documents", documents, pick(random, edges))]),
  "another name": (bytes, random) => {
    const at = bytes.indexOf(0, 20 + random(Math.max(1, bytes.length - 20)));
    return at < 0 ? bytes : insert(bytes, at, Buffer.from(pick(random, hostileNames)));
  },
  "no UTF-8": (bytes, random) => insert(bytes, random(bytes.length + 1), Buffer.from([0xff, 0xfe, 0xc3])),
  "a hostile path": (_, random) => {
    const name = `${pick(random, hostileNames)}.${pick(random, hostileNames)}`;
    const u = documentOf(element(3, "$set", documentOf(element(16, name, int32(1)))));
    const q = documentOf(element(3, "__proto__", documentOf(element(16, "polluted", int32(1)))));
    const statement = documentOf(element(3, "q", q), element(3, "u", u), element(8, "upsert", Buffer.from([1])));
    return opMsg(0, body({ update: "t", $db: "db" }), sequence("updates", [statement]));
  },
  "deep nesting": (_, random) => {
    const deep = nested(pick(random, [100, 179, 181, 199, 200, 201, 1_000, 20_000]), pick(random, [3, 4]));
    const field = pick(random, ["filter", "comment", "documents"]);
    const db = element(2, "$db", text("db\0"));
    return opMsg(
      0,
      body(documentOf(element(2, pick(random, ["find", "insert"]), text("t\0")), element(3, field, deep), db)),
    );
  },
  "another form": (bytes, random) =>
    message(pick(random, opcodes), Buffer.from(bytes.subarray(Math.min(16, bytes.length)))),
};

function set(bytes: Buffer, at: number, value: number): Buffer {
  if (at < bytes.length) bytes[at] = value;
  return bytes;
}

function write(bytes: Buffer, at: number, value: number): Buffer {
  if (at + 4 <= bytes.length) bytes.writeInt32LE(value | 0, at);
  return bytes;
}

const insert = (bytes: Buffer, at: number, piece: Buffer) =>
  Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
