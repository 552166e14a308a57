// $facet: several pipelines over the same documents, their results in one document.
import { CommandError } from "../../command-error.ts";
import { renderField } from "../../values/render-value.ts";
import { isArray, isDocument, setField, type Value, type ValueDocument } from "../../values/value.ts";
import { checkFieldName } from "../field-path.ts";
import { kindName } from "../render-value.ts";
import type { Stage, StageContext, StageParser } from "./stage.ts";

export const facet: StageParser = (argument, context) => {
  if (!isDocument(argument) || Object.keys(argument).length === 0) {
    const problem = "the $facet specification must be a non-empty object, but found";
    throw new CommandError(40169, `${problem}: ${renderField("$facet", argument)}`);
  }
  const facets = Object.entries(argument).map(
    ([name, pipeline]) => [name, parseFacet(name, pipeline, context)] as const,
  );
  return function* (input): Generator<ValueDocument> {
    const documents = [...input];
    const result: ValueDocument = {};
    for (const [name, stage] of facets) setField(result, name, [...stage(documents)]);
    yield result;
  };
};

const notWithin = ["$facet", "$out", "$merge", "$geoNear", "$indexStats", "$collStats", "$planCacheStats"];

function parseFacet(name: string, pipeline: Value, context: StageContext): Stage {
  checkFieldName(name);
  if (!isArray(pipeline)) {
    throw new CommandError(40170, `arguments to $facet must be arrays, ${name} is type ${kindName(pipeline)}`);
  }
  const stages = pipeline.map((stage, at) => {
    if (isDocument(stage)) return stage;
    const problem = `${name} argument contained an element of type ${kindName(stage)}: ${renderField(String(at), stage)}`;
    throw new CommandError(40171, `elements of arrays in $facet spec must be non-empty objects, ${problem}`);
  });
  for (const stage of stages) {
    const [stageName = ""] = Object.keys(stage);
    if (notWithin.includes(stageName)) {
      throw new CommandError(40600, `${stageName} is not allowed to be used within a $facet stage`);
    }
  }
  return context.parsePipeline(stages);
}
