// delete.
import { Int32 } from "bson";
import { CommandError } from "../command-error.ts";
import { parseFilter } from "../query/filter.ts";
import type { ValueDocument } from "../values/value.ts";
import { readArguments } from "./arguments.ts";
import { type Command, collectionOf, done, scopeOf } from "./command.ts";
import { decodeSequence } from "./decode-sequence.ts";
import { readDocuments } from "./read-documents.ts";
import { judgeCount, writeEach } from "./write-errors.ts";

const deleteArguments = { deletes: "objects", ordered: "bool", let: "object" } as const;
const statementArguments = { q: "object", limit: "number", hint: "ignored", collation: "refused" } as const;

export const deleteCommand: Command = {
  names: ["delete"],
  writes: true,
  run(context, request) {
    const given = readArguments(request.body, deleteArguments, { where: "delete" });
    const { collection } = collectionOf(context, request.body);
    const statements = decodeSequence(request, "deletes").map(readStatement);
    judgeCount(statements.length);
    const scope = scopeOf(context, given.let);
    const { storage } = context.server;
    let n = 0;
    const writeErrors = writeEach(statements, given.ordered ?? true, ({ query, isSingle }) => {
      const filter = parseFilter(query, scope);
      if (collection === null) return;
      for (const { seq, document } of readDocuments(storage, collection, { query, filter, sort: null })) {
        storage.remove(collection, seq, document);
        n++;
        if (isSingle) break;
      }
    });
    return done({ n: new Int32(n), ...(writeErrors.length > 0 ? { writeErrors } : {}) });
  },
};

function readStatement(statement: ValueDocument): { readonly query: ValueDocument; readonly isSingle: boolean } {
  const { q, limit } = readArguments(statement, statementArguments, { where: "delete.deletes", isCommand: false });
  if (q === undefined) throw new CommandError(40414, "BSON field 'delete.deletes.q' is missing but a required field");
  if (limit === undefined) {
    throw new CommandError(40414, "BSON field 'delete.deletes.limit' is missing but a required field");
  }
  if (limit !== 0 && limit !== 1) {
    throw new CommandError("FailedToParse", `The limit field in delete objects must be 0 or 1. Got ${limit}`);
  }
  return { query: q, isSingle: limit === 1 };
}
