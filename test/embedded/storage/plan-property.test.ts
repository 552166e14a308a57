// Random documents, indexes, filters and sorts: what is found through a plan is what the filter finds without one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { BSONRegExp, BSONSymbol, Decimal128, Double, Int32, Long, MaxKey, MinKey } from "bson";
import { CommandError } from "../../../src/embedded/command-error.ts";
import { parseFilter } from "../../../src/embedded/query/filter.ts";
import { parseSort, type Sort } from "../../../src/embedded/query/sort.ts";
import type { IndexDefinition } from "../../../src/embedded/storage/index-definition.ts";
import { compileIndexKeys } from "../../../src/embedded/storage/index-keys.ts";
import { type IndexPlan, planRead } from "../../../src/embedded/storage/plan.ts";
import type { Value, ValueDocument } from "../../../src/embedded/values/value.ts";
import { type Random, seededRandom } from "../values/random-values.ts";
import { indexOn } from "./index-on.ts";

const scope = { now: new Date(0), variables: {}, evaluate: null };
const paths = ["a", "b", "c", "a.b", "a.c", "b.a", "a.0", "a.b.c"];

test("a plan leaves out no document that matches, and keeps the order it promises", () => {
  const seen = {
    index: 0,
    sorted: 0,
    backward: 0,
    partial: 0,
    sparse: 0,
    multikey: 0,
    compound: 0,
    narrow: 0,
    found: 0,
  };
  for (let seed = 1; seed <= 300; seed++) {
    const random = seededRandom(seed);
    const definitions = Array.from({ length: 3 }, () => randomIndex(random));
    const documents = randomDocuments(random, definitions, { arrays: seed % 2 === 0 });
    const indexes = definitions.map((definition) => buildIndex(definition, documents));
    for (let round = 0; round < 40; round++) {
      const near = random.pick(definitions);
      const filter = randomFilter(random, { near, depth: 2 });
      const sort = random.below(2) === 0 ? null : randomSort(random, near);
      const plan = planRead({ filter, sort, indexes: indexes.map(({ definition }) => definition) });
      if (plan.kind !== "index") continue;
      const { matches } = parseFilter(filter, scope);
      const entries = indexes.find(({ definition }) => definition === plan.index)?.entries ?? [];
      const read = readEntries(plan, entries);
      const found = read.map((at) => documents[at] as ValueDocument).filter(matches);
      const expected = documents.filter(matches);
      const explain = () => `seed ${seed}: ${inspect({ filter, index: plan.index }, { depth: 9 })}`;
      assert.equal(found.length, expected.length, explain());
      if (sort !== null && plan.sorted) assertSorted(found, sort, explain);
      seen.index++;
      seen.found += found.length;
      seen.sorted += Number(plan.sorted && read.length > 1);
      seen.backward += Number(plan.direction === -1 && read.length > 1);
      seen.partial += Number(plan.index.partialFilter !== null && found.length > 0);
      seen.sparse += Number(plan.index.sparse && found.length > 0);
      seen.multikey += Number(plan.index.multikey && found.length > 0);
      seen.compound += Number(plan.index.key.length > 1 && found.length > 0);
      seen.narrow += Number(read.length < documents.length / 2 && found.length > 0);
    }
  }
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 100, `${what} was tried ${count} times`);
});

interface Entry {
  readonly key: Uint8Array;
  readonly document: number;
}

interface BuiltIndex {
  readonly definition: IndexDefinition;
  readonly entries: readonly Entry[];
}

function buildIndex(definition: IndexDefinition, documents: readonly ValueDocument[]): BuiltIndex {
  const made = documents.map(compileIndexKeys(definition));
  const entries = made.flatMap(({ keys }, document) => keys.map((key) => ({ key, document })));
  entries.sort((a, b) => Buffer.compare(a.key, b.key) || a.document - b.document);
  return { definition: { ...definition, multikey: made.some(({ multikey }) => multikey) }, entries };
}

/** Such as all these indexes take: parallel arrays could not have been stored. */
function randomDocuments(
  random: Random,
  definitions: readonly IndexDefinition[],
  { arrays }: { readonly arrays: boolean },
): readonly ValueDocument[] {
  const compiled = definitions.map(compileIndexKeys);
  const documents = Array.from({ length: 60 }, () => randomDocument(random, arrays));
  return documents.filter((document) => compiled.every((keysOf) => isTaken(() => keysOf(document))));
}

function isTaken(keysOf: () => unknown): boolean {
  try {
    keysOf();
    return true;
  } catch (error) {
    assert.ok(error instanceof CommandError && (error.code === 171 || error.code === 16746), String(error));
    return false;
  }
}

/** As the storage reads: range after range, no document twice. */
function readEntries({ ranges, direction }: IndexPlan, entries: readonly Entry[]): readonly number[] {
  const read = ranges.flatMap(({ from, to }) =>
    entries.filter(({ key }) => Buffer.compare(from, key) <= 0 && Buffer.compare(key, to) < 0),
  );
  return [...new Set((direction === 1 ? read : read.toReversed()).map(({ document }) => document))];
}

function assertSorted(found: readonly ValueDocument[], sort: Sort, explain: () => string): void {
  for (const [at, document] of found.entries()) {
    const before = found[at - 1];
    if (before !== undefined) assert.ok(sort.compare(before, document) <= 0, explain());
  }
}

const leaves: readonly Value[] = [
  ...[new Int32(1), new Int32(2), new Int32(3), new Double(2), new Double(2.5), Long.fromNumber(3)],
  ...[Decimal128.fromString("2.5"), new Double(Number.NaN), "", "x", "xy", "y", new BSONSymbol("x"), null, undefined],
  ...[true, false, new Date(0), new Date(5), new MinKey(), new MaxKey(), new BSONRegExp("x")],
];

function randomLeaf(random: Random): Value {
  return random.below(3) > 0 ? new Int32(random.below(5)) : random.pick(leaves);
}

function randomField(random: Random, arrays: boolean, depth: number): Value {
  const choice = random.below(10);
  if (depth > 0 && choice < 3) return randomFields(random, arrays, depth - 1);
  if (depth > 0 && arrays && choice < 5) {
    return Array.from({ length: random.below(4) }, () => randomField(random, arrays, depth - 1));
  }
  return randomLeaf(random);
}

function randomFields(random: Random, arrays: boolean, depth: number): ValueDocument {
  const document: ValueDocument = {};
  for (const name of ["a", "b", "c"]) {
    if (random.below(4) > 0) document[name] = randomField(random, arrays && random.below(2) === 0, depth);
  }
  return document;
}

function randomDocument(random: Random, arrays: boolean): ValueDocument {
  const document = randomFields(random, arrays, 3);
  if (!arrays || random.below(2) === 0) return document;
  const element = () => ({ b: new Int32(random.below(4)), c: new Int32(random.below(4)) });
  return { ...document, a: Array.from({ length: 1 + random.below(3) }, element) };
}

function randomKey(random: Random): Readonly<Record<string, 1 | -1>> {
  const below = ["a.b", "a.c"];
  const several = Array.from({ length: 1 + random.below(3) }, () => random.pick(paths));
  const fields = random.below(3) === 0 ? below : several;
  return Object.fromEntries(fields.map((path) => [path, random.pick([1, -1] as const)]));
}

function randomIndex(random: Random): IndexDefinition {
  const choice = random.below(5);
  return indexOn(randomKey(random), {
    sparse: choice === 0,
    partialFilter: choice < 3 && choice > 0 ? randomPartialFilter(random) : null,
    unique: random.below(4) === 0,
  });
}

function randomPartialFilter(random: Random): ValueDocument {
  const operators: readonly (() => Value)[] = [
    () => plainLeaf(random),
    () => ({ $exists: true }),
    () => ({ [random.pick(["$gt", "$gte", "$lt", "$lte"])]: plainLeaf(random) }),
    () => ({ $in: [plainLeaf(random), plainLeaf(random), plainLeaf(random)] }),
    () => ({ $type: random.pick(["int", "string", "number"]) }),
  ];
  return { [random.pick(["a", "b", "c", "a.b"])]: random.pick(operators)() };
}

/** Without what a filter refuses. */
function plainLeaf(random: Random): Value {
  const leaf = randomLeaf(random);
  return leaf === undefined || leaf instanceof BSONRegExp ? null : leaf;
}

function operand(random: Random): Value {
  const choice = random.below(12);
  if (choice === 0) return [plainLeaf(random)];
  if (choice === 1) return { b: plainLeaf(random) };
  return plainLeaf(random);
}

function randomCondition(random: Random): Value {
  const comparison = () => ({ [random.pick(["$gt", "$gte", "$lt", "$lte"])]: operand(random) });
  const list = () => Array.from({ length: random.below(4) }, () => operand(random));
  const conditions: readonly (() => Value)[] = [
    () => operand(random),
    () => new Int32(random.below(4)),
    () => new Int32(random.below(4)),
    () => ({ $eq: operand(random) }),
    () => ({ $in: list() }),
    () => ({ $in: [...list(), new BSONRegExp("x")] }),
    comparison,
    comparison,
    () => ({ ...comparison(), ...comparison() }),
    () => ({ $exists: random.below(2) === 0 }),
    () => ({ $ne: operand(random) }),
    () => ({ $nin: list() }),
    () => ({ $not: comparison() }),
    () => new BSONRegExp("^x"),
    () => ({ $type: random.pick(["int", "string", "array", "number"]) }),
    () => ({ $elemMatch: comparison() }),
    () => ({ $size: new Int32(1) }),
  ];
  return random.pick(conditions)();
}

interface Aim {
  /** Filters and sorts at random would seldom meet an index. */
  readonly near: IndexDefinition;
  readonly depth: number;
}

function randomFilter(random: Random, { near, depth }: Aim): ValueDocument {
  const filter: ValueDocument = near.partialFilter !== null && random.below(2) === 0 ? { ...near.partialFilter } : {};
  for (let count = random.below(4); count > 0; count--) {
    const path = random.below(4) === 0 ? random.pick(paths) : random.pick(near.key).path;
    filter[path] = randomCondition(random);
  }
  const branches = () => [
    randomFilter(random, { near, depth: depth - 1 }),
    randomFilter(random, { near, depth: depth - 1 }),
  ];
  if (depth > 0 && random.below(4) === 0) filter[random.pick(["$and", "$or", "$nor"])] = branches();
  return filter;
}

function randomSort(random: Random, near: IndexDefinition): Sort {
  if (random.below(4) === 0) return sortBy(randomKey(random));
  const turn = random.pick([1, -1] as const);
  const fields = near.key.slice(random.below(2), 1 + random.below(3));
  return sortBy(Object.fromEntries(fields.map(({ path, direction }) => [path, (direction * turn) as 1 | -1])));
}

const sortBy = (key: Readonly<Record<string, 1 | -1>>): Sort =>
  parseSort(Object.fromEntries(Object.entries(key).map(([path, way]) => [path, new Int32(way)])));
