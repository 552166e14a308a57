// JSON as mongoexport and mongosh write it: `{"$date": …}`, `{"$oid": …}`, `{"$numberLong": …}`.
import { BSON } from "mongodb";

/** Plain JSON numbers stay numbers. Throws a SyntaxError for broken JSON, a BSONError for a broken `$` form. */
export function parseExtendedJson(text: string): unknown {
  return BSON.EJSON.parse(text, { relaxed: true });
}
