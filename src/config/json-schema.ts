// The schema as JSON Schema for editors, and the list of keys read off it.
import * as z from "zod";
import { configSchema } from "./schema.ts";

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Keys that may stand anywhere and mean nothing: `$schema` for editors, `// …` for remarks. */
export const remarkPattern = "^(//|\\$schema$)";

export interface ConfigKey {
  /** As a person writes it, dotted: `http_defaults.retry.delay_sec`. */
  readonly path: string;
  /** `object` has keys of its own; `record` is a value whose names people choose. */
  readonly kind: "object" | "record" | "list" | "string" | "number" | "boolean";
  /** undefined for `object`, and where there is no default. */
  readonly default: unknown;
  readonly description: string;
  /** The environment variable that sets it. */
  readonly variable: string;
}

let schema: JsonSchema | undefined;
let keys: readonly ConfigKey[] | undefined;

/** JSON Schema (draft 2020-12) of the config file. */
export function configJsonSchema(): JsonSchema {
  schema ??= { title: "FleetCron config", ...withRemarks(z.toJSONSchema(configSchema, { io: "input" })) };
  return schema;
}

/** Every key that a config can have, objects before what they hold. */
export function configKeys(): readonly ConfigKey[] {
  keys ??= keysOf(configJsonSchema(), "");
  return keys;
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

function keysOf(part: JsonSchema, prefix: string): ConfigKey[] {
  return Object.entries(part.properties ?? {}).flatMap(([name, value]) => {
    const property = value as JsonSchema;
    const path = `${prefix}${name}`;
    const key: ConfigKey = {
      path,
      kind: kindOf(property),
      default: property.default,
      description: property.description ?? "",
      variable: `FLEETCRON_${path.replaceAll(".", "_").toUpperCase()}`,
    };
    return [key, ...keysOf(property, `${path}.`)];
  });
}

function kindOf(property: JsonSchema): ConfigKey["kind"] {
  if (property.type === "object") return property.properties ? "object" : "record";
  if (property.type === "array") return "list";
  if (property.type === "number" || property.type === "integer") return "number";
  return property.type === "boolean" ? "boolean" : "string";
}

function mapValues<T, U>(object: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}
