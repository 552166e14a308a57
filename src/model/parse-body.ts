// What an action sends behind its headers: a body or a form.
import { type FieldReader, readScalars } from "./field-readers.ts";
import type { HttpAction, JsonValue } from "./job.ts";
import { jsonOf } from "./parse-json.ts";
import { fieldPath, renderKind } from "./problem-list.ts";

/** `body` and `form`, of which an action has one at most, and one of method GET or HEAD none. */
export function parseBody(reader: FieldReader, method: string): Pick<HttpAction, "body" | "form"> {
  const body = parseJsonBody(reader);
  const form = readScalars(reader, "form", "an object of field names and values") ?? null;
  const refuse = (key: string, expected: string, hint?: string) =>
    reader.problems.add({
      path: fieldPath(reader.path, key),
      expected,
      got: renderKind(reader.fields.get(key)),
      hint,
    });
  if (method === "GET" || method === "HEAD") {
    const hint = reader.fields.has("method") ? undefined : 'method is "GET" unless given';
    if (body !== null) refuse("body", `no body in a ${method} request`, hint);
    if (form !== null) refuse("form", `no form in a ${method} request`, hint);
  } else if (body !== null && form !== null) refuse("form", "no form beside body");
  return { body, form };
}

function parseJsonBody(reader: FieldReader): JsonValue | null {
  const value = reader.fields.get("body");
  if (value === undefined || value === null) return null;
  const path = fieldPath(reader.path, "body");
  if (typeof value === "string" || Array.isArray(value) || value instanceof Map) return jsonOf(reader, path, value);
  reader.problems.add({ path, expected: "a text, an object or a list", value });
  return null;
}
