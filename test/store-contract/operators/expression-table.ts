// Expressions are asked of one document that has a field of every type.
import { Binary, type Document, MaxKey, MinKey, ObjectId, Timestamp } from "mongodb";
import { renderValue, typed } from "../render-value.ts";
import { decimal, double, long, type OperatorTable, type Probes, refill } from "./probes.ts";

const collectionName = "expressions";

const subject: Document = {
  _id: 1,
  int: 7,
  minus: -3,
  double: 2.5,
  long: long(9),
  decimal: decimal("1.50"),
  text: "Hello World",
  empty: "",
  unicode: "cafétière",
  nothing: null,
  yes: true,
  no: false,
  date: new Date("2024-03-15T13:45:30.250Z"),
  later: new Date("2024-12-31T23:59:59.999Z"),
  list: [3, 1, 2],
  mixed: [1, "a", null, double(2)],
  nested: [[1, 2], [3]],
  docs: [
    { k: "a", v: 1 },
    { k: "b", v: 2 },
  ],
  object: { x: 1, y: "two", z: { deep: true } },
  id: new ObjectId("65f0a1b2c3d4e5f601020304"),
  stamp: new Timestamp({ t: 1_700_000_000, i: 7 }),
  binary: new Binary(Buffer.from([1, 2, 3])),
  pattern: /^h/i,
  min: new MinKey(),
  max: new MaxKey(),
};

/** The answer is the value of the expression, or `missing`. */
export function expressionTable(title: string, probes: Probes<unknown>): OperatorTable<unknown> {
  return {
    title,
    probes,
    setUp: (db) => refill(db, collectionName, [subject]),
    ask: async (db, expression) => {
      const pipeline = [{ $project: { _id: 0, value: expression } }];
      const [answer = {}] = await db.collection(collectionName).aggregate(pipeline, typed).toArray();
      return "value" in answer ? renderValue(answer.value) : "missing";
    },
  };
}
