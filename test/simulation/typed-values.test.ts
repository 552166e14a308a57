import assert from "node:assert/strict";
import { test } from "node:test";
import { BSON, type Document, Long, ObjectId } from "mongodb";
import { decode, encode, type ValueDocument } from "../../src/embedded/values/value.ts";
import { typed, untyped } from "./typed-values.ts";

const everything: Document = {
  numbers: [0, -0, 1, -1, 0.5, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 53, Number.NaN, Infinity],
  plain: { text: "", yes: true, no: false, nothing: null, missing: undefined, list: [[], {}, undefined, "x"] },
  date: new Date(1_700_000_000_123),
  id: new ObjectId("0123456789abcdef01234567"),
  pattern: /^a.b$/i,
  long: Long.fromString("9007199254740993"),
  bytes: Buffer.from("bytes"),
};
Object.defineProperty(everything.plain, "__proto__", { value: 1, enumerable: true });

test("a command reaches the engine as it would by wire", () => {
  assert.deepEqual(typed(everything), decode(BSON.serialize(everything, { ignoreUndefined: false })));
});

test("a reply reaches its caller as it would by wire", () => {
  const reply: ValueDocument = { ...typed(everything), missing: undefined, list: [undefined] };
  assert.deepEqual(untyped(reply), BSON.deserialize(encode(reply)));
});

test("a copy shares nothing with what was sent", () => {
  const sent = { list: [{ at: new Date(0) }] };
  const copy = typed(sent);
  sent.list[0]?.at.setTime(1);
  sent.list.push({ at: new Date(2) });
  assert.deepEqual(copy, { list: [{ at: new Date(0) }] });
});
