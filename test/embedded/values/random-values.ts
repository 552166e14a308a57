// Values of every BSON type from a seeded generator, chosen to lie close together: neighbours and equals are what an
// order gets wrong.
import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from "bson";
import type { Value, ValueDocument } from "../../../src/embedded/values/value.ts";

export interface Random {
  /** 0 to below `limit`. */
  below(limit: number): number;
  pick<T>(from: readonly T[]): T;
}

/** mulberry32 */
export function seededRandom(seed: number): Random {
  let state = seed;
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  return { below, pick: <T>(from: readonly T[]) => from[below(from.length)] as T };
}

export function randomValue(random: Random, depth = 2): Value {
  const kinds = depth === 0 ? leaves : [...leaves, randomDocument, randomArray];
  return random.pick(kinds)(random, depth);
}

type Generate = (random: Random, depth: number) => Value;

const randomDocument: Generate = (random, depth) => {
  const document: ValueDocument = {};
  for (let count = random.below(4); count > 0; count--) {
    document[random.pick(["a", "b", "ab", "\u0001", "é"])] = randomValue(random, depth - 1);
  }
  return document;
};

const randomArray: Generate = (random, depth) =>
  Array.from({ length: random.below(4) }, () => randomValue(random, depth - 1));

function randomText(random: Random): string {
  const characters = ["\0", "\u0001", "\u0002", "a", "b", "\u007f", "\u0080", "é", "\u07ff", "\u0800", "～", "😀", "𐀀"];
  return Array.from({ length: random.below(4) }, () => random.pick(characters)).join("");
}

const doubles = [
  ...[0, -0, 1, -1, 0.1, -0.1, 0.5, 1.5, Number.NaN, Infinity, -Infinity, Number.MAX_VALUE, -Number.MAX_VALUE],
  ...[Number.MIN_VALUE, -Number.MIN_VALUE, 2 ** 53, 2 ** 53 + 2, -(2 ** 53), 2 ** 63, -(2 ** 63), 2 ** 31, 1e22],
];

const longs = [
  "0",
  "1",
  "-1",
  "2",
  "9007199254740991",
  "9007199254740992",
  "9007199254740993",
  "9007199254740994",
].concat(
  ["-9007199254740992", "-9007199254740993", "-9007199254740994", "9223372036854775807", "9223372036854775806"],
  ["-9223372036854775808", "-9223372036854775807", "9223372036854774784", "9223372036854774785", "2147483648"],
);

const decimals = [
  ...["0", "-0", "0E-6176", "1", "1.0", "1.000E0", "-1", "0.1", "-0.1", "0.10", "0.5", "1.5", "NaN", "Infinity"],
  ...[
    "-Infinity",
    "1E400",
    "1E401",
    "-1E400",
    "-1E401",
    "-0.11",
    "-0.1000000000000000000001",
    "9.999999999999999999999999999999999E6144",
    "1E-6176",
    "-1E-6176",
  ],
  ...["1E-400", "9007199254740993", "9007199254740993.5", "9007199254740992.000000001", "9223372036854775807.5"],
  ...["0.1000000000000000055511151231257827", "0.1000000000000000055511151231257828", "1E22", "1.7976931348623157E308"],
  ...["1.797693134862315708145274237317043E308", "1.797693134862315708145274237317044E308", "4.9E-324", "5E-324"],
  ...["1.000000000000000000000000000000001", "0.9999999999999999999999999999999999"],
];

const bytes = (random: Random, length: number) =>
  Uint8Array.from({ length }, () => random.pick([0, 1, 127, 128, 254, 255]));

const leaves: readonly Generate[] = [
  () => new MinKey(),
  () => new MaxKey(),
  () => undefined,
  () => null,
  (random) => new Int32(random.pick([0, 1, -1, 2, 2_147_483_647, -2_147_483_648])),
  (random) => new Double(random.pick(doubles)),
  (random) => new Double((random.below(2000) - 1000) / 7),
  (random) => Long.fromString(random.pick(longs)),
  (random) => Decimal128.fromString(random.pick(decimals)),
  randomText,
  randomText,
  (random) => new BSONSymbol(randomText(random)),
  (random) => new Binary(bytes(random, random.below(3)), random.pick([0, 4, 128])),
  (random) => new ObjectId(Uint8Array.from([...bytes(random, 1), ...new Uint8Array(10), ...bytes(random, 1)])),
  (random) => random.below(2) === 1,
  (random) => new Date(random.pick([0, 1, -1, 1_700_000_000_000, -62_135_596_800_000, 8.64e15, -8.64e15, Number.NaN])),
  (random) => new Timestamp({ t: random.pick([0, 1, 2 ** 31, 2 ** 32 - 1]), i: random.pick([0, 1, 2 ** 32 - 1]) }),
  (random) => new BSONRegExp(randomText(random).replaceAll("\0", ""), random.pick(["", "i", "im"])),
  (random) => new Code(randomText(random)),
  (random) => new Code(randomText(random), { x: new Int32(random.below(2)) }),
];
