// aggregate: the leading $match chooses the index, the pipeline does the rest.
import { runPipeline } from "../aggregation/pipeline.ts";
import { CommandError } from "../command-error.ts";
import { parseFilter } from "../query/filter.ts";
import type { Reply, Request } from "../request.ts";
import { encode, isDocument, type ValueDocument } from "../values/value.ts";
import { naturalOf, readArguments } from "./arguments.ts";
import { type Command, type CommandContext, collectionOf, type NamedCollection, scopeOf } from "./command.ts";
import { firstBatchSize } from "./open-cursors.ts";
import { type ReadRequest, readDocuments } from "./read-documents.ts";

const aggregateArguments = {
  pipeline: "objects",
  cursor: "object",
  let: "object",
  allowDiskUse: "ignored",
  bypassDocumentValidation: "ignored",
  hint: "ignored",
  explain: "bool",
  collation: "refused",
} as const;

export const aggregateCommand: Command = {
  names: ["aggregate"],
  run(context, request): Reply {
    const parsed = parseAggregate(context, request);
    const { server } = context;
    const input = readInput(context, parsed);
    const lookup = function* (name: string): Iterable<ValueDocument> {
      const other = server.storage.findCollection(context.db, name);
      if (other === null) return;
      const everything = { query: {}, filter: parseFilter({}, parsed.scope), sort: null };
      for (const { document } of readDocuments(server.storage, other, everything)) yield document;
    };
    const output = runPipeline(parsed.pipeline, input, { scope: parsed.scope, lookup });
    const documents = encodeEach(output);
    return server.cursors.open({ ns: parsed.target.ns, documents, batchSize: parsed.batchSize });
  },
};

export interface ParsedAggregate {
  readonly target: NamedCollection;
  readonly pipeline: readonly ValueDocument[];
  /** The leading `$match`: it stays in the pipeline too, which is right and cheap. */
  readonly query: ValueDocument;
  readonly scope: ReturnType<typeof scopeOf>;
  readonly batchSize: number;
}

export function parseAggregate(context: CommandContext, { body }: Request): ParsedAggregate {
  const given = readArguments(body, aggregateArguments, { where: "aggregate" });
  const { pipeline, cursor } = given;
  if (pipeline === undefined) {
    throw new CommandError(40414, "BSON field 'aggregate.pipeline' is missing but a required field");
  }
  if (cursor === undefined && given.explain !== true) {
    throw new CommandError(
      "FailedToParse",
      "The 'cursor' option is required, except for aggregate with the explain argument",
    );
  }
  if (typeof body.aggregate !== "string") {
    throw new CommandError("NotImplemented", "the embedded store has no aggregation over a whole database");
  }
  const { batchSize } = readArguments(cursor ?? {}, { batchSize: "number" }, { where: "cursor", isCommand: false });
  const match = pipeline[0]?.$match;
  return {
    target: collectionOf(context, body),
    pipeline,
    query: isDocument(match) ? match : {},
    scope: scopeOf(context, given.let),
    batchSize: naturalOf(batchSize, "cursor.batchSize") ?? firstBatchSize,
  };
}

function* readInput({ server }: CommandContext, { target, query, scope }: ParsedAggregate): Generator<ValueDocument> {
  if (target.collection === null) return;
  const request: ReadRequest = { query, filter: parseFilter(query, scope), sort: null };
  for (const { document } of readDocuments(server.storage, target.collection, request)) yield document;
}

function* encodeEach(documents: Iterable<ValueDocument>): Generator<Uint8Array, void> {
  for (const document of documents) yield encode(document);
}
