import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Binary, Decimal128, Long, ObjectId, UUID } from "mongodb";
import { jobOf, problemsOf, simple } from "./parse-fixtures.ts";

describe("the _id of a job", () => {
  const rows: readonly [title: string, id: unknown, text: string][] = [
    ["ObjectId", new ObjectId("00112233445566778899aabb"), "00112233445566778899aabb"],
    ["text", "nightly report", "nightly report"],
    ["number", 42, "42"],
    ["negative number", -1, "-1"],
    ["Long beyond every number", Long.MAX_VALUE, "9223372036854775807"],
    ["UUID", new UUID("0189d3f0-7c1a-7000-8000-0123456789ab"), "0189d3f0-7c1a-7000-8000-0123456789ab"],
    [
      "UUID as binary data",
      new Binary(Buffer.from("0189d3f07c1a700080000123456789ab", "hex"), 4),
      "0189d3f0-7c1a-7000-8000-0123456789ab",
    ],
  ];
  for (const [title, id, text] of rows) {
    test(`may be of type ${title}, and is kept with its type`, () => {
      const job = jobOf({ ...simple, _id: id });
      assert.equal(job.id, id);
      assert.equal(job.idText, text);
    });
  }

  for (const id of [
    true,
    [],
    {},
    new Date(0),
    Decimal128.fromString("1"),
    new Binary(new Uint8Array(16), 0),
    "",
    "a\n",
  ]) {
    test(`is refused when it is ${JSON.stringify(id)}`, () =>
      assert.match(problemsOf({ ...simple, _id: id })[0] ?? "", /^_id: /));
  }

  test("may be missing in a file, where the name stands in", () => {
    const { _id, ...document } = simple;
    const job = jobOf(document, { allowMissingId: true });
    assert.deepEqual([job.id, job.idText], ["report", "report"]);
    assert.deepEqual(problemsOf(document), [
      "_id: expected an ObjectId, a text of 1-200 characters, a UUID or a whole number, got nothing",
    ]);
  });
});

describe("the rev of a job", () => {
  test("stays the same for another _id, another order of fields and a comment-free copy", () => {
    const { _id, name, ...rest } = simple;
    assert.equal(jobOf({ ...rest, name, _id: 7 }).rev, jobOf(simple).rev);
  });

  test("changes with any field", () => {
    const changes = [{ hour: 10 }, { enabled: false }, { hour: "9" }, { headers: { a: "1" } }, { headers: { a: 1 } }];
    const revs = changes.map((change) => jobOf({ ...simple, ...change }).rev);
    assert.equal(new Set([...revs, jobOf(simple).rev]).size, changes.length + 1);
  });
});
