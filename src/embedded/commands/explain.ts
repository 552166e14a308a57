// explain: which index a read would use, and whether it would read everything.
import { Int32 } from "bson";
import { CommandError } from "../command-error.ts";
import { emptySequences } from "../request.ts";
import type { Plan } from "../storage/plan.ts";
import { isDocument, kindOf, type ValueDocument } from "../values/value.ts";
import { parseAggregate } from "./aggregate.ts";
import { readArguments } from "./arguments.ts";
import type { NamedCollection } from "./command.ts";
import { type Command, type CommandContext, done } from "./command.ts";
import { parseFind } from "./find.ts";
import { planOf, type ReadRequest, readDocuments } from "./read-documents.ts";
import { serverFacts } from "./server-info.ts";

export const explainCommand: Command = {
  names: ["explain"],
  run(context, { body }) {
    const { verbosity = "allPlansExecution" } = readArguments(body, { verbosity: "string" }, { where: "explain" });
    const explained = body.explain;
    if (!isDocument(explained)) throw new CommandError("TypeMismatch", "BSON field 'explain' must be an object");
    const { target, read } = readOf(context, explained);
    const plan: Plan = target.collection === null ? { kind: "collection" } : planOf(target.collection, read);
    const winningPlan = target.collection === null ? { stage: "EOF" } : renderPlan(plan, read);
    return done({
      queryPlanner: { namespace: target.ns, parsedQuery: read.query, winningPlan, rejectedPlans: [] },
      ...(verbosity === "queryPlanner" ? {} : { executionStats: executionStats(context, target, read) }),
      command: explained,
      serverInfo: serverFacts(),
    });
  },
};

function readOf(
  context: CommandContext,
  body: ValueDocument,
): { readonly target: NamedCollection; readonly read: ReadRequest } {
  const request = { body, sequences: emptySequences };
  const name = Object.keys(body)[0];
  if (name === "find") return parseFind(context, request);
  if (name === "aggregate") return parseAggregate(context, request);
  throw new CommandError("NotImplemented", `the embedded store explains find and aggregate, not ${name}`);
}

function renderPlan(plan: Plan, { query, sort }: ReadRequest): ValueDocument {
  if (isIdAlone(query)) return { stage: "IDHACK" };
  const scan = plan.kind === "collection" ? { stage: "COLLSCAN", direction: "forward" } : renderIndexScan(plan);
  const isSorted = sort === null || (plan.kind === "index" && plan.sorted);
  return isSorted ? scan : { stage: "SORT", inputStage: scan };
}

/** One document by its `_id` and nothing else, which MongoDB shows as a stage of its own. */
function isIdAlone(query: ValueDocument): boolean {
  const [field, ...others] = Object.keys(query);
  if (field !== "_id" || others.length > 0) return false;
  const kind = kindOf(query._id);
  return kind !== "object" && kind !== "array" && kind !== "regex" && kind !== "null";
}

function renderIndexScan({ index, direction }: Extract<Plan, { kind: "index" }>): ValueDocument {
  return {
    stage: "FETCH",
    inputStage: {
      stage: "IXSCAN",
      keyPattern: Object.fromEntries(index.key.map(({ path, direction: own }) => [path, new Int32(own)])),
      indexName: index.name,
      isMultiKey: index.multikey,
      isUnique: index.unique,
      isPartial: index.partialFilter !== null,
      direction: direction === 1 ? "forward" : "backward",
    },
  };
}

/** Counted by doing it. */
function executionStats({ server }: CommandContext, target: NamedCollection, read: ReadRequest): ValueDocument {
  let returned = 0;
  if (target.collection !== null) {
    for (const _ of readDocuments(server.storage, target.collection, read)) returned++;
  }
  return { executionSuccess: true, nReturned: new Int32(returned) };
}
