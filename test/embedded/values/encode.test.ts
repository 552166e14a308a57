import assert from "node:assert/strict";
import { test } from "node:test";
import { Binary } from "bson";
import { CommandError } from "../../../src/embedded/command-error.ts";
import { encode, type ValueDocument } from "../../../src/embedded/values/value.ts";

const broken: Readonly<Record<string, { readonly document: ValueDocument; readonly code: number }>> = {
  "a string too large": { document: { a: "x".repeat(18_000_000) }, code: 10334 },
  "bytes too large": { document: { a: new Binary(Buffer.alloc(18_000_000)) }, code: 10334 },
  "too many elements": { document: { a: new Array(2_500_000).fill(null) }, code: 10334 },
  "a document that calls itself an ObjectId": { document: { a: { _bsontype: "ObjectId" } }, code: 2 },
};

for (const [what, { document, code }] of Object.entries(broken)) {
  test(`${what} is the command's failure, not the server's`, () => {
    assert.throws(
      () => encode(document),
      (error) => error instanceof CommandError && error.code === code,
    );
  });
}
