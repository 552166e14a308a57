// count.
import { Int32 } from "bson";
import { parseFilter } from "../query/filter.ts";
import { naturalOf, readArguments } from "./arguments.ts";
import { type Command, collectionOf, done, scopeOf } from "./command.ts";
import { readDocuments } from "./read-documents.ts";

const countArguments = {
  query: "object",
  limit: "number",
  skip: "number",
  hint: "ignored",
  fields: "ignored",
  collation: "refused",
} as const;

export const countCommand: Command = {
  names: ["count"],
  run(context, { body }) {
    const given = readArguments(body, countArguments, { where: "count" });
    const { collection } = collectionOf(context, body);
    const query = given.query ?? {};
    const filter = parseFilter(query, scopeOf(context));
    const skip = naturalOf(given.skip, "skip") ?? 0;
    // A negative limit means the same as a positive one, in every version.
    const limit = Math.abs(given.limit ?? 0);
    if (collection === null) return done({ n: new Int32(0) });
    const { storage } = context.server;
    if (Object.keys(query).length === 0) {
      const n = Math.max(0, storage.count(collection) - skip);
      return done({ n: new Int32(limit === 0 ? n : Math.min(n, limit)) });
    }
    let n = 0;
    for (const _ of readDocuments(storage, collection, { query, filter, sort: null, skip, limit })) n++;
    return done({ n: new Int32(n) });
  },
};
