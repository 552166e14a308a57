// aggregate's pipelines. Every stage and operator is checked before a document is read; what is not on the list is refused.
import { CommandError } from "../command-error.ts";
import type { QueryScope } from "../query/scope.ts";
import type { ValueDocument } from "../values/value.ts";
import { bucket } from "./stages/bucket.ts";
import { facet } from "./stages/facet.ts";
import { group, sortByCount } from "./stages/group.ts";
import { lookup } from "./stages/lookup.ts";
import { addFields, project, unset } from "./stages/project.ts";
import { replaceRoot, replaceWith } from "./stages/replace-root.ts";
import { count, limit, match, sample, skip, sort } from "./stages/select.ts";
import { chained, type Stage, type StageContext, type StageParser } from "./stages/stage.ts";
import { unwind } from "./stages/unwind.ts";

export interface PipelineOptions {
  readonly scope: QueryScope;
  /** The documents of another collection of the same database; none where it does not exist. */
  lookup(collection: string): Iterable<ValueDocument>;
  /** From 0 to below 1; for $sample. */
  readonly random?: () => number;
}

/** Lazy: reads only as much of `input` as is asked of the result. Throws CommandError, here or while it is read. */
export function runPipeline(
  pipeline: readonly ValueDocument[],
  input: Iterable<ValueDocument>,
  options: PipelineOptions,
): Iterable<ValueDocument> {
  const { scope, lookup, random = Math.random } = options;
  const context: StageContext = { scope, lookup, random, parsePipeline: (stages) => parsePipeline(stages, context) };
  return context.parsePipeline(pipeline)(input);
}

const parsers: Readonly<Record<string, StageParser>> = {
  $match: match,
  $sort: sort,
  $limit: limit,
  $skip: skip,
  $count: count,
  $sample: sample,
  $project: project,
  $addFields: addFields("$addFields"),
  $set: addFields("$set"),
  $unset: unset,
  $unwind: unwind,
  $group: group,
  $sortByCount: sortByCount,
  $bucket: bucket,
  $replaceRoot: replaceRoot,
  $replaceWith: replaceWith,
  $lookup: lookup,
  $facet: facet,
};

function parsePipeline(pipeline: readonly ValueDocument[], context: StageContext): Stage {
  return chained(...pipeline.map((stage) => parseStage(stage, context)));
}

function parseStage(stage: ValueDocument, context: StageContext): Stage {
  const [name, ...more] = Object.keys(stage);
  if (name === undefined || more.length > 0) {
    throw new CommandError(40323, "A pipeline stage specification object must contain exactly one field.");
  }
  const parser = Object.hasOwn(parsers, name) ? parsers[name] : undefined;
  if (parser !== undefined) return parser(stage[name], context);
  if (name === "$changeStream") {
    throw new CommandError(40573, "The $changeStream stage is only supported on replica sets");
  }
  throw new CommandError(40324, `Unrecognized pipeline stage name: '${name}'`);
}
