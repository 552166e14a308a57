// JSON as mongoexport and mongosh write it: `{"$date": …}`, `{"$oid": …}`, `{"$numberLong": …}`.
import { BSON, type Document } from "mongodb";

/** Plain JSON numbers stay numbers. Throws a SyntaxError for broken JSON, a BSONError for a broken `$` form. */
export function parseExtendedJson(text: string): unknown {
  return BSON.EJSON.parse(text, { relaxed: true });
}

/** As `parseExtendedJson`, of values that were parsed already. */
export function fromExtendedJson(value: unknown): unknown {
  return parseExtendedJson(JSON.stringify(value));
}

/** Values that JSON can hold; `parseExtendedJson` makes the document of them again. */
export function toExtendedJson(document: Document): Document {
  return BSON.EJSON.serialize(document, { relaxed: true });
}
