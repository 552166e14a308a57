import assert from "node:assert/strict";
import { test } from "node:test";
import { BSONRegExp, Int32, Long, MaxKey, MinKey } from "bson";
import { parseSort } from "../../../src/embedded/query/sort.ts";
import type { IndexDefinition } from "../../../src/embedded/storage/index-definition.ts";
import { type IndexPlan, type Plan, planRead } from "../../../src/embedded/storage/plan.ts";
import { encodeKey } from "../../../src/embedded/values/key-encoding.ts";
import type { Value, ValueDocument } from "../../../src/embedded/values/value.ts";
import { indexOn } from "./index-on.ts";

type SortSpec = Readonly<Record<string, 1 | -1>>;

function plan(filter: ValueDocument, indexes: readonly IndexDefinition[], sort?: SortSpec): Plan {
  const spec = sort && Object.fromEntries(Object.entries(sort).map(([path, way]) => [path, new Int32(way)]));
  return planRead({ filter, sort: spec === undefined ? null : parseSort(spec), indexes });
}

function indexPlan(filter: ValueDocument, indexes: readonly IndexDefinition[], sort?: SortSpec): IndexPlan {
  const found = plan(filter, indexes, sort);
  assert.ok(found.kind === "index", "an index is used");
  return found;
}

const int = (value: number) => new Int32(value);
const ids = Array.from({ length: 1000 }, (_, at) => `job-${at}:2026-01-01T00:00:00Z`);
const now = new Date("2026-01-01T00:00:00Z");
const leaseExpired: Value = { $lte: ["$lease", "$$NOW"] };

/** What FleetCron has on its largest collection. */
const runs: readonly IndexDefinition[] = [
  indexOn({ _id: 1 }, { name: "_id_", unique: true }),
  indexOn({ job_id: 1 }, { name: "exclusive", unique: true, partialFilter: { status: "running", exclusive: true } }),
  indexOn({ expires_at: 1 }, { name: "expires_at", expireAfterSeconds: 0 }),
  indexOn({ scheduled_for: -1 }, { name: "newest" }),
  indexOn({ status: 1, scheduled_for: -1 }, { name: "status_newest" }),
  indexOn({ job_id: 1, scheduled_for: -1 }, { name: "job_newest" }),
];

interface Choice {
  readonly filter: ValueDocument;
  readonly sort?: SortSpec;
  readonly uses: string | null;
  readonly sorted?: true;
  readonly direction?: -1;
  readonly ranges?: number;
}

const choices: readonly Choice[] = [
  { filter: { _id: "x" }, uses: "_id_" },
  { filter: { _id: "x" }, sort: { _id: -1 }, uses: "_id_", sorted: true },
  { filter: { _id: { $in: [...ids] } }, uses: "_id_", ranges: 1000 },
  { filter: { _id: { $in: [...ids, ...ids] } }, uses: "_id_", ranges: 1000 },
  { filter: { _id: { $in: [] } }, uses: "_id_", ranges: 0 },
  { filter: { _id: { $in: [...ids] }, status: "running" }, uses: "_id_", ranges: 1000 },
  { filter: { _id: "x", claim_id: "c", status: "running" }, uses: "_id_" },
  { filter: { $and: [{ status: "running" }, { $and: [{ _id: "x" }] }] }, uses: "_id_" },
  { filter: { status: "running", $expr: leaseExpired }, uses: "status_newest" },
  {
    filter: { status: "running", $expr: leaseExpired },
    sort: { scheduled_for: -1 },
    uses: "status_newest",
    sorted: true,
  },
  {
    filter: { status: "running" },
    sort: { scheduled_for: 1 },
    uses: "status_newest",
    sorted: true,
    direction: -1,
  },
  { filter: { job_id: "j", message: "x" }, sort: { scheduled_for: -1 }, uses: "job_newest", sorted: true },
  {
    filter: { job_id: "j", scheduled_for: { $gte: now } },
    sort: { scheduled_for: -1 },
    uses: "job_newest",
    sorted: true,
  },
  { filter: { job_id: "j", scheduled_for: now }, uses: "job_newest" },
  { filter: { job_id: "j", status: "running", exclusive: true }, uses: "exclusive" },
  { filter: { job_id: "j", status: "running", exclusive: false }, uses: "status_newest" },
  { filter: {}, sort: { scheduled_for: -1 }, uses: "newest", sorted: true },
  { filter: {}, sort: { scheduled_for: 1 }, uses: "newest", sorted: true, direction: -1 },
  { filter: {}, sort: { status: 1, scheduled_for: -1 }, uses: "status_newest", sorted: true },
  { filter: {}, sort: { status: -1, scheduled_for: 1 }, uses: "status_newest", sorted: true, direction: -1 },
  { filter: {}, sort: { status: 1, scheduled_for: 1 }, uses: null },
  { filter: {}, sort: { _id: -1 }, uses: "_id_", sorted: true, direction: -1 },
  { filter: { expires_at: { $lte: now } }, uses: "expires_at" },
  { filter: { status: { $in: ["error", "timeout"] } }, uses: "status_newest", ranges: 2 },
  { filter: { status: { $in: ["error", "timeout"] } }, sort: { scheduled_for: -1 }, uses: "status_newest", ranges: 2 },
  {
    filter: { status: { $in: ["error", "timeout"] } },
    sort: { status: 1 },
    uses: "status_newest",
    sorted: true,
    ranges: 2,
  },
  { filter: { status: { $in: ["error", "timeout"] }, job_id: "j" }, uses: "job_newest" },
  { filter: { scheduled_for: { $gte: now } }, uses: "newest" },
  { filter: { scheduled_for: { $gte: now } }, sort: { scheduled_for: -1 }, uses: "newest", sorted: true },
  { filter: { scheduled_for: { $gte: now }, expires_at: { $gt: now, $lt: now } }, uses: "expires_at", ranges: 0 },
  { filter: {}, uses: null },
  { filter: { message: "x" }, uses: null },
];

for (const { filter, sort, uses, sorted = false, direction = 1, ranges } of choices) {
  const shown = JSON.stringify(filter).slice(0, 90);
  test(`${shown}${sort ? ` sorted by ${JSON.stringify(sort)}` : ""} is read by ${uses ?? "nothing"}${ranges === undefined ? "" : ` in ${ranges} ranges`}`, () => {
    const found = plan(filter, runs, sort);
    assert.equal(found.kind === "index" ? found.index.name : null, uses);
    if (found.kind !== "index") return;
    assert.equal(found.sorted, sorted);
    assert.equal(found.direction, direction);
    assert.equal(found.ranges.length, ranges ?? 1);
  });
}

/** A filter on `a`, and which of these values the ranges hold. */
const values: Readonly<Record<string, Value>> = {
  minKey: new MinKey(),
  undefined: undefined,
  null: null,
  "1": int(1),
  "5": int(5),
  "9": Long.fromNumber(9),
  text: "text",
  array: [int(1)],
  maxKey: new MaxKey(),
};

const held: readonly (readonly [Value, string])[] = [
  [int(5), "5"],
  [Long.fromNumber(5), "5"],
  [null, "undefined null"],
  [{ $in: [int(1), null, int(1), int(9)] }, "undefined null 1 9"],
  [{ $gt: int(1) }, "5 9"],
  [{ $gte: int(1) }, "1 5 9"],
  [{ $lt: int(9) }, "1 5"],
  [{ $lte: int(9) }, "1 5 9"],
  [{ $gt: int(1), $lt: int(9) }, "5"],
  [{ $gt: int(1), $gte: int(5), $lt: Long.fromNumber(9) }, "5"],
  [{ $gte: int(5), $gt: int(5) }, "9"],
  [{ $gt: int(9), $lt: int(1) }, ""],
  [{ $gt: "a", $lt: int(9) }, ""],
  [{ $gt: int(1), $ne: int(5) }, "5 9"],
  [{ $gt: "" }, "text"],
  [{ $in: [int(5), int(9)], $gt: int(5) }, "5 9"],
];

for (const direction of [1, -1] as const) {
  for (const [asked, expected] of held) {
    test(`{a: ${JSON.stringify(asked)}} on {a: ${direction}} reads ${expected || "nothing"}`, () => {
      const { ranges } = indexPlan({ a: asked }, [indexOn({ a: direction })]);
      const read = Object.entries(values).filter(([, value]) => {
        const key = encodeKey([value], [direction]);
        return ranges.some(({ from, to }) => Buffer.compare(from, key) <= 0 && Buffer.compare(key, to) < 0);
      });
      assert.equal(
        read
          .map(([name]) => name)
          .sort()
          .join(" "),
        expected.split(" ").sort().join(" "),
      );
    });
  }
}

const unbounded: readonly Value[] = [
  [int(1)],
  new BSONRegExp("^a"),
  new MinKey(),
  { $in: ["a", new BSONRegExp("^b")] },
  { $in: ["a", [int(1)]] },
  { $gt: new MinKey() },
  { $lt: new MaxKey() },
  { $gte: null },
  { $gt: [int(1)] },
  { $regex: "^a" },
  { $ne: int(1) },
  { $nin: [int(1)] },
  { $not: { $gt: int(1) } },
  { $exists: true },
  { $elemMatch: { $gt: int(1) } },
  { $all: [int(1)] },
  { $type: "int" },
];

for (const asked of unbounded) {
  test(`{a: ${JSON.stringify(asked)}} gives no bounds`, () => {
    assert.equal(plan({ a: asked }, [indexOn({ a: 1 })]).kind, "collection");
  });
}

test("neither $or nor $nor nor $expr gives bounds", () => {
  const either = [{ a: int(1) }, { a: int(2) }];
  for (const filter of [{ $or: either }, { $nor: either }, { $expr: { $eq: ["$a", int(1)] } }]) {
    assert.equal(plan(filter, [indexOn({ a: 1 })]).kind, "collection");
  }
});

test("of an array two conditions may be met by two elements, so one of them bounds", () => {
  const index = indexOn({ a: 1 }, { multikey: true });
  const { ranges } = indexPlan({ a: { $gt: int(5), $lt: int(1) } }, [index]);
  assert.deepEqual(ranges, indexPlan({ a: { $gt: int(5) } }, [index]).ranges);
});

test("two fields below one array are not bounded together, fields elsewhere are", () => {
  const bounded = (key: Readonly<Record<string, 1 | -1>>, filter: ValueDocument, only: ValueDocument) => {
    const index = indexOn(key, { multikey: true });
    assert.deepEqual(indexPlan(filter, [index]).ranges, indexPlan(only, [index]).ranges);
  };
  bounded({ "a.b": 1, "a.c": 1 }, { "a.b": int(1), "a.c": int(2) }, { "a.b": int(1) });
  bounded({ a: 1, "a.c": 1 }, { a: int(1), "a.c": int(2) }, { a: int(1) });
  const apart = indexOn({ "a.b": 1, c: 1 }, { multikey: true });
  const { ranges } = indexPlan({ "a.b": int(1), c: int(2) }, [apart]);
  assert.deepEqual(ranges[0]?.from, Buffer.from(encodeKey([int(1), int(2)], [1, 1])));
});

test("an index with arrays yields no order", () => {
  assert.equal(plan({}, [indexOn({ a: 1 }, { multikey: true })], { a: 1 }).kind, "collection");
  assert.equal(indexPlan({ a: { $gt: int(1) } }, [indexOn({ a: 1 }, { multikey: true })], { a: 1 }).sorted, false);
});

test("a null given by value orders nothing away: null and undefined are two values to a sort", () => {
  assert.equal(indexPlan({ a: null }, [indexOn({ a: 1, b: 1 })], { b: 1 }).sorted, false);
});

test("an index on a position in an array is left alone", () => {
  assert.equal(plan({ "a.0": int(1) }, [indexOn({ "a.0": 1 })]).kind, "collection");
  assert.equal(plan({ "a.0.b": int(1) }, [indexOn({ "a.0.b": 1 })], { "a.0.b": 1 }).kind, "collection");
});

test("values that lie side by side are read as one range", () => {
  const { ranges } = indexPlan({ a: { $in: [false, true] }, b: { $gte: int(1) } }, [indexOn({ a: 1 })]);
  assert.equal(ranges.length, 1);
});

test("lists in several fields are combined only as far as that pays", () => {
  const many = Array.from({ length: 150 }, (_, at) => int(at));
  const filter = { a: { $in: many }, b: { $in: many } };
  assert.equal(indexPlan(filter, [indexOn({ a: 1, b: 1 })]).ranges.length < 10_000, true);
  assert.equal(
    indexPlan({ a: { $in: many }, b: { $in: many.slice(0, 10) } }, [indexOn({ a: 1, b: 1 })]).ranges.length,
    1500,
  );
});

test("of two indexes as good the smaller wins, then the one made first", () => {
  const [small, large] = [indexOn({ a: 1 }), indexOn({ a: 1, b: 1 })];
  assert.equal(indexPlan({ a: int(1) }, [large, small]).index, small);
  const twin = indexOn({ a: 1 }, { name: "twin" });
  assert.equal(indexPlan({ a: int(1) }, [small, twin]).index, small);
});

test("a unique index of which every field is given wins over a longer one", () => {
  const unique = indexOn({ a: 1 }, { unique: true });
  assert.equal(indexPlan({ a: int(1), b: int(1) }, [indexOn({ a: 1, b: 1 }), unique]).index, unique);
});

test("an interval closed on both sides is chosen before a half open one", () => {
  const closed = indexOn({ b: 1 });
  const filter = { a: { $gt: int(1) }, b: { $gt: int(1), $lt: int(5) } };
  assert.equal(indexPlan(filter, [indexOn({ a: 1 }), closed]).index, closed);
});

test("one key of a unique index is a point, and nothing else is", () => {
  const pair = indexOn({ a: 1, b: -1 }, { name: "pair", unique: true });
  const isPoint = (filter: ValueDocument, index: IndexDefinition) => indexPlan(filter, [index]).isPoint;
  const byId = indexOn({ _id: 1 }, { name: "_id_", unique: true });
  assert.equal(isPoint({ _id: "x", status: "running" }, byId), true);
  assert.equal(isPoint({ _id: { $in: ["x"] } }, byId), true);
  assert.equal(isPoint({ _id: { $in: ["x", "y"] } }, byId), false);
  assert.equal(isPoint({ _id: { $gte: "x", $lte: "x" } }, byId), false);
  // Nothing and null are two keys.
  assert.equal(isPoint({ _id: null }, byId), false);
  assert.equal(isPoint({ a: int(1), b: "x" }, pair), true);
  assert.equal(isPoint({ a: int(1) }, pair), false);
  assert.equal(isPoint({ a: int(1) }, indexOn({ a: 1 }, { name: "many" })), false);
});
