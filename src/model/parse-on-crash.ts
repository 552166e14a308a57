// `on_crash`: what becomes of an action that was under way when its agent died.
import { type FieldReader, refuse } from "./field-readers.ts";
import type { HttpAction } from "./job.ts";

/** `otherwise` where the action says nothing. */
export function parseOnCrash(reader: FieldReader, otherwise: HttpAction["onCrash"]): HttpAction["onCrash"] {
  const value = reader.fields.get("on_crash");
  if (value === "retry" || value === "fail") return value;
  if (value !== undefined) refuse(reader, { key: "on_crash", expected: '"retry" or "fail"' });
  return otherwise;
}
