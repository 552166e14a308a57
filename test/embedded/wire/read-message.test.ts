// What a message that is not right comes to. The cases and their codes were recorded from mongod 6.0.5.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandError } from "../../../src/embedded/command-error.ts";
import { BrokenMessage } from "../../../src/embedded/wire/message-buffer.ts";
import { type Message, readMessage } from "../../../src/embedded/wire/read-message.ts";
import {
  body,
  bson,
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

const ping = { ping: 1, $db: "admin" };
const pinging = [element(16, "ping", int32(1)), element(2, "$db", text("admin\0"))];
const pingWith = (...elements: readonly Buffer[]) => opMsg(0, body(documentOf(...pinging, ...elements)));
const inserting = (more: object = {}) => body({ insert: "t", $db: "db", ...more });
const one = bson({ _id: 1 });
const withLength = (length: number) => Buffer.concat([int32(length), bson(ping).subarray(4)]);

/** The code of the answer, "run", or "closed". */
const outcomes: readonly (readonly [what: string, bytes: Buffer, outcome: number | "run" | "closed"])[] = [
  ["ping", opMsg(0, body(ping)), "run"],
  ["a right checksum", withChecksum(opMsg(0, body(ping))), "run"],
  ["a wrong checksum", withChecksum(opMsg(0, body(ping)), 1), "closed"],
  ["exhaustAllowed", opMsg(0x10000, body(ping)), "run"],
  ["an unknown flag that may be ignored", opMsg(0x20000, body(ping)), "run"],
  ["an unknown flag that may not", opMsg(4, body(ping)), "closed"],
  ["no flags", message(2013, Buffer.alloc(0)), "closed"],
  ["no sections", opMsg(0), 40587],
  ["no body", opMsg(0, sequence("documents", [one])), 40587],
  ["two bodies", opMsg(0, body(ping), body(ping)), 40430],
  ["an unknown kind of section", opMsg(0, Buffer.from([5]), body(ping)), 40432],
  ["a body of negative length", opMsg(0, body(withLength(-5))), 22],
  ["a body of length 0", opMsg(0, body(withLength(0))), 22],
  ["a body of length 4", opMsg(0, body(withLength(4))), 22],
  ["a body that is longer than the message", opMsg(0, body(withLength(5_000))), 22],
  ["a body that is cut off", opMsg(0, body(withLength(bson(ping).length - 1))), 22],
  ["a sequence before the body", opMsg(0, sequence("documents", [one]), inserting()), "run"],
  ["an empty sequence", opMsg(0, inserting(), sequence("documents", [])), "run"],
  ["a sequence of negative length", opMsg(0, inserting(), sequence("documents", [one], -5)), 15],
  ["a sequence of length 0", opMsg(0, inserting(), sequence("documents", [one], 0)), 15],
  ["a sequence of length 4", opMsg(0, inserting(), sequence("documents", [one], 4)), 15],
  ["a sequence beyond the message", opMsg(0, inserting(), sequence("documents", [one], 500)), 15],
  ["a sequence that cuts its document", opMsg(0, inserting(), sequence("documents", [one], 20)), 22],
  ["a sequence whose name does not end", opMsg(0, inserting(), Buffer.from([1]), text("docu", 8)), 15],
  ["a sequence twice", opMsg(0, inserting(), sequence("documents", [one]), sequence("documents", [one])), 40431],
  ["documents here and there", opMsg(0, inserting({ documents: [{}] }), sequence("documents", [one])), 40433],
  ["an unknown sequence", opMsg(0, inserting({ documents: [{}] }), sequence("nonsense", [one])), 40415],
  ["documents that are no list", opMsg(0, inserting({ documents: 5 })), 14],
  ["documents that are none", opMsg(0, inserting({ documents: [{}, 5] })), 14],
  ["200 levels in a sequence", opMsg(0, inserting(), sequence("documents", [nested(200)])), "run"],
  ["201 levels in a sequence", opMsg(0, inserting(), sequence("documents", [nested(201)])), 15],
  ["200 levels in a body", pingWith(element(3, "comment", nested(199))), "run"],
  ["201 levels in a body", pingWith(element(3, "comment", nested(200))), 15],
  ["1,000 levels of documents", pingWith(element(3, "comment", nested(1_000))), 15],
  ["1,000,000 levels of lists", pingWith(element(3, "comment", nested(1_000_000, 4))), 15],
  ["a string that does not end", pingWith(element(2, "comment", text("xy"))), 22],
  ["a string of length 0", pingWith(element(2, "comment", text("\0", 0))), 22],
  ["a string of negative length", pingWith(element(2, "comment", text("\0", -1))), 22],
  ["a string beyond its document", pingWith(element(2, "comment", text("x\0", 500))), 22],
  ["an unknown type", pingWith(element(0x20, "comment", int32(1))), 22],
  ["a bool of 2", pingWith(element(8, "comment", Buffer.from([2]))), 22],
  ["no $db", opMsg(0, body({ ping: 1 })), 40571],
  ["$db as a number", opMsg(0, body({ ping: 1, $db: 1 })), 13111],
  ["$db as a sequence", opMsg(0, body({ ping: 1 }), sequence("$db", [one])), 40415],
  ["an empty $db", opMsg(0, body({ ping: 1, $db: "" })), 73],
  ["a dot in $db", opMsg(0, body({ ping: 1, $db: "a.b" })), 73],
  ["a $db of 63 bytes", opMsg(0, body({ ping: 1, $db: "x".repeat(63) })), "run"],
  ["a $db of 64 bytes", opMsg(0, body({ ping: 1, $db: "é".repeat(32) })), 73],
  ["an empty body", opMsg(0, body({})), 40571],
  ["a field twice", pingWith(element(10, "comment"), element(10, "comment")), 40413],
  ["the old hello", opQuery("admin.$cmd", { isMaster: 1 }), "run"],
  ["the new hello in an old message", opQuery("admin.$cmd", { hello: 1 }), "run"],
  ["any other command in an old message", opQuery("admin.$cmd", { ping: 1 }), 352],
  ["an old query with a broken document", opQuery("admin.$cmd", int32(500)), 22],
  ["an old query that is cut off", message(2004, Buffer.concat([int32(0), Buffer.from("admin.$cmd")])), "closed"],
  ["a compressed message", message(2012, Buffer.alloc(30)), "closed"],
  ["an old insert", message(2002, Buffer.concat([int32(0), Buffer.from("db.t\0"), one])), "closed"],
  ["a reply", message(1, Buffer.alloc(20)), "closed"],
  ["an opcode that never was", message(99_999, Buffer.alloc(20)), "closed"],
];

/** MongoDB answers these otherwise; each is refused here because decoding or writing again would change it. */
const differences: typeof outcomes = [
  ["a name that is no UTF-8", pingWith(Buffer.from([10, 0xff, 0xfe, 0])), 22],
  ["a string that is no UTF-8", pingWith(element(2, "comment", text(Buffer.from([0xff, 0xfe, 0])))), 22],
  ["a date that no Date can hold", pingWith(element(9, "comment", Buffer.alloc(8, 0x7f))), 22],
  // MongoDB ignores the sequence.
  ["a sequence on a command that takes none", opMsg(0, body(ping), sequence("documents", [one])), 40415],
  // MongoDB answers with an old-style error.
  ["an old find", opQuery("db.t", {}), "closed"],
  // MongoDB falls silent.
  ["opcode 0", message(0, Buffer.alloc(20)), "closed"],
];

function outcomeOf(bytes: Buffer): number | string {
  try {
    const { request } = readMessage(bytes);
    return request instanceof CommandError ? request.code : "run";
  } catch (error) {
    if (error instanceof BrokenMessage) return "closed";
    throw error;
  }
}

for (const [what, bytes, outcome] of outcomes) {
  test(`${what}: ${outcome}`, () => assert.equal(outcomeOf(bytes), outcome));
}

for (const [what, bytes, outcome] of differences) {
  test(`differs: ${what}: ${outcome}`, () => assert.equal(outcomeOf(bytes), outcome));
}

function requestOf({ request }: Message) {
  assert.ok(!(request instanceof CommandError));
  return request;
}

test("documents of an insert are the bytes that came, in a section or in the body", () => {
  const documents = [bson({ _id: 1, documents: [{ a: 1 }] }), bson({ _id: 2 })];
  const bySection = requestOf(readMessage(opMsg(0, inserting({ ordered: false }), sequence("documents", documents))));
  const inBody = opMsg(0, inserting({ documents: [{ _id: 1, documents: [{ a: 1 }] }, { _id: 2 }], ordered: false }));
  for (const request of [bySection, requestOf(readMessage(inBody))]) {
    assert.deepEqual(Object.keys(request.body).sort(), ["$db", "insert", "ordered"]);
    assert.equal(Object.keys(request.body)[0], "insert");
    assert.deepEqual([...(request.sequences.get("documents") ?? [])], documents);
  }
});

test("a field named documents is any field for every other command", () => {
  const { body: find } = requestOf(
    readMessage(opMsg(0, body({ find: "t", filter: { documents: [{ a: true }] }, $db: "db" }))),
  );
  assert.deepEqual(find.filter, { documents: [{ a: true }] });
});

test("an old query is of the database that it names", () => {
  const query = readMessage(opQuery("test.$cmd", { isMaster: 1 }));
  assert.equal(query.form, "query");
  assert.equal(requestOf(query).body.$db, "test");
});

test("a message that says more is to come wants no reply", () => {
  assert.equal(readMessage(opMsg(2, body(ping))).wantsReply, false);
  assert.equal(readMessage(opMsg(2)).wantsReply, false);
  assert.equal(readMessage(opMsg(0, body(ping))).wantsReply, true);
});

test("a field named __proto__ is a field of the command and of nothing else", () => {
  const hostile = element(3, "__proto__", documentOf(element(16, "polluted", int32(1))));
  const { body: given } = requestOf(readMessage(pingWith(hostile)));
  assert.ok(Object.hasOwn(given, "__proto__"));
  assert.equal(Object.getPrototypeOf(given), Object.prototype);
  assert.equal(Object.hasOwn(Object.prototype, "polluted"), false);
});
