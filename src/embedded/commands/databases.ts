// Databases and collections: listed, made, dropped.
import { Binary, Int32, Long } from "bson";
import { CommandError } from "../command-error.ts";
import { parseFilter } from "../query/filter.ts";
import { encode, type ValueDocument } from "../values/value.ts";
import { readArguments } from "./arguments.ts";
import { type Command, type CommandContext, collectionOf, done, scopeOf } from "./command.ts";
import { renderIndex } from "./indexes.ts";
import { readBatchSize } from "./open-cursors.ts";

const listDatabases: Command = {
  names: ["listDatabases"],
  run(context, { body }) {
    const table = { nameOnly: "bool", filter: "object", authorizedDatabases: "ignored" } as const;
    const given = readArguments(body, table, { where: "listDatabases" });
    if (context.db !== "admin") {
      throw new CommandError("Unauthorized", "listDatabases may only be run against the admin database.");
    }
    const filter = parseFilter(given.filter ?? {}, scopeOf(context));
    const databases = context.server.storage
      .listDatabases()
      .map(
        ({ name, sizeOnDisk, empty }): ValueDocument =>
          given.nameOnly === true ? { name } : { name, sizeOnDisk: Long.fromNumber(sizeOnDisk), empty },
      )
      .filter((database) => filter.matches(database));
    if (given.nameOnly === true) return done({ databases });
    const totalSize = databases.reduce((sum, { sizeOnDisk }) => sum + Number(sizeOnDisk), 0);
    return done({ databases, totalSize: Long.fromNumber(totalSize) });
  },
};

const listCollections: Command = {
  names: ["listCollections"],
  run(context, { body }) {
    const table = { filter: "object", cursor: "object", nameOnly: "bool", authorizedCollections: "ignored" } as const;
    const given = readArguments(body, table, { where: "listCollections" });
    const batchSize = readBatchSize(given.cursor);
    const filter = parseFilter(given.filter ?? {}, scopeOf(context));
    const collections = context.server.storage
      .listCollections(context.db)
      .map(
        (collection): ValueDocument => ({
          name: collection.name,
          type: "collection",
          ...(given.nameOnly === true
            ? {}
            : {
                options: {},
                info: { readOnly: false, uuid: new Binary(collection.uuid, 4) },
                idIndex: collection.indexes.filter(({ name }) => name === "_id_").map(renderIndex)[0],
              }),
        }),
      )
      .filter((collection) => filter.matches(collection));
    return context.server.cursors.open({
      ns: `${context.db}.$cmd.listCollections`,
      documents: collections.map(encode),
      batchSize,
    });
  },
};

/** Options that change what a collection is: none of them is built. */
const createArguments = {
  capped: "refused",
  size: "refused",
  max: "refused",
  timeseries: "refused",
  expireAfterSeconds: "refused",
  clusteredIndex: "refused",
  changeStreamPreAndPostImages: "refused",
  validator: "refused",
  validationLevel: "refused",
  validationAction: "refused",
  viewOn: "refused",
  pipeline: "refused",
  collation: "refused",
  storageEngine: "refused",
  indexOptionDefaults: "refused",
  encryptedFields: "forbidden",
  autoIndexId: "forbidden",
} as const;

const create: Command = {
  names: ["create"],
  writes: true,
  run(context, { body }) {
    readArguments(body, createArguments, { where: "create" });
    const { ns, name, collection } = collectionOf(context, body);
    if (collection !== null) {
      throw new CommandError("NamespaceExists", `Collection ${ns} already exists.`);
    }
    context.server.storage.createCollection(context.db, name);
    return done();
  },
};

const drop: Command = {
  names: ["drop"],
  writes: true,
  run(context, { body }) {
    readArguments(body, {}, { where: "drop" });
    const { ns, collection } = collectionOf(context, body);
    if (collection === null) throw new CommandError("NamespaceNotFound", "ns not found");
    context.server.storage.dropCollection(collection);
    return done({ nIndexesWas: new Int32(collection.indexes.length), ns });
  },
};

const dropDatabase: Command = {
  names: ["dropDatabase"],
  writes: true,
  run({ server, db }: CommandContext, { body }) {
    readArguments(body, {}, { where: "dropDatabase" });
    return done(server.storage.dropDatabase(db) ? { dropped: db } : {});
  },
};

export const databaseCommands: readonly Command[] = [listDatabases, listCollections, create, drop, dropDatabase];
