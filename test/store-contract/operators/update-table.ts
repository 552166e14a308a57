// An update is asked of a document of its own, by `_id`.
import { type Document, ObjectId } from "mongodb";
import { renderValue, typed } from "../render-value.ts";
import type { OperatorTable, Probes } from "./probes.ts";

export interface UpdateProbe {
  /** Without it the update inserts. */
  readonly before?: Document;
  readonly update: Document;
  /** Beside `_id`. */
  readonly filter?: Document;
  readonly arrayFilters?: readonly Document[];
}

const collectionName = "updates";

/** The answer is the document without its `_id`, with `now` for the server's time; `unmodified` if nothing changed. */
export function updateTable(title: string, probes: Probes<UpdateProbe>): OperatorTable<UpdateProbe> {
  return {
    title,
    probes,
    setUp: (db) => db.createCollection(collectionName).then(() => {}),
    ask: async (db, { before, update, filter, arrayFilters }) => {
      const collection = db.collection(collectionName);
      const _id = new ObjectId();
      if (before !== undefined) await collection.insertOne({ _id, ...before });
      const result = await db.command({
        update: collectionName,
        updates: [
          { q: { _id, ...filter }, u: update, upsert: before === undefined, ...(arrayFilters && { arrayFilters }) },
        ],
      });
      const error = result.writeErrors?.[0];
      if (error !== undefined) return `refused ${error.code}`;
      const { _id: _, ...after } = (await collection.findOne({ _id }, typed)) ?? {};
      const text = renderValue(after).replace(/\b(Date|Timestamp)\((20[3-9]|202[5-9]|1[7-9]\d{8})[^)]*\)/g, "$1(now)");
      return result.n === 1 && result.nModified === 0 && before !== undefined ? `unmodified ${text}` : text;
    },
  };
}
