// The schema as JSON Schema, for editors.
import * as z from "zod";
import { remarkPattern } from "./config-file.ts";
import { configSchema } from "./schema.ts";

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** JSON Schema (draft 2020-12) of the config file. */
export function configJsonSchema(): JsonSchema {
  return { title: "FleetCron config", ...withRemarks(z.toJSONSchema(configSchema, { io: "input" })) };
}

/** Lets every object hold remarks; names of a record become a pattern, since `propertyNames` would refuse remarks. */
function withRemarks(part: JsonSchema): JsonSchema {
  const result: JsonSchema = { ...part };
  if (part.anyOf) result.anyOf = part.anyOf.map(withRemarks);
  if (part.type !== "object") return result;
  const remarks = { [remarkPattern]: {} };
  if (part.properties) {
    result.properties = mapValues(part.properties, (value) => withRemarks(value as JsonSchema));
    result.patternProperties = remarks;
    delete result.default;
  } else {
    const names = (part.propertyNames as JsonSchema).pattern ?? "";
    result.patternProperties = { [names]: withRemarks(part.additionalProperties as JsonSchema), ...remarks };
    result.additionalProperties = false;
    delete result.propertyNames;
  }
  return result;
}

function mapValues<T, U>(object: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}
