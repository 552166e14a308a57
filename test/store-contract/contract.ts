// What the store may rely on, as tables of cases that run against every server. The truth is MongoDB: every expected
// value was measured on it.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import {
  type Collection,
  type Db,
  type Document,
  type IndexDescription,
  MongoBulkWriteError,
  MongoClient,
  MongoError,
  MongoServerError,
} from "mongodb";
import { forEachTarget, type SuiteTarget } from "../helpers/mongo-targets.ts";

export interface CaseContext {
  /** Fresh for the case, with its documents and indexes. */
  readonly collection: Collection<Document>;
  readonly db: Db;
  readonly client: MongoClient;
  readonly target: SuiteTarget;
  /** The client's own, so that a fail point can be meant for it alone. */
  readonly appName: string;
}

interface CaseBody {
  /** Inserted before `run`, in this order. The collection is not there when nothing is to be inserted. */
  readonly documents?: readonly Document[];
  /** Created before the documents are inserted. */
  readonly indexes?: readonly IndexDescription[];
  /** What it throws counts as the result `errorOf(thrown)`. */
  readonly run: (context: CaseContext) => Promise<unknown>;
  readonly expected: unknown;
  /** Where a replica set answers otherwise than a standalone server. */
  readonly expectedOnReplicaSet?: unknown;
}

/** A difference that the embedded store keeps on purpose says so in its name. */
export type ContractCase = CaseBody &
  (
    | { readonly name: `differs: ${string}`; readonly expectedOnEmbedded: unknown }
    | { readonly name: string; readonly expectedOnEmbedded?: never }
  );

export type TargetKind = "standalone" | "replicaSet" | "embedded";

/** One test per case and server. */
export async function testContract(suite: string, cases: readonly ContractCase[]): Promise<void> {
  await forEachTarget(suite, (target) => {
    const connected = connectForSuite(target);
    for (const [index, one] of cases.entries()) {
      test(one.name, async () => {
        const { client, db, appName, kind } = connected();
        const collection = db.collection<Document>(`case_${index}`);
        if (one.indexes !== undefined) await collection.createIndexes([...one.indexes]);
        if (one.documents !== undefined) await collection.insertMany([...one.documents]);
        const result = await one.run({ collection, db, client, target, appName }).catch(errorOf);
        assert.deepEqual(result, expectedOn(kind, one));
      });
    }
  });
}

export interface Connected {
  readonly client: MongoClient;
  readonly db: Db;
  readonly appName: string;
  readonly kind: TargetKind;
}

/** Declares the client of a suite: connected before its tests, closed after them. */
export function connectForSuite(target: SuiteTarget): () => Connected {
  const appName = `contract-${randomUUID()}`;
  const client = new MongoClient(target.uri, { appName, serverSelectionTimeoutMS: 20_000 });
  let kind: TargetKind = "standalone";
  before(async () => {
    const { setName } = await client.db("admin").command({ hello: 1 });
    if (target.name === "embedded") kind = "embedded";
    else if (setName !== undefined) kind = "replicaSet";
  });
  after(() => client.close());
  return () => ({ client, db: client.db(target.dbName), appName, kind });
}

function expectedOn(kind: TargetKind, one: ContractCase): unknown {
  if (kind === "embedded" && one.expectedOnEmbedded !== undefined) return one.expectedOnEmbedded;
  if (kind === "replicaSet" && one.expectedOnReplicaSet !== undefined) return one.expectedOnReplicaSet;
  return one.expected;
}

export const refused = (code: number) => ({ refused: code });

/** What a refusal says that programs decide by; a duplicate's text as well, with `coll` for the collection's full name. */
export function errorOf(error: unknown): unknown {
  if (!(error instanceof MongoError)) throw error;
  if (!(error instanceof MongoServerError) || error.code === undefined) return { failed: error.name };
  if (error.code !== 11_000 || error instanceof MongoBulkWriteError) return refused(Number(error.code));
  const { code, keyPattern, keyValue } = error;
  return { refused: code, keyPattern, keyValue, errmsg: duplicateText(error.message) };
}

export function duplicateText(errmsg: string | undefined): string {
  return String(errmsg).replace(/collection: \S+/, "collection: coll");
}

/** All documents, by `_id`. */
export function readAll(collection: Collection<Document>): Promise<Document[]> {
  return collection.find({}, { sort: { _id: 1 } }).toArray();
}

/** The values of one field of what a query finds, in the order of the answer. */
export async function idsOf(found: { toArray(): Promise<Document[]> }): Promise<unknown[]> {
  return (await found.toArray()).map(({ _id }) => _id);
}
