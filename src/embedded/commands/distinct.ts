// distinct.
import { CommandError } from "../command-error.ts";
import { parseFilter } from "../query/filter.ts";
import { valuesAt } from "../query/paths.ts";
import { compareValues } from "../values/compare.ts";
import type { Value } from "../values/value.ts";
import { readArguments } from "./arguments.ts";
import { type Command, collectionOf, done, scopeOf } from "./command.ts";
import { readDocuments } from "./read-documents.ts";

const distinctArguments = { key: "string", query: "object", hint: "ignored", collation: "refused" } as const;

export const distinctCommand: Command = {
  names: ["distinct"],
  run(context, { body }) {
    const given = readArguments(body, distinctArguments, { where: "distinct" });
    const { collection } = collectionOf(context, body);
    const { key, query = {} } = given;
    if (key === undefined) throw new CommandError(40414, "BSON field 'distinct.key' is missing but a required field");
    const filter = parseFilter(query, scopeOf(context));
    const values: Value[] = [];
    if (collection !== null) {
      for (const { document } of readDocuments(context.server.storage, collection, { query, filter, sort: null })) {
        for (const value of valuesAt(document, key)) {
          if (Array.isArray(value)) values.push(...value);
          else values.push(value);
        }
      }
    }
    return done({ values: distinctValues(values) });
  },
};

function distinctValues(values: readonly Value[]): Value[] {
  const sorted = [...values].sort(compareValues);
  return sorted.filter((value, at) => at === 0 || compareValues(value, sorted[at - 1]) !== 0);
}
