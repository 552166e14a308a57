import assert from "node:assert/strict";
import { test } from "node:test";
import { deserialize, Int32, Long } from "bson";
import { CommandError, failureFields } from "../../../src/embedded/command-error.ts";
import { writeMessage } from "../../../src/embedded/wire/write-message.ts";
import { bson } from "./raw-messages.ts";

const ok = { ok: new Int32(1) };
const to = { requestId: 42, form: "msg" } as const;

test("a reply's header answers its request, and its length is the truth", () => {
  const bytes = writeMessage({ fields: ok }, to, 9);
  const header = [0, 4, 8, 12].map((at) => bytes.readInt32LE(at));
  assert.deepEqual(header, [bytes.length, 9, 42, 2013]);
  assert.deepEqual([...bytes.subarray(16, 21)], [0, 0, 0, 0, 0]);
  assert.deepEqual(deserialize(bytes.subarray(21)), { ok: 1 });
});

test("an old query gets an old reply with one document", () => {
  const bytes = writeMessage({ fields: ok }, { requestId: 42, form: "query" }, 9);
  assert.equal(bytes.readInt32LE(12), 1);
  assert.equal(bytes.readInt32LE(32), 1);
  assert.deepEqual(deserialize(bytes.subarray(36)), { ok: 1 });
});

for (const count of [0, 1, 12]) {
  test(`${count} stored documents are spliced into a cursor as they are`, () => {
    const documents = Array.from({ length: count }, (_, n) => bson({ _id: n, text: "é" }));
    const id = Long.fromString("-9007199254740993");
    const cursor = { batch: "firstBatch", documents, id, ns: "db.é" } as const;
    const read = deserialize(writeMessage({ fields: ok, cursor }, to, 1).subarray(21), { useBigInt64: true });
    const firstBatch = documents.map((document) => deserialize(document));
    assert.deepEqual(read, { cursor: { firstBatch, id: -9007199254740993n, ns: "db.é" }, ok: 1 });
  });
}

test("a stored document is spliced in under the name of its field", () => {
  const raw = { field: "value", document: bson({ _id: 1, a: [1] }) };
  const read = deserialize(writeMessage({ fields: { lastErrorObject: {}, ...ok }, raw }, to, 1).subarray(21));
  assert.deepEqual(read, { value: { _id: 1, a: [1] }, lastErrorObject: {}, ok: 1 });
});

test("a failure tells its code, its name and what belongs to it", () => {
  const error = new CommandError("DuplicateKey", "E11000", { keyPattern: { a: new Int32(1) } });
  const read = deserialize(writeMessage({ fields: failureFields(error) }, to, 1).subarray(21));
  const keyPattern = { a: 1 };
  assert.deepEqual(read, { ok: 0, errmsg: "E11000", code: 11000, codeName: "DuplicateKey", keyPattern });
});
