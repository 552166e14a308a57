// collStats and dbStats: how much there is.
import { Double, Int32, Long } from "bson";
import { readArguments } from "./arguments.ts";
import { type Command, collectionOf, done } from "./command.ts";

const collStats: Command = {
  names: ["collStats", "collstats"],
  run(context, { body }) {
    const { scale = 1 } = readArguments(body, { scale: "number" }, { where: "collStats" });
    const { ns, collection } = collectionOf(context, body);
    const sizes = collection && context.server.storage.sizes(collection);
    const { count = 0, size = 0, indexSizes = {} } = sizes ?? {};
    const scaled = (bytes: number) => Long.fromNumber(Math.floor(bytes / scale));
    const indexes = Object.entries(indexSizes);
    return done({
      ns,
      size: scaled(size),
      count: new Int32(count),
      ...(count > 0 ? { avgObjSize: new Int32(Math.floor(size / count)) } : {}),
      storageSize: scaled(size),
      capped: false,
      nindexes: new Int32(indexes.length),
      totalIndexSize: scaled(indexes.reduce((sum, [, bytes]) => sum + bytes, 0)),
      indexSizes: Object.fromEntries(indexes.map(([name, bytes]) => [name, scaled(bytes)])),
      scaleFactor: new Int32(scale),
    });
  },
};

const dbStats: Command = {
  names: ["dbStats", "dbstats"],
  run({ server, db }, { body }) {
    const table = { scale: "number", freeStorage: "ignored" } as const;
    const { scale = 1 } = readArguments(body, table, { where: "dbStats" });
    const collections = server.storage.listCollections(db);
    const sizes = collections.map((collection) => server.storage.sizes(collection));
    const total = (of: (size: (typeof sizes)[number]) => number) => sizes.reduce((sum, size) => sum + of(size), 0);
    const objects = total(({ count }) => count);
    const dataSize = total(({ size }) => size);
    return done({
      db,
      collections: Long.fromNumber(collections.length),
      views: Long.fromNumber(0),
      objects: Long.fromNumber(objects),
      avgObjSize: new Double(objects === 0 ? 0 : dataSize / objects),
      dataSize: new Double(dataSize / scale),
      storageSize: new Double(dataSize / scale),
      indexes: Long.fromNumber(total(({ indexSizes }) => Object.keys(indexSizes).length)),
      indexSize: new Double(total(({ indexSizes }) => Object.values(indexSizes).reduce((a, b) => a + b, 0)) / scale),
      scaleFactor: new Double(scale),
    });
  },
};

export const statsCommands: readonly Command[] = [collStats, dbStats];
