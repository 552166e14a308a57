// A process with a store of its own, for tests that kill it, lock it out or fill its disk:
// `storage-process.ts <hold|write> <file> [first number]`.
import { writeSync } from "node:fs";
import { Int32 } from "bson";
import { openStorage, type Storage } from "../../src/embedded/storage/storage.ts";
import { StorageError } from "../../src/embedded/storage/storage-error.ts";
import { encode, type ValueDocument } from "../../src/embedded/values/value.ts";

const [mode, path = "", first = "0"] = process.argv.slice(2);
const tell = (line: string) => writeSync(1, `${line}\n`);

/** What the store is refused for; null where it is not. */
function refusalOf(work: () => void): StorageError | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof StorageError) return error;
    throw error;
  }
}

let storage: Storage | null = null;
const refused = refusalOf(() => {
  const opened = openStorage({ path });
  storage = opened;
  tell("open");
  if (mode === "hold") process.stdin.on("end", () => opened.close()).resume();
  else writeForEver(opened, Number(first));
});
if (refused !== null) {
  const { kind, pid, message } = refused;
  const again = refusalOf(() => storage?.listCollections("db"));
  tell(JSON.stringify({ kind, pid, message, again: again?.kind ?? null }));
  (storage as Storage | null)?.close();
}

/** Numbers are told once their transaction is committed. Every tenth document is also replaced, every seventh goes. */
function writeForEver(storage: Storage, from: number): void {
  const collection = storage.findCollection("db", "numbers") ?? makeCollection(storage);
  for (let n = from; ; n++) {
    const document: ValueDocument = { _id: new Int32(n), n: new Int32(n), text: "x".repeat(400 + (n % 700)) };
    storage.transaction(() => storage.insert(collection, document, encode(document)));
    tell(`inserted ${n}`);
    if (n % 10 === 0) {
      const after = { ...document, replaced: true };
      storage.transaction(() => storage.replace(collection, seqOf(storage, n), document, after, encode(after)));
      tell(`replaced ${n}`);
    } else if (n % 7 === 0) {
      storage.transaction(() => storage.remove(collection, seqOf(storage, n), document));
      tell(`removed ${n}`);
    }
  }
}

function makeCollection(storage: Storage) {
  return storage.transaction(() => {
    const collection = storage.createCollection("db", "numbers");
    const rest = { sparse: false, partialFilter: null, expireAfterSeconds: null };
    storage.createIndex(collection, { name: "n_1", key: [{ path: "n", direction: 1 }], unique: true, ...rest });
    storage.createIndex(collection, {
      name: "text_-1",
      key: [{ path: "text", direction: -1 }],
      unique: false,
      ...rest,
    });
    return collection;
  });
}

function seqOf(storage: Storage, n: number): number {
  const collection = storage.findCollection("db", "numbers");
  const found = collection && storage.findById(collection, new Int32(n));
  if (!found) throw new Error(`${n} is not there`);
  return found.seq;
}
