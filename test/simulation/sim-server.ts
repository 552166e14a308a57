// One member of a world's database: the embedded store's own commands, in process and in memory.
import { BSON, type Document } from "mongodb";
import { createEngine, type Engine } from "../../src/embedded/engine.ts";
import { newSession } from "../../src/embedded/request.ts";
import { openStorage } from "../../src/embedded/storage/storage.ts";
import { collectionNames } from "../../src/store/collections.ts";
import { indexDefinitions } from "../../src/store/indexes.ts";
import { dbName, type Message, messageOf } from "./message.ts";
import { untyped } from "./typed-values.ts";

interface ServerClock {
  readonly now: () => number;
  readonly monotonic: () => number;
}

export class SimServer {
  readonly #engine: Engine;
  readonly #session = newSession(1);

  constructor({ now, monotonic }: ServerClock) {
    let collections = 0;
    const newUuid = () => Buffer.alloc(16, ++collections);
    this.#engine = createEngine({
      storage: openStorage({ path: ":memory:", newUuid }),
      clock: {
        now,
        monotonic,
        sleep: () => Promise.reject(new Error("the database of a simulation never sleeps")),
        after: () => () => undefined,
      },
      authenticator: null,
      testCommands: false,
      random: () => 0.5,
      groupCommits: false,
    });
  }

  /** The reply as a driver gets it, errors included. */
  run({ body, documents, raw }: Message): Document {
    const sequences = new Map(documents === null ? [] : [["documents", documents]]);
    const reply = this.#engine.run({ body, sequences }, this.#session);
    if (reply instanceof Promise) throw new Error("the engine of a simulation answers at once");
    const read = (document: Uint8Array): Document =>
      raw ? (document as unknown as Document) : BSON.deserialize(document);
    const fields = untyped(reply.fields);
    if (reply.raw !== undefined) fields[reply.raw.field] = read(reply.raw.document);
    if (reply.cursor === undefined) return fields;
    if (!reply.cursor.id.isZero()) throw new Error("a reply of a simulation holds all documents");
    return { ...fields, cursor: { firstBatch: reply.cursor.documents.map(read), id: 0, ns: reply.cursor.ns } };
  }

  /** What the other has, with the indexes of the product, becomes what this one has. */
  copyFrom(other: SimServer): void {
    for (const { collection, name, key, options } of indexDefinitions) {
      this.run(messageOf({ createIndexes: collection, indexes: [{ name, key, ...options }], $db: dbName }, null));
    }
    for (const name of Object.values(collectionNames)) {
      const all = { find: name, filter: {}, batchSize: 1_000_000, $db: dbName };
      const documents: readonly object[] = other.run(messageOf(all, null)).cursor.firstBatch;
      if (documents.length > 0) this.run(messageOf({ insert: name, $db: dbName }, documents));
    }
  }

  /** Documents whose time is over go. */
  expire(): void {
    this.#engine.sweep();
  }

  close(): void {
    this.#engine.close();
  }
}
