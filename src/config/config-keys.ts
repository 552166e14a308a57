// The list of keys, read off the schema: every command needs it, and the way over JSON Schema takes ten times as long.
import type * as z from "zod";
import { configSchema } from "./schema.ts";

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

let keys: readonly ConfigKey[] | undefined;

/** Every key that a config can have, objects before what they hold. */
export function configKeys(): readonly ConfigKey[] {
  keys ??= keysOf(configSchema, "");
  return keys;
}

/** The names that the config knows directly below a path; none where people choose them. */
export function keyNamesBelow(path: readonly (string | number)[]): readonly string[] {
  const prefix = path.map((name) => `${name}.`).join("");
  const below = configKeys().filter((key) => key.path.startsWith(prefix));
  return below.map((key) => key.path.slice(prefix.length)).filter((name) => !name.includes("."));
}

function keysOf(object: z.ZodObject, prefix: string): ConfigKey[] {
  return Object.entries(object.shape).flatMap(([name, property]) => {
    const path = `${prefix}${name}`;
    const schema = property as z.ZodType;
    const { bare, byDefault } = unwrap(schema);
    const key: ConfigKey = {
      path,
      kind: kindOf(bare),
      default: byDefault,
      description: schema.description ?? "",
      variable: `FLEETCRON_${path.replaceAll(".", "_").toUpperCase()}`,
    };
    return bare.type === "object" ? [key, ...keysOf(bare as z.ZodObject, `${path}.`)] : [key];
  });
}

/** A schema without what says that its value may be left out. */
function unwrap(schema: z.ZodType): { readonly bare: z.ZodType; readonly byDefault: unknown } {
  let bare = schema;
  let byDefault: unknown;
  while (bare.type === "default" || bare.type === "prefault" || bare.type === "optional") {
    const wrapper = (bare as z.ZodDefault | z.ZodPrefault | z.ZodOptional).def;
    if (wrapper.type === "default") byDefault = wrapper.defaultValue;
    bare = wrapper.innerType as z.ZodType;
  }
  return { bare, byDefault };
}

function kindOf({ type }: z.ZodType): ConfigKey["kind"] {
  if (type === "array") return "list";
  return type === "object" || type === "record" || type === "number" || type === "boolean" ? type : "string";
}
