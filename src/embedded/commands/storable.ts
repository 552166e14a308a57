// What may be stored at all.
import { CommandError, type ErrorName } from "../command-error.ts";
import { isDocument, kindOf, type Value, type ValueDocument } from "../values/value.ts";

const largestDocument = 16 * 1024 * 1024;

export function judgeSize(bytes: Uint8Array, code: ErrorName | number): void {
  if (bytes.length <= largestDocument) return;
  throw new CommandError(
    code,
    `object to insert too large. size in bytes: ${bytes.length}, max size: ${largestDocument}`,
  );
}

/** Throws for a document that must not be kept. */
export function judgeStorable(document: ValueDocument): void {
  if (Object.hasOwn(document, "_id")) judgeId(document._id);
  judgeFields(document);
}

function judgeId(id: Value): void {
  const kind = kindOf(id);
  if (kind === "array" || kind === "undefined") {
    throw new CommandError("InvalidIdField", `The '_id' value cannot be of type ${kind}`);
  }
  if (kind === "regex") throw new CommandError("InvalidIdField", "The '_id' value cannot be of type regex");
}

/** MongoDB's limit, lower than that of a message. */
const deepest = 180;

/** `$` at the start of a field's name is for operators; MongoDB lets some through, which then can't be queried. */
function judgeFields(value: Value, depth = 0): void {
  if (depth > deepest) {
    throw new CommandError("Overflow", `cannot insert document because it exceeds ${deepest} levels of nesting`);
  }
  if (Array.isArray(value)) for (const element of value) judgeFields(element, depth + 1);
  if (value instanceof Date && Number.isNaN(value.getTime())) {
    throw new CommandError("BadValue", "a date beyond the year 275760 cannot be stored here");
  }
  if (!isDocument(value)) return;
  for (const [field, inner] of Object.entries(value)) {
    if (field.startsWith("$")) {
      throw new CommandError(
        "DollarPrefixedFieldName",
        `The dollar ($) prefixed field '${field}' is not valid for storage.`,
      );
    }
    judgeFields(inner, depth + 1);
  }
}
