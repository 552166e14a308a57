// Documents as JSON: what mongosh would show as ObjectId("…"), ISODate("…") and Long("…"), in plain values.

/** Ids as hex, dates as ISO text, every number as a number; what JSON has no number for (NaN) becomes text. */
export function jsonDocument(value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof RegExp) return String(value);
  if (Array.isArray(value)) return value.map(jsonDocument);
  // A Long has no JSON form of its own; one that fits a number never gets here as a Long.
  if ("_bsontype" in value && value._bsontype === "Long") return Number(String(value));
  if ("toJSON" in value && typeof value.toJSON === "function") return value.toJSON();
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonDocument(item)]));
}
