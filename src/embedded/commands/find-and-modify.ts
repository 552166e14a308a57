// findAndModify: find one, change or remove it, answer with it as it was or as it is.
import { Int32 } from "bson";
import { CommandError } from "../command-error.ts";
import { parseFilter } from "../query/filter.ts";
import { parseProjection } from "../query/projection.ts";
import { parseSort } from "../query/sort.ts";
import type { Reply } from "../request.ts";
import { parseUpdate } from "../update/update.ts";
import { decode, encode, type ValueDocument } from "../values/value.ts";
import { readArguments } from "./arguments.ts";
import { type Command, type CommandContext, collectionOf, ensureCollection, scopeOf } from "./command.ts";
import { type Change, changeDocument, judgeUpsert, upsertDocument } from "./modify.ts";
import { type FoundDocument, readDocuments } from "./read-documents.ts";
import { updateDocumentOf } from "./update.ts";

const findAndModifyArguments = {
  query: "object",
  sort: "object",
  remove: "bool",
  update: "any",
  new: "bool",
  fields: "object",
  upsert: "bool",
  arrayFilters: "objects",
  let: "object",
  bypassDocumentValidation: "ignored",
  hint: "ignored",
  collation: "refused",
} as const;

export const findAndModifyCommand: Command = {
  names: ["findAndModify", "findandmodify"],
  writes: true,
  run(context, { body }) {
    const given = readArguments(body, findAndModifyArguments, { where: "findAndModify" });
    judge(given);
    const target = collectionOf(context, body);
    const scope = scopeOf(context, given.let);
    const query = given.query ?? {};
    const filter = parseFilter(query, scope);
    const sort = given.sort === undefined || Object.keys(given.sort).length === 0 ? null : parseSort(given.sort);
    const fields = given.fields === undefined ? null : parseProjection(given.fields, scope);
    const answer = (lastErrorObject: ValueDocument, bytes: Uint8Array | null): Reply => {
      const document = bytes === null || fields === null ? bytes : encode(fields.apply(decode(bytes)));
      if (document === null) return { fields: { lastErrorObject, value: null } };
      return { fields: { lastErrorObject }, raw: { field: "value", document } };
    };

    const change = given.update === undefined ? null : { query, update: parse(given, scope) };
    const found = target.collection === null ? null : first(context, target.collection, { query, filter, sort });
    if (found !== null && target.collection !== null) {
      if (change === null) {
        context.server.storage.remove(target.collection, found.seq, found.document);
        return answer({ n: new Int32(1) }, found.bytes);
      }
      const after = changeDocument(context, target.collection, { found, change });
      return answer({ n: new Int32(1), updatedExisting: true }, given.new === true ? after.bytes : found.bytes);
    }
    if (change === null) return answer({ n: new Int32(0) }, null);
    if (given.upsert !== true) return answer({ n: new Int32(0), updatedExisting: false }, null);
    const made = upsertDocument(context, ensureCollection(context, target), change);
    const lastErrorObject = { n: new Int32(1), updatedExisting: false, upserted: made.document._id };
    return answer(lastErrorObject, given.new === true ? made.bytes : null);
  },
};

type Given = ReturnType<typeof readArguments<typeof findAndModifyArguments>>;

function judge({ remove, update, upsert, new: isNew, query }: Given): void {
  const fail = (text: string) => new CommandError("FailedToParse", text);
  if (remove === true && update !== undefined) throw fail("Cannot specify both an update and remove=true");
  if (remove === true && upsert === true) throw fail("Cannot specify both upsert=true and remove=true ");
  if (remove === true && isNew === true) {
    throw fail("Cannot specify both new=true and remove=true; 'remove' always returns the deleted document");
  }
  if (remove !== true && update === undefined) throw fail("Either an update or remove=true must be specified");
  if (upsert === true && query !== undefined) judgeUpsert(query);
}

function parse({ update, arrayFilters }: Given, scope: ReturnType<typeof scopeOf>): Change["update"] {
  return parseUpdate(updateDocumentOf(update), { arrayFilters: arrayFilters ?? [], scope });
}

function first(
  { server }: CommandContext,
  collection: Parameters<typeof readDocuments>[1],
  request: Parameters<typeof readDocuments>[2],
): FoundDocument | null {
  for (const found of readDocuments(server.storage, collection, { ...request, limit: 1 })) return found;
  return null;
}
