// createIndexes, listIndexes, dropIndexes.
import { Int32 } from "bson";
import { CommandError } from "../command-error.ts";
import type { IndexDefinition } from "../storage/index-definition.ts";
import type { Collection } from "../storage/storage.ts";
import { compareValues } from "../values/compare.ts";
import { toDouble } from "../values/numbers.ts";
import { encode, isDocument, isNumber, type Value, type ValueDocument } from "../values/value.ts";
import { readArguments } from "./arguments.ts";
import { type Command, collectionOf, done, ensureCollection } from "./command.ts";
import { type IndexSpec, readIndexSpec } from "./index-spec.ts";
import { readBatchSize } from "./open-cursors.ts";

const createIndexes: Command = {
  names: ["createIndexes"],
  writes: true,
  run(context, { body }) {
    const table = { indexes: "objects", commitQuorum: "ignored" } as const;
    const { indexes = [] } = readArguments(body, table, { where: "createIndexes" });
    if (indexes.length === 0) throw new CommandError("BadValue", "Must specify at least one index to create");
    const target = collectionOf(context, body);
    const specs = indexes.map(readIndexSpec);
    const collection = ensureCollection(context, target);
    const before = collection.indexes.length;
    for (const spec of specs) {
      if (!isPresent(collection, spec)) context.server.storage.createIndex(collection, spec);
    }
    const after = collection.indexes.length;
    return done({
      numIndexesBefore: new Int32(before),
      numIndexesAfter: new Int32(after),
      ...(after === before
        ? { note: "all indexes already exist" }
        : { createdCollectionAutomatically: target.collection === null }),
    });
  },
};

/** True for the very same index. Throws where the name or the definition is taken by another. */
function isPresent({ indexes }: Collection, spec: IndexSpec): boolean {
  const asked = renderIndex(spec);
  const sameName = indexes.find(({ name }) => name === spec.name);
  if (sameName !== undefined) {
    const found = renderIndex(sameName);
    if (compareValues(found, asked) === 0) return true;
    const both = `Requested index: ${textOf(asked)}, existing index: ${textOf(found)}`;
    if (!isSameSignature(sameName, spec)) {
      throw new CommandError(
        "IndexKeySpecsConflict",
        `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. ${both}`,
      );
    }
    throw new CommandError(
      "IndexOptionsConflict",
      `An equivalent index already exists with the same name but different options. ${both}`,
    );
  }
  const equivalent = indexes.find((index) => isSameSignature(index, spec));
  if (equivalent === undefined) return false;
  throw new CommandError("IndexOptionsConflict", `Index already exists with a different name: ${equivalent.name}`);
}

/** What tells two indexes on a collection apart: both may be there when one of these differs. */
function isSameSignature(a: IndexSpec, b: IndexSpec): boolean {
  const sameKey = compareValues(renderIndex(a).key, renderIndex(b).key) === 0;
  const samePartial = compareValues(a.partialFilter, b.partialFilter) === 0;
  return sameKey && samePartial && a.unique === b.unique && a.sparse === b.sparse;
}

const textOf = (document: ValueDocument): string => JSON.stringify(document);

/** As listIndexes shows it. */
export function renderIndex(index: IndexSpec): ValueDocument {
  return {
    v: new Int32(2),
    key: Object.fromEntries(index.key.map(({ path, direction }) => [path, new Int32(direction)])),
    name: index.name,
    ...(index.unique && index.name !== "_id_" ? { unique: true } : {}),
    ...(index.sparse ? { sparse: true } : {}),
    ...(index.partialFilter === null ? {} : { partialFilterExpression: index.partialFilter }),
    ...(index.expireAfterSeconds === null ? {} : { expireAfterSeconds: new Int32(index.expireAfterSeconds) }),
  };
}

const listIndexes: Command = {
  names: ["listIndexes"],
  run(context, { body }) {
    const { cursor } = readArguments(body, { cursor: "object" }, { where: "listIndexes" });
    const batchSize = readBatchSize(cursor);
    const { ns, collection } = collectionOf(context, body);
    if (collection === null) throw new CommandError("NamespaceNotFound", `ns does not exist: ${ns}`);
    const documents = collection.indexes.map((index) => encode(renderIndex(index)));
    return context.server.cursors.open({ ns, documents, batchSize });
  },
};

const dropIndexes: Command = {
  names: ["dropIndexes", "deleteIndexes"],
  writes: true,
  run(context, { body }) {
    const { index } = readArguments(body, { index: "any" }, { where: "dropIndexes" });
    const { ns, collection } = collectionOf(context, body);
    if (collection === null) throw new CommandError("NamespaceNotFound", `ns not found ${ns}`);
    const before = collection.indexes.length;
    for (const { name } of namedBy(collection, index)) context.server.storage.dropIndex(collection, name);
    return done({ nIndexesWas: new Int32(before) });
  },
};

/** `"*"` is all but the one on `_id`; a name, a list of names, or a key. */
function namedBy({ indexes }: Collection, index: Value): readonly IndexDefinition[] {
  if (index === "*") return indexes.filter(({ name }) => name !== "_id_");
  const asked = Array.isArray(index) ? index : [index];
  return asked.map((one) => {
    const found = indexes.find((known) => isNamed(known, one));
    if (found === undefined) {
      const what = isDocument(one) ? `can't find index with key: ${textOf(one)}` : `index not found with name [${one}]`;
      throw new CommandError("IndexNotFound", what);
    }
    if (found.name === "_id_") throw new CommandError("InvalidOptions", "cannot drop _id index");
    return found;
  });
}

function isNamed(index: IndexDefinition, asked: Value): boolean {
  if (typeof asked === "string") return index.name === asked;
  if (!isDocument(asked)) return false;
  const fields = Object.entries(asked);
  return (
    fields.length === index.key.length &&
    index.key.every(({ path, direction }, at) => {
      const [name, value] = fields[at] ?? [];
      return name === path && isNumber(value) && toDouble(value) === direction;
    })
  );
}

export const indexCommands: readonly Command[] = [createIndexes, listIndexes, dropIndexes];
