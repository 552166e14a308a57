// update.
import { Int32 } from "bson";
import { CommandError } from "../command-error.ts";
import { parseFilter } from "../query/filter.ts";
import type { Collection } from "../storage/storage.ts";
import { parseUpdate, type Update } from "../update/update.ts";
import { isDocument, type Value, type ValueDocument } from "../values/value.ts";
import { readArguments } from "./arguments.ts";
import { type Command, type CommandContext, collectionOf, done, ensureCollection, scopeOf } from "./command.ts";
import { decodeSequence } from "./decode-sequence.ts";
import { changeDocument, judgeUpsert, upsertDocument } from "./modify.ts";
import { type ReadRequest, readDocuments } from "./read-documents.ts";
import { judgeCount, writeEach } from "./write-errors.ts";

const updateArguments = {
  updates: "objects",
  ordered: "bool",
  bypassDocumentValidation: "ignored",
  let: "object",
} as const;

const statementArguments = {
  q: "object",
  u: "any",
  multi: "bool",
  upsert: "bool",
  arrayFilters: "objects",
  hint: "ignored",
  c: "refused",
  collation: "refused",
  sort: "refused",
} as const;

export const updateCommand: Command = {
  names: ["update"],
  writes: true,
  run(context, request) {
    const given = readArguments(request.body, updateArguments, { where: "update" });
    const target = collectionOf(context, request.body);
    const statements = decodeSequence(request, "updates");
    judgeCount(statements.length);
    const parsed = statements.map((statement) => readStatement(statement));
    let { collection } = target;
    let n = 0;
    let nModified = 0;
    const upserted: ValueDocument[] = [];
    const writeErrors = writeEach(parsed, given.ordered ?? true, (statement, index) => {
      const judged = judgeStatement(context, statement, given.let);
      const done = collection === null ? { matched: 0, modified: 0 } : changeMatching(context, collection, judged);
      n += done.matched;
      nModified += done.modified;
      if (done.matched > 0 || !judged.upsert) return;
      collection ??= ensureCollection(context, target);
      const made = upsertDocument(context, collection, judged);
      n++;
      upserted.push({ index: new Int32(index), _id: made.document._id });
    });
    return done({
      n: new Int32(n),
      nModified: new Int32(nModified),
      ...(upserted.length > 0 ? { upserted } : {}),
      ...(writeErrors.length > 0 ? { writeErrors } : {}),
    });
  },
};

interface Statement {
  readonly q: ValueDocument;
  readonly u: ValueDocument;
  readonly multi: boolean;
  readonly upsert: boolean;
  readonly arrayFilters: readonly ValueDocument[];
}

/** What makes the whole command invalid; what is wrong with one statement alone is a write error. */
function readStatement(statement: ValueDocument): Statement {
  const { q, u, multi, upsert, arrayFilters } = readArguments(statement, statementArguments, {
    where: "update.updates",
    isCommand: false,
  });
  if (q === undefined) throw new CommandError(40414, "BSON field 'update.updates.q' is missing but a required field");
  if (u === undefined) throw new CommandError(40414, "BSON field 'update.updates.u' is missing but a required field");
  return {
    q,
    u: updateDocumentOf(u),
    multi: multi ?? false,
    upsert: upsert ?? false,
    arrayFilters: arrayFilters ?? [],
  };
}

export function updateDocumentOf(update: Value): ValueDocument {
  if (isDocument(update)) return update;
  if (Array.isArray(update)) {
    throw new CommandError("NotImplemented", "the embedded store has no updates by an aggregation pipeline");
  }
  throw new CommandError("FailedToParse", "Update argument must be either an object or an array");
}

interface JudgedStatement extends Statement {
  readonly query: ValueDocument;
  readonly update: Update;
  readonly read: ReadRequest;
}

function judgeStatement(context: CommandContext, statement: Statement, variables?: ValueDocument): JudgedStatement {
  const scope = scopeOf(context, variables);
  const { q, u, arrayFilters, multi, upsert } = statement;
  const update = parseUpdate(u, { arrayFilters, scope });
  if (multi && !Object.keys(u)[0]?.startsWith("$")) {
    throw new CommandError("FailedToParse", "multi update is not supported for replacement-style update");
  }
  if (upsert) judgeUpsert(q);
  return { ...statement, query: q, update, read: { query: q, filter: parseFilter(q, scope), sort: null } };
}

function changeMatching(
  context: CommandContext,
  collection: Collection,
  statement: JudgedStatement,
): { readonly matched: number; readonly modified: number } {
  // An update may move a document forward in the index that is being read: each is changed once.
  const seen = new Set<number>();
  let modified = 0;
  for (const found of readDocuments(context.server.storage, collection, statement.read)) {
    if (seen.has(found.seq)) continue;
    seen.add(found.seq);
    if (changeDocument(context, collection, { found, change: statement }).isModified) modified++;
    if (!statement.multi) break;
  }
  return { matched: seen.size, modified };
}
