// $inc and $mul of decimals: what mongod 6.0.5 made of each.
import { Decimal128, Double, Long } from "bson";
import { type UpdateCase, unchanged } from "./update-case.ts";

export const decimalCases: readonly UpdateCase[] = [
  [
    "$inc int and decimal",
    { a: 1 },
    { $inc: { a: Decimal128.fromString("0.10") } },
    { a: Decimal128.fromString("1.10") },
  ],
  [
    "$inc double and decimal",
    { a: 0.1 },
    { $inc: { a: Decimal128.fromString("0.2") } },
    { a: Decimal128.fromString("0.300000000000000") },
  ],
  [
    "$mul int and decimal",
    { a: 3 },
    { $mul: { a: Decimal128.fromString("1.50") } },
    { a: Decimal128.fromString("4.50") },
  ],
  [
    "$mul of a missing field makes a decimal zero",
    {},
    { $mul: { a: Decimal128.fromString("5.5") } },
    { a: Decimal128.fromString("0.0") },
  ],
  [
    "$inc of a decimal by a whole double",
    { a: Decimal128.fromString("1") },
    { $inc: { a: new Double(2) } },
    { a: Decimal128.fromString("3.00000000000000") },
  ],
  ["$inc of a decimal by a double zero", { a: Decimal128.fromString("1") }, { $inc: { a: new Double(0) } }, unchanged],
  [
    "$inc of a decimal by a large double",
    { a: Decimal128.fromString("1") },
    { $inc: { a: new Double(100000000000000000000) } },
    { a: Decimal128.fromString("100000000000000000001") },
  ],
  [
    "$inc of a decimal by a fraction",
    { a: Decimal128.fromString("0") },
    { $inc: { a: 0.3333333333333333 } },
    { a: Decimal128.fromString("0.333333333333333") },
  ],
  [
    "$inc of a decimal by a negative double",
    { a: Decimal128.fromString("0") },
    { $inc: { a: -123.456 } },
    { a: Decimal128.fromString("-123.456000000000") },
  ],
  [
    "$inc of a decimal by a small double",
    { a: Decimal128.fromString("0") },
    { $inc: { a: 1.5e-7 } },
    { a: Decimal128.fromString("1.50000000000000E-7") },
  ],
  [
    "$mul of a decimal by a double",
    { a: Decimal128.fromString("3") },
    { $mul: { a: 0.1 } },
    { a: Decimal128.fromString("0.300000000000000") },
  ],
  [
    "$inc of a decimal by a long",
    { a: Decimal128.fromString("0.5") },
    { $inc: { a: Long.fromString("9007199254740993") } },
    { a: Decimal128.fromString("9007199254740993.5") },
  ],
  ["$inc of a decimal by zero", { a: Decimal128.fromString("0.5") }, { $inc: { a: 0 } }, unchanged],
  [
    "$inc of a decimal by a zero with more digits",
    { a: Decimal128.fromString("0.5") },
    { $inc: { a: Decimal128.fromString("0.00") } },
    unchanged,
  ],
  [
    "$inc of a decimal by infinity",
    { a: Decimal128.fromString("0.5") },
    { $inc: { a: new Double(-Infinity) } },
    { a: Decimal128.fromString("-Infinity") },
  ],
  [
    "$inc to a decimal of more than 34 digits rounds",
    { a: Decimal128.fromString("1E+34") },
    { $inc: { a: Decimal128.fromString("0.6") } },
    unchanged,
  ],
  [
    "$mul of decimals beyond their range",
    { a: Decimal128.fromString("1E+6000") },
    { $mul: { a: Decimal128.fromString("1E+6000") } },
    { a: Decimal128.fromString("Infinity") },
  ],
  [
    "$mul of decimals below their range",
    { a: Decimal128.fromString("1E-6000") },
    { $mul: { a: Decimal128.fromString("1E-6000") } },
    { a: Decimal128.fromString("0E-6176") },
  ],
  [
    "$mul of decimals at the edge of their range",
    { a: Decimal128.fromString("1.234567E-6164") },
    { $mul: { a: Decimal128.fromString("1E-10") } },
    { a: Decimal128.fromString("1.23E-6174") },
  ],
  [
    "$mul of a decimal zero by a huge one",
    { a: Decimal128.fromString("0E+6000") },
    { $mul: { a: Decimal128.fromString("1E+6000") } },
    unchanged,
  ],
  [
    "$inc of decimals at the upper edge",
    { a: Decimal128.fromString("9.999999999999999999999999999999999E+6144") },
    { $inc: { a: Decimal128.fromString("9.000000000000000000000000000000000E+6144") } },
    { a: Decimal128.fromString("Infinity") },
  ],
  [
    "$inc of a decimal by a tiny one",
    { a: Decimal128.fromString("1") },
    { $inc: { a: Decimal128.fromString("1E-100") } },
    unchanged,
  ],
  [
    "$mul of a double zero by a decimal",
    { a: new Double(0) },
    { $mul: { a: Decimal128.fromString("2") } },
    { a: Decimal128.fromString("0") },
  ],
  [
    "$mul of a double by a decimal with many digits",
    { a: 1.1 },
    { $mul: { a: Decimal128.fromString("1.234567890123456789012345678901234") } },
    { a: Decimal128.fromString("1.358024679135802467913580246791357") },
  ],
  [
    "$mul of decimals rounds half to even",
    { a: Decimal128.fromString("1000000000000000000000000000000005") },
    { $mul: { a: Decimal128.fromString("0.1") } },
    { a: Decimal128.fromString("100000000000000000000000000000000.5") },
  ],
  [
    "$inc of decimals rounds half to even",
    { a: Decimal128.fromString("1.000000000000000000000000000000000E+34") },
    { $inc: { a: Decimal128.fromString("5") } },
    unchanged,
  ],
  [
    "$inc of a decimal that comes to zero",
    { a: Decimal128.fromString("1.50") },
    { $inc: { a: Decimal128.fromString("-1.5") } },
    { a: Decimal128.fromString("0.00") },
  ],
];
