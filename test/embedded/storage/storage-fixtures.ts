// Shorthands of the storage tests.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { Int32 } from "bson";
import type { IndexSpec } from "../../../src/embedded/storage/catalog.ts";
import type { Plan } from "../../../src/embedded/storage/plan.ts";
import { type Collection, openStorage, type Storage } from "../../../src/embedded/storage/storage.ts";
import { decode, encode, type Value, type ValueDocument } from "../../../src/embedded/values/value.ts";

export const wholeCollection: Plan = { kind: "collection" };

export function memoryStore(t: TestContext): Storage {
  const storage = openStorage({ path: ":memory:" });
  t.after(() => storage.close());
  return storage;
}

export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "fleetcron-storage-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** `a_1`, `a_1_b.c_-1` by the key. */
export function indexSpec(key: Record<string, 1 | -1>, options: Partial<IndexSpec> = {}): IndexSpec {
  return {
    name: Object.entries(key).flat().join("_"),
    key: Object.entries(key).map(([path, direction]) => ({ path, direction })),
    unique: false,
    sparse: false,
    partialFilter: null,
    expireAfterSeconds: null,
    ...options,
  };
}

/** Numbers become Int32, so that tests can be read. */
export function typed(value: unknown): Value {
  if (typeof value === "number") return new Int32(value);
  if (Array.isArray(value)) return value.map(typed);
  const isPlain = typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return isPlain ? typedDocument(value as Record<string, unknown>) : (value as Value);
}

export function typedDocument(document: Record<string, unknown>): ValueDocument {
  return Object.fromEntries(Object.entries(document).map(([name, value]) => [name, typed(value)]));
}

export function insert(storage: Storage, collection: Collection, plain: Record<string, unknown>): void {
  const document = typedDocument(plain);
  storage.insert(collection, document, encode(document));
}

export function replace(storage: Storage, collection: Collection, plain: Record<string, unknown>): void {
  const after = typedDocument(plain);
  const { seq, bytes } = stored(storage, collection, plain._id);
  storage.replace(collection, seq, decode(bytes), after, encode(after));
}

export function remove(storage: Storage, collection: Collection, id: unknown): void {
  const { seq, bytes } = stored(storage, collection, id);
  storage.remove(collection, seq, decode(bytes));
}

function stored(storage: Storage, collection: Collection, id: unknown) {
  const found = storage.findById(collection, typed(id));
  if (found === null) throw new Error(`no document with _id ${String(id)}`);
  return found;
}

/** The ids of what a read yields, as plain numbers. */
export function idsOf(documents: Iterable<{ readonly bytes: Uint8Array }>): unknown[] {
  return [...documents].map(({ bytes }) => idOf(bytes));
}

export function idOf(bytes: Uint8Array): unknown {
  const { _id } = decode(bytes);
  return _id instanceof Int32 ? _id.value : _id;
}

/** Every entry of the index, in its order or against it. */
export function wholeIndex(collection: Collection, name: string, direction: 1 | -1 = 1): Plan {
  const index = collection.indexes.find((one) => one.name === name);
  if (index === undefined) throw new Error(`no index ${name}`);
  const ranges = [{ from: Uint8Array.of(0), to: Uint8Array.of(255) }];
  return { kind: "index", index, ranges, direction, sorted: true, isPoint: false };
}
