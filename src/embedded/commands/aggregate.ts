// aggregate: the leading $match chooses the index, the pipeline does the rest.
import { runPipeline } from "../aggregation/pipeline.ts";
import { CommandError } from "../command-error.ts";
import { parseFilter } from "../query/filter.ts";
import type { Reply, Request } from "../request.ts";
import { encode, isDocument, type ValueDocument } from "../values/value.ts";
import { readArguments } from "./arguments.ts";
import { type Command, type CommandContext, collectionOf, type NamedCollection, scopeOf } from "./command.ts";
import { readBatchSize } from "./open-cursors.ts";
import { type ReadRequest, readDocuments } from "./read-documents.ts";

const aggregateArguments = {
  pipeline: "objects",
  cursor: "object",
  let: "object",
  allowDiskUse: "ignored",
  bypassDocumentValidation: "ignored",
  hint: "ignored",
  /** What explains an aggregation is the command explain. */
  explain: "refused",
  collation: "refused",
} as const;

export const aggregateCommand: Command = {
  names: ["aggregate"],
  run(context, request): Reply {
    if (request.body.cursor === undefined) throw new CommandError("FailedToParse", "The 'cursor' option is required");
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
  /** The leading `$match`, or everything. */
  readonly read: ReadRequest;
  /** What is left to do. */
  readonly pipeline: readonly ValueDocument[];
  readonly scope: ReturnType<typeof scopeOf>;
  readonly batchSize: number;
}

/** As aggregate itself and explain read it. */
export function parseAggregate(context: CommandContext, { body }: Request): ParsedAggregate {
  const given = readArguments(body, aggregateArguments, { where: "aggregate" });
  const { pipeline } = given;
  if (pipeline === undefined) {
    throw new CommandError(40414, "BSON field 'aggregate.pipeline' is missing but a required field");
  }
  if (typeof body.aggregate !== "string") {
    throw new CommandError("NotImplemented", "the embedded store has no aggregation over a whole database");
  }
  const scope = scopeOf(context, given.let);
  const query = leadingMatch(pipeline);
  return {
    target: collectionOf(context, body),
    read: { query: query ?? {}, filter: parseFilter(query ?? {}, scope), sort: null },
    pipeline: query === null ? pipeline : pipeline.slice(1),
    scope,
    batchSize: readBatchSize(given.cursor),
  };
}

/** null: the pipeline begins with something else, or with a `$match` that is for the pipeline to refuse. */
function leadingMatch([first]: readonly ValueDocument[]): ValueDocument | null {
  const match = first?.$match;
  return isDocument(match) && Object.keys(first ?? {}).length === 1 ? match : null;
}

function* readInput({ server }: CommandContext, { target, read }: ParsedAggregate): Generator<ValueDocument> {
  if (target.collection === null) return;
  for (const { document } of readDocuments(server.storage, target.collection, read)) yield document;
}

function* encodeEach(documents: Iterable<ValueDocument>): Generator<Uint8Array, void> {
  for (const document of documents) yield encode(document);
}
