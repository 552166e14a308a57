// Filters over numbers of all types, and bits.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Binary, type Document, Int32 } from "bson";
import { decimal, double, long, matching } from "./query-fixtures.ts";

/** The ids that a real mongod 6.0.5 answered with. */
type Row = readonly [title: string, filter: Document, ids: readonly number[]];

const numbersDocuments: readonly Document[] = [
  { _id: 1, n: new Int32(5) },
  { _id: 2, n: double(5) },
  { _id: 3, n: long("5") },
  { _id: 4, n: decimal("5.0") },
  { _id: 5, n: double(0.1) },
  { _id: 6, n: decimal("0.1") },
  { _id: 7, n: long("9007199254740993") },
  { _id: 8, n: double(9007199254740992) },
  { _id: 9, n: decimal("NaN") },
  { _id: 10, n: double(-0.0) },
  { _id: 11, n: decimal("1E+400") },
  { _id: 12, n: double(Infinity) },
  { _id: 13, n: new Int32(-3) },
  { _id: 14, n: double(5.5) },
  { _id: 15, n: "5" },
  { _id: 16, n: new Binary(Buffer.from([5])) },
  { _id: 17, n: decimal("-2.5") },
  { _id: 18, n: long("-1") },
];

const numbersRows: readonly Row[] = [
  ["numbers of all types are equal", { n: new Int32(5) }, [1, 2, 3, 4]],
  ["a decimal with fewer digits is the same number", { n: decimal("5") }, [1, 2, 3, 4]],
  ["a decimal 0.1 is no double 0.1", { n: double(0.1) }, [5]],
  ["and is the lesser", { n: { $lt: double(0.1), $gt: 0 } }, [6]],
  ["a long beyond 2^53 is exact", { n: { $in: [double(9007199254740992)] } }, [8]],
  ["and greater", { n: { $gt: double(9007199254740992) } }, [7, 11, 12]],
  ["a decimal beyond the doubles is less than infinity", { n: { $gt: double(1e300) } }, [11, 12]],
  ["and no infinity", { n: { $lt: double(Infinity), $gt: double(1e300) } }, [11]],
  ["NaN of both types is equal", { n: double(NaN) }, [9]],
  ["minus zero is zero", { n: 0 }, [10]],
  ["each type has its own $type", { n: { $type: "decimal" } }, [4, 6, 9, 11, 17]],
  ["$mod cuts fractions off", { n: { $mod: [4, 1] } }, [1, 2, 3, 4, 7, 14]],
  ["of the divisor too", { n: { $mod: [double(4.9), 1] } }, [1, 2, 3, 4, 7, 14]],
  ["a negative remainder", { n: { $mod: [2, -1] } }, [13, 18]],
  ["bits of numbers and of binary data", { n: { $bitsAllSet: 5 } }, [1, 2, 3, 4, 13, 16, 18]],
  ["bits that are clear", { n: { $bitsAllClear: 2 } }, [1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 13, 16]],
  ["the sign of a long", { n: { $bitsAnySet: [1, 63] } }, [9, 11, 13, 17, 18]],
  ["bits beyond the value", { n: { $bitsAnyClear: [0, 200] } }, [1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 16, 17]],
  ["a negative number has its sign for ever", { n: { $bitsAllSet: [200] } }, [9, 11, 13, 17, 18]],
  ["a mask of binary data", { n: { $bitsAllSet: new Binary(Buffer.from([1, 0])) } }, [1, 2, 3, 4, 7, 13, 16, 18]],
  ["no bits at all", { n: { $bitsAllSet: [] } }, [1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 13, 16, 17, 18]],
];

describe("numbers in filters", () => {
  for (const [title, filter, ids] of numbersRows) {
    test(title, () => assert.deepEqual(matching(numbersDocuments, filter), ids));
  }
});
