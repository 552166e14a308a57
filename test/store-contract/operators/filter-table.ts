// Filters are asked twice: of a collection without indexes, and of one with an index on each field. Both must find the
// same documents.
import { Binary, type Db, type Document, ObjectId, Timestamp } from "mongodb";
import { renderValue, typed } from "../render-value.ts";
import { decimal, double, long, type OperatorTable, type Probes, refill } from "./probes.ts";

const plain = "filters";
const indexed = "filters_indexed";

const subjects: readonly Document[] = [
  { _id: 1, a: 1, b: "x", tags: ["red", "blue"], o: { x: 1, y: 2 } },
  { _id: 2, a: double(2.5), b: "y", tags: [], o: { x: 2 } },
  { _id: 3, a: long(3), b: "xyz", tags: ["red"], o: { y: 2, x: 1 } },
  { _id: 4, a: decimal("2.5"), b: null, tags: "red", o: [{ x: 1 }, { x: 5 }] },
  { _id: 5, a: null, tags: null, o: null },
  { _id: 6, b: ["x", 7], tags: [["red", "blue"]], o: [[{ x: 1 }]] },
  { _id: 7, a: [1, 5], b: "X\ny", tags: ["blue", "red"], o: { x: [1, 2] } },
  {
    _id: 8,
    a: "1",
    b: /x/i,
    tags: [
      { n: "red", v: 1 },
      { n: "blue", v: 9 },
    ],
    o: 5,
  },
  { _id: 9, a: new Date("2024-01-01T00:00:00Z"), b: true, tags: [1, null] },
  { _id: 10, a: new ObjectId("65f0a1b2c3d4e5f601020304"), b: new Timestamp({ t: 5, i: 1 }), tags: [4, 8] },
  { _id: 11, a: { x: 1 }, b: new Binary(Buffer.from([0b101])), tags: [5], o: { x: null } },
  { _id: 12, a: Number.NaN, b: "", tags: {}, o: {} },
];

/** The answer is the `_id`s, in order. */
export function filterTable(title: string, probes: Probes<Document>): OperatorTable<Document> {
  return {
    title,
    probes,
    setUp: async (db) => {
      await refill(db, plain, subjects);
      await refill(db, indexed, subjects);
      await db
        .collection(indexed)
        .createIndexes(["a", "b", "tags", "o", "o.x"].map((path) => ({ key: { [path]: 1 } })));
    },
    ask: async (db, filter) => {
      const answer = await find(db, plain, filter);
      const byIndex = await find(db, indexed, filter);
      return answer === byIndex ? answer : `${answer}, but with indexes ${byIndex}`;
    },
  };
}

async function find(db: Db, collection: string, filter: Document): Promise<string> {
  const options = { ...typed, projection: { _id: 1 }, sort: { _id: 1 } } as const;
  const found = await db.collection(collection).find(filter, options).toArray();
  return renderValue(found.map(({ _id }) => _id));
}
