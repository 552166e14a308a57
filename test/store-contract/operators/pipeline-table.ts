// Stages and accumulators are asked of a few orders, with people and a tree beside them to be joined.
import type { Db, Document } from "mongodb";
import { renderValue, typed } from "../render-value.ts";
import { type OperatorTable, type Probes, refill } from "./probes.ts";

export type Pipeline = readonly Document[];

export interface DatabasePipeline {
  /** A pipeline that starts without a collection. */
  readonly onDatabase: Pipeline;
}

export const output = "orders_output";

const orders: readonly Document[] = [
  { _id: 1, who: "ann", item: "pen", count: 2, price: 1.5, at: new Date("2024-01-01T00:00:00Z"), tags: ["x", "y"] },
  { _id: 2, who: "bob", item: "ink", count: 1, price: 7, at: new Date("2024-01-02T00:00:00Z"), tags: [] },
  { _id: 3, who: "ann", item: "cap", count: 5, price: 3, at: new Date("2024-01-04T00:00:00Z"), tags: ["y"] },
  { _id: 4, who: "cid", item: "pen", count: null, price: 1.5, at: new Date("2024-01-05T00:00:00Z"), tags: "z" },
  { _id: 5, who: "ann", item: "ink", price: "free", at: null },
];

const people: readonly Document[] = [
  { _id: "ann", city: "Ulm", boss: "cid" },
  { _id: "bob", city: "Bonn", boss: "ann" },
  { _id: "cid", city: "Ulm", boss: null },
];

/** The answer is what the pipeline gives; for `$out` and `$merge` what they wrote. */
export function pipelineTable(
  title: string,
  probes: Probes<Pipeline | DatabasePipeline>,
): OperatorTable<Pipeline | DatabasePipeline> {
  return {
    title,
    probes,
    setUp: async (db) => {
      await refill(db, "orders", orders);
      await refill(db, "people", people);
    },
    ask: async (db, input) => {
      const pipeline = "onDatabase" in input ? input.onDatabase : input;
      const source = "onDatabase" in input ? db : db.collection("orders");
      const rows = await source.aggregate([...pipeline], typed).toArray();
      const last = pipeline.at(-1) ?? {};
      return renderRows("$out" in last || "$merge" in last ? await readOutput(db) : rows);
    },
  };
}

/** One accumulator at a time, over all orders and per person. */
export function accumulatorTable(title: string, probes: Probes<unknown>): OperatorTable<unknown> {
  const asked = pipelineTable(title, {});
  return {
    title,
    probes,
    setUp: asked.setUp,
    ask: async (db, accumulator) => {
      const group = (by: unknown) => [
        { $sort: { _id: 1 } },
        { $group: { _id: by, value: accumulator } },
        { $sort: { _id: 1 } },
        { $project: { _id: 0, value: 1 } },
      ];
      return `${await asked.ask(db, group(null))}, by person ${await asked.ask(db, group("$who"))}`;
    },
  };
}

async function readOutput(db: Db): Promise<Document[]> {
  const rows = await db
    .collection(output)
    .find({}, { ...typed, sort: { _id: 1 } })
    .toArray();
  await db.collection(output).drop();
  return rows;
}

const renderRows = (rows: readonly Document[]) => rows.map(renderValue).join(", ");
