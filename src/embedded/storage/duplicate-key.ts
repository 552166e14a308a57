// The error of a unique index as mongod words it: people and programs read the index's name and the key out of it.
import { Int32 } from "bson";
import { CommandError } from "../command-error.ts";
import { keyTuples } from "../query/key-tuples.ts";
import { encodeKey } from "../values/key-encoding.ts";
import { renderValue } from "../values/render-value.ts";
import { missing, setField, type Value, type ValueDocument } from "../values/value.ts";
import type { IndexDefinition } from "./index-definition.ts";

/** `document` is the one refused, so the values are its own: 1.0 where 1 is stored. */
export function duplicateKey(
  ns: string,
  { name, key: parts }: IndexDefinition,
  { document, key }: { readonly document: ValueDocument; readonly key: Uint8Array },
): CommandError {
  const values = valuesOf(parts, document, key);
  const keyPattern: ValueDocument = {};
  const keyValue: ValueDocument = {};
  for (const [at, { path, direction }] of parts.entries()) {
    setField(keyPattern, path, new Int32(direction));
    setField(keyValue, path, values[at]);
  }
  const rendered = parts.map(({ path }, at) => `${path}: ${renderValue(values[at])}`).join(", ");
  const message = `E11000 duplicate key error collection: ${ns} index: ${name} dup key: { ${rendered} }`;
  return new CommandError("DuplicateKey", message, { keyPattern, keyValue });
}

/** The values behind an encoded key of the document. */
function valuesOf(parts: IndexDefinition["key"], document: ValueDocument, key: Uint8Array): readonly Value[] {
  const directions = parts.map(({ direction }) => direction);
  const paths = parts.map(({ path }) => path.split("."));
  const { tuples } = keyTuples(document, paths, (a, b) => new CommandError("BadValue", `parallel arrays ${a}, ${b}`));
  for (const tuple of tuples) {
    const values = tuple.map((element): Value => (element === missing ? null : element));
    if (Buffer.compare(encodeKey(values, directions), key) === 0) return values;
  }
  return [];
}
