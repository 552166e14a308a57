// find.
import { CommandError } from "../command-error.ts";
import { parseFilter } from "../query/filter.ts";
import { parseProjection } from "../query/projection.ts";
import { parseSort } from "../query/sort.ts";
import type { Reply, Request } from "../request.ts";
import type { Storage } from "../storage/storage.ts";
import { encode, type ValueDocument } from "../values/value.ts";
import { naturalOf, readArguments } from "./arguments.ts";
import { type Command, type CommandContext, collectionOf, type NamedCollection, scopeOf } from "./command.ts";
import { firstBatchSize } from "./open-cursors.ts";
import { type ReadRequest, readDocuments } from "./read-documents.ts";

const findArguments = {
  filter: "object",
  sort: "object",
  projection: "object",
  skip: "number",
  limit: "number",
  batchSize: "number",
  singleBatch: "bool",
  let: "object",
  hint: "ignored",
  allowDiskUse: "ignored",
  noCursorTimeout: "ignored",
  allowPartialResults: "ignored",
  collation: "refused",
  min: "refused",
  max: "refused",
  returnKey: "refused",
  showRecordId: "refused",
  tailable: "refused",
  awaitData: "refused",
  oplogReplay: "refused",
} as const;

export const findCommand: Command = {
  names: ["find"],
  run(context, request): Reply {
    const found = parseFind(context, request);
    const { batchSize, singleBatch } = found;
    const documents = readFind(context.server.storage, found);
    return context.server.cursors.open({ ns: found.target.ns, documents, batchSize, singleBatch });
  },
};

export interface ParsedFind {
  readonly target: NamedCollection;
  readonly read: ReadRequest;
  readonly project: ((document: ValueDocument) => ValueDocument) | null;
  readonly batchSize: number;
  readonly singleBatch: boolean;
}

/** Everything about the command is judged before anything is read. */
export function parseFind(context: CommandContext, { body }: Request): ParsedFind {
  const given = readArguments(body, findArguments, { where: "FindCommandRequest" });
  const scope = scopeOf(context, given.let);
  const query = given.filter ?? {};
  const sort = parseOrder(given.sort);
  const projection = isEmpty(given.projection) ? null : parseProjection(given.projection ?? {}, scope);
  const limit = given.limit ?? 0;
  const skip = naturalOf(given.skip, "skip");
  return {
    target: collectionOf(context, body),
    read: {
      query,
      filter: parseFilter(query, scope),
      sort,
      ...(skip === undefined ? {} : { skip }),
      limit: naturalOf(limit, "limit") ?? 0,
    },
    project: projection && ((document) => projection.apply(document)),
    batchSize: naturalOf(given.batchSize, "batchSize") ?? firstBatchSize,
    singleBatch: given.singleBatch ?? false,
  };
}

/** `{$natural: 1}` is the order of insertion, which is the order without a sort. */
function parseOrder(sort: ValueDocument | undefined): ReadRequest["sort"] {
  if (isEmpty(sort) || sort === undefined) return null;
  if (!Object.hasOwn(sort, "$natural")) return parseSort(sort);
  throw new CommandError("NotImplemented", "$natural: the embedded store does not have this order");
}

const isEmpty = (document: ValueDocument | undefined): boolean =>
  document === undefined || Object.keys(document).length === 0;

function* readFind(storage: Storage, { target, read, project }: ParsedFind): Generator<Uint8Array, void> {
  if (target.collection === null) return;
  for (const { bytes, document } of readDocuments(storage, target.collection, read)) {
    yield project === null ? bytes : encode(project(document));
  }
}
