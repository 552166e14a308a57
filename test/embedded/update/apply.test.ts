// What a table of documents cannot say: the clock, prototypes, and what stays the same object.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Document, Timestamp } from "bson";
import { CommandError } from "../../../src/embedded/command-error.ts";
import { findMatchedIndex } from "../../../src/embedded/update/positional.ts";
import { seedFromFilter } from "../../../src/embedded/update/seed.ts";
import { parseUpdate, type UpdateContext } from "../../../src/embedded/update/update.ts";
import { scope, typed } from "./update-case.ts";

const now = new Date("2026-03-01T12:00:00.750Z");
const seconds = now.getTime() / 1000 - 0.75;

function apply(document: Document, update: Document, context: Partial<UpdateContext> = {}): Document {
  return parseUpdate(typed(update), { scope }).apply(typed(document), { now, isInsert: false, ...context });
}

test("$currentDate sets the date of the command", () => {
  const update = { $currentDate: { a: true, b: false, "c.d": { $type: "date" } } };
  assert.deepEqual(apply({ a: 1 }, update), { a: now, b: now, c: { d: now } });
});

test("$currentDate sets a timestamp of the command's second", () => {
  const { a } = apply({}, { $currentDate: { a: { $type: "timestamp" } } });
  assert.ok(a instanceof Timestamp);
  assert.deepEqual([a.t, a.i], [seconds, 1]);
});

test("an empty timestamp at the top of a replacement becomes the current one, further down it stays", () => {
  const empty = new Timestamp({ t: 0, i: 0 });
  const { a, b } = apply({ _id: 1 }, { a: empty, b: { c: empty } });
  assert.deepEqual([a.t, a.i], [seconds, 1]);
  assert.ok(b.c.isZero());
});

test("no path reaches a prototype", () => {
  const before = Object.getOwnPropertyNames(Object.prototype);
  const paths = [
    "__proto__.polluted",
    "a.__proto__.polluted",
    "constructor.prototype.polluted",
    "l.0.__proto__.polluted",
  ];
  for (const path of paths) {
    for (const operator of ["$set", "$inc", "$push", "$addToSet", "$max", "$bit", "$mul", "$unset", "$setOnInsert"]) {
      const operand = operator === "$bit" ? { or: 1 } : 1;
      apply({ _id: 1, a: {}, l: [{}] }, { [operator]: { [path]: operand } }, { isInsert: true });
    }
    apply({ _id: 1, x: 1, a: {} }, path.startsWith("l") ? {} : { $rename: { x: path } });
    seedFromFilter(typed({ [path]: 1 }));
  }
  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), before);
  assert.equal(Object.hasOwn(Object.prototype, "polluted"), false);
  assert.equal("polluted" in {}, false);
});

test("a field named __proto__ leaves the document's own prototype alone", () => {
  const after = apply({ _id: 1 }, { $set: { "__proto__.x": 1 } });
  assert.equal(Object.getPrototypeOf(after), Object.prototype);
  assert.deepEqual(Object.keys(after), ["_id", "__proto__"]);
});

test("an unchanged document is the same object, and what an update leaves alone is shared", () => {
  const document = typed({ _id: 1, a: 1, b: { c: [1] } });
  const context = { now, isInsert: false };
  const parse = (update: Document) => parseUpdate(typed(update), { scope });
  assert.equal(parse({ $set: { a: 1, "b.c.0": 1 } }).apply(document, context), document);
  const after = parse({ $inc: { a: 1 } }).apply(document, context);
  assert.notEqual(after, document);
  assert.equal(after.b, document.b);
});

test("a list longer than a call has arguments is pushed", () => {
  const $each = new Array(200_000).fill(1);
  assert.equal(apply({ a: [1] }, { $push: { a: { $each } } }).a.length, 200_001);
  assert.equal(apply({ a: [1] }, { $push: { a: { $each, $position: 0 } } }).a.length, 200_001);
});

test("one parsed update serves many documents", () => {
  const update = parseUpdate(typed({ $push: { l: { $each: [2], $sort: -1 } }, $inc: { n: 1 } }), { scope });
  const context = { now, isInsert: false };
  const first = update.apply(typed({ _id: 1, l: [1], n: 1 }), context);
  assert.deepEqual(update.apply(typed({ _id: 2 }), context), typed({ _id: 2, l: [2], n: 1 }));
  assert.deepEqual(update.apply(first, context), typed({ _id: 1, l: [2, 2, 1], n: 3 }));
});

test("$ stands for the index that is given, or else for the one that the filter finds", () => {
  const document = { _id: 1, a: [{ k: 1 }, { k: 2 }] };
  const update = { $set: { "a.$.v": 9 } };
  const changed = typed({ _id: 1, a: [{ k: 1 }, { k: 2, v: 9 }] });
  assert.deepEqual(apply(document, update, { matchedArrayIndex: 1 }), changed);
  assert.deepEqual(apply(document, update, { filter: typed({ "a.k": 2 }) }), changed);
  assert.throws(() => apply(document, update, { matchedArrayIndex: null, filter: typed({ "a.k": 2 }) }), CommandError);
  assert.equal(findMatchedIndex(typed({ "a.k": 2, $expr: true }), typed(document)), 1);
  assert.equal(findMatchedIndex(typed({ _id: 1 }), typed(document)), null);
});

test("only a whole document is a replacement", () => {
  const isReplacement = (update: Document) => parseUpdate(typed(update), { scope }).isReplacement;
  assert.deepEqual([{}, { a: 1 }, { $set: {} }].map(isReplacement), [true, true, false]);
});

test("differs: two spellings of one position are a conflict, where mongod 6.0 ends", () => {
  const conflict = { code: 40, message: "Updating the path 'a.01' would create a conflict at 'a.01'" };
  assert.throws(() => apply({ a: [1, 2] }, { $set: { "a.1": 5, "a.01": 6 } }), conflict);
});

test("a path of more than 180 parts is refused", () => {
  const overflow = { code: 15, message: "Document exceeds maximum nesting depth of 180" };
  const path = (length: number) => new Array(length).fill("a").join(".");
  assert.ok(apply({}, { $set: { [path(180)]: 1 } }).a);
  assert.throws(() => apply({}, { $set: { [path(181)]: 1 } }), overflow);
  assert.throws(() => apply({}, { $set: { [path(100_000)]: 1 } }), overflow);
  assert.throws(() => seedFromFilter(typed({ [path(100_000)]: 1 })), overflow);
});

test("a broken array filter keeps the name of its error", () => {
  const parse = () => parseUpdate(typed({ $set: { a: 1 } }), { arrayFilters: [typed({ x: { $in: 1 } })], scope });
  assert.throws(parse, { code: 2, codeName: "BadValue" });
});
