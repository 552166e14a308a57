// $arrayToObject and $objectToArray: documents as lists of names and values, and back.
import { CommandError } from "../../command-error.ts";
import { fieldOf, isArray, isDocument, missing, setField, type Value, type ValueDocument } from "../../values/value.ts";
import { unary } from "../arguments.ts";
import { isNullish, type Operators, type Result } from "../expression.ts";
import { kindName, renderValue } from "../render-value.ts";

export const arrayToDocument: Operators = {
  $objectToArray: unary("$objectToArray", (document) => {
    if (isNullish(document)) return null;
    if (isDocument(document)) return Object.entries(document).map(([k, v]) => ({ k, v }));
    throw new CommandError(40390, `$objectToArray requires a document input, found: ${kindName(document)}`);
  }),
  $arrayToObject: unary("$arrayToObject", fromArray),
};

function fromArray(list: Result): Result {
  if (isNullish(list)) return null;
  if (!isArray(list)) throw new CommandError(40386, `$arrayToObject requires an array input, found: ${kindName(list)}`);
  const readEntry = isArray(list[0]) ? entryOfPair : entryOfDocument;
  if (list.length > 0 && !isArray(list[0]) && !isDocument(list[0])) {
    throw new CommandError(40398, `Unrecognised input type format for $arrayToObject: ${kindName(list[0])}`);
  }
  const document: ValueDocument = {};
  for (const element of list) {
    const [name, value] = readEntry(element);
    if (name.includes("\0")) throw new CommandError(4940400, "Key field cannot contain an embedded null byte");
    setField(document, name, value);
  }
  return document;
}

// The missing blank is MongoDB's.
const mixed = "$arrayToObject requires a consistent input format. Elements mustall be arrays or all be objects.";

function entryOfPair(pair: Value): readonly [string, Value] {
  if (!isArray(pair)) throw new CommandError(40396, `${mixed} Array was detected, now found: ${kindName(pair)}`);
  if (pair.length !== 2) {
    const problem = `$arrayToObject requires an array of size 2 arrays,found array of size: ${pair.length}`;
    throw new CommandError(40397, problem);
  }
  const [name, value] = pair;
  if (typeof name === "string") return [name, value];
  const problem = "$arrayToObject requires an array of key-value pairs, where the key must be of type string.";
  throw new CommandError(40395, `${problem} Found key type: ${kindName(name)}`);
}

function entryOfDocument(entry: Value): readonly [string, Value] {
  if (!isDocument(entry)) throw new CommandError(40391, `${mixed} Object was detected, now found: ${kindName(entry)}`);
  const count = Object.keys(entry).length;
  if (count !== 2) {
    const problem = "$arrayToObject requires an object keys of 'k' and 'v'. Found incorrect number of keys";
    throw new CommandError(40392, `${problem}:${count}`);
  }
  const name = fieldOf(entry, "k");
  const value = fieldOf(entry, "v");
  const shape = "$arrayToObject requires an object with keys 'k' and 'v'";
  if (name === missing || value === missing) {
    throw new CommandError(40393, `${shape}. Missing either or both keys from: ${renderValue(entry)}`);
  }
  if (typeof name === "string") return [name, value];
  throw new CommandError(
    40394,
    `${shape}, where the value of 'k' must be of type string. Found type: ${kindName(name)}`,
  );
}
