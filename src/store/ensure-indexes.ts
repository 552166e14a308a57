// Creates what is missing of the indexes. An index counts by what it does, not by its name: an administrator may have
// made it by hand, and one of the right name may do something else.
import { type Collection, type Document, MongoServerError } from "mongodb";
import { FleetCronError } from "../errors.ts";
import type { Store } from "./connect.ts";
import { type IndexDefinition, indexDefinitions, jobNameIndex } from "./indexes.ts";

export interface IndexConflict {
  readonly collection: string;
  /** The name in our table. */
  readonly index: string;
  /** What is there, what was expected, and what to do. */
  readonly text: string;
}

export interface IndexReport {
  /** `<collection>.<name>` of each that no index stands for. */
  readonly missing: readonly string[];
  readonly conflicts: readonly IndexConflict[];
}

export interface EnsuredIndexes {
  /** `<collection>.<name>` of each that was missing. */
  readonly created: readonly string[];
  readonly conflicts: readonly IndexConflict[];
}

const codes = { namespaceNotFound: 26, optionsConflict: 85, keySpecsConflict: 86, duplicate: 11_000 };
const permissionCodes = [13, 8_000];

/**
 * Idempotent, and harmless when several agents do it at once. What stands in the way is returned, not thrown, so that
 * every conflict is told at once. Throws `store_permission` when indexes are missing and this user may not create them.
 */
export async function ensureIndexes(store: Store): Promise<EnsuredIndexes> {
  const created: string[] = [];
  const conflicts: IndexConflict[] = [];
  for (const name of new Set(indexDefinitions.map(({ collection }) => collection))) {
    const collection = store.db.collection(name);
    const existing = await listIndexes(collection);
    for (const wanted of indexDefinitions.filter((definition) => definition.collection === name)) {
      const result = await ensureIndex(collection, wanted, existing);
      if (result === "created") created.push(`${name}.${wanted.name}`);
      else if (result !== "present") conflicts.push({ collection: name, index: wanted.name, text: result.text });
    }
  }
  return { created, conflicts };
}

/** What `ensureIndexes` would find to do, without doing it. An index in the way of a missing one is a conflict. */
export async function inspectIndexes(store: Store): Promise<IndexReport> {
  const missing: string[] = [];
  const conflicts: IndexConflict[] = [];
  for (const wanted of indexDefinitions) {
    const { collection: name, name: index } = wanted;
    const collection = store.db.collection(name);
    const existing = await listIndexes(collection);
    if (isThere(wanted, existing)) continue;
    const inTheWay = findInTheWay(wanted, existing);
    if (inTheWay === undefined) missing.push(`${name}.${index}`);
    else conflicts.push({ collection: name, index, text: describeConflict(collection, wanted, inTheWay) });
  }
  return { missing, conflicts };
}

type EnsureResult = "present" | "created" | { readonly text: string };

async function ensureIndex(
  collection: Collection,
  wanted: IndexDefinition,
  existing: readonly Document[],
): Promise<EnsureResult> {
  if (isThere(wanted, existing)) return "present";
  try {
    await collection.createIndex({ ...wanted.key }, { name: wanted.name, ...wanted.options });
    return "created";
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error;
    if (permissionCodes.includes(Number(error.code))) throw mayNotCreate(collection, wanted, error);
    if (error.code === codes.duplicate) return { text: await describeDuplicates(collection, wanted) };
    if (error.code !== codes.optionsConflict && error.code !== codes.keySpecsConflict) throw error;
    return { text: describeConflict(collection, wanted, findInTheWay(wanted, existing)) };
  }
}

const hasKeyOf = (wanted: IndexDefinition) => (index: Document) => textOf(index.key) === textOf(wanted.key);

function isThere(wanted: IndexDefinition, existing: readonly Document[]): boolean {
  return existing.filter(hasKeyOf(wanted)).some((index) => describeOptions(index) === describeOptions(wanted.options));
}

function findInTheWay(wanted: IndexDefinition, existing: readonly Document[]): Document | undefined {
  return existing.find(hasKeyOf(wanted)) ?? existing.find((index) => index.name === wanted.name);
}

async function listIndexes(collection: Collection): Promise<readonly Document[]> {
  try {
    return await collection.listIndexes().toArray();
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error;
    if (error.code === codes.namespaceNotFound) return [];
    // Not allowed to look: creating is idempotent, and says itself whether it is allowed.
    if (permissionCodes.includes(Number(error.code))) return [];
    throw error;
  }
}

function mayNotCreate(collection: Collection, { name, key }: IndexDefinition, cause: MongoServerError): FleetCronError {
  return new FleetCronError(
    "store_permission",
    `this database user may not create the index ${name} ${textOf(key)} on ${collection.dbName}.${collection.collectionName}`,
    { cause, details: ["an administrator must run once: fleetcron init-db"] },
  );
}

function describeConflict(collection: Collection, wanted: IndexDefinition, existing: Document | undefined): string {
  const { collectionName } = collection;
  const name = String(existing?.name ?? wanted.name);
  const found = existing ? `${textOf(existing.key)} ${describeOptions(existing)}` : "another definition";
  const expected = `${textOf(wanted.key)} ${describeOptions(wanted.options)}`;
  const drop = `db.${collectionName}.dropIndex(${JSON.stringify(name)})`;
  return `${collectionName}: the index "${name}" is ${found}, expected ${expected}; drop it (${drop}) and run: fleetcron init-db`;
}

const mostDuplicatesTold = 5;

async function describeDuplicates(collection: Collection, wanted: IndexDefinition): Promise<string> {
  const field = Object.keys(wanted.key)[0] ?? "_id";
  const groups = await collection
    .aggregate([
      ...(wanted.options.partialFilterExpression ? [{ $match: wanted.options.partialFilterExpression }] : []),
      { $group: { _id: `$${field}`, count: { $sum: 1 } } },
      { $match: { count: { $gt: 1 } } },
      { $sort: { _id: 1 } },
      { $limit: mostDuplicatesTold + 1 },
    ])
    .toArray();
  const told = groups
    .slice(0, mostDuplicatesTold)
    .map(({ _id, count }) => `${JSON.stringify(_id)} (${count} documents)`);
  const more = groups.length > mostDuplicatesTold ? " and others" : "";
  const subject = wanted.name === jobNameIndex ? "job names must be unique" : `${field} must be unique`;
  return `${collection.collectionName}: ${subject}, but these are not: ${told.join(", ")}${more}; rename or remove all but one of each and run: fleetcron init-db`;
}

/** What an index does beside its key, in one comparable text. `hidden` is left out: a hidden index still refuses. */
function describeOptions(index: Document): string {
  const parts = [
    index.unique === true ? "unique" : "",
    index.sparse === true ? "sparse" : "",
    index.expireAfterSeconds === undefined ? "" : `expiring after ${Number(index.expireAfterSeconds)} s`,
    index.partialFilterExpression ? `where ${textOf(sorted(index.partialFilterExpression))}` : "",
    index.collation ? `with collation ${textOf(index.collation)}` : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? "(plain)" : parts.join(", ");
}

function sorted(expression: Document): Document {
  return Object.fromEntries(Object.entries(expression).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Key order counts in an index, and JSON keeps it. */
function textOf(value: unknown): string {
  return JSON.stringify(value);
}
