// An index's definition as the catalogue stores it.
import { decode, encode, isArray, isDocument, type Value, type ValueDocument } from "../values/value.ts";
import type { IndexDefinition } from "./index-definition.ts";

type Defined = Omit<IndexDefinition, "id" | "name" | "multikey">;

/** The key is a list, for a document's fields lose their order where their names are numbers. */
export function encodeDefinition({ key, unique, sparse, partialFilter, expireAfterSeconds }: Defined): Uint8Array {
  return encode({
    key: key.map(({ path, direction }): ValueDocument => ({ path, ascending: direction === 1 })),
    unique,
    sparse,
    partialFilter,
    expireAfterSeconds: expireAfterSeconds === null ? null : String(expireAfterSeconds),
  });
}

export function decodeDefinition(bytes: Uint8Array): Defined {
  const { key, unique, sparse, partialFilter, expireAfterSeconds } = decode(bytes);
  return {
    key: isArray(key) ? key.map(partOf) : [],
    unique: unique === true,
    sparse: sparse === true,
    partialFilter: isDocument(partialFilter) ? partialFilter : null,
    expireAfterSeconds: typeof expireAfterSeconds === "string" ? Number(expireAfterSeconds) : null,
  };
}

function partOf(part: Value): Defined["key"][number] {
  const { path, ascending } = part as ValueDocument;
  return { path: String(path), direction: ascending === true ? 1 : -1 };
}
