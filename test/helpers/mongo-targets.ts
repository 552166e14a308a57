// The servers that a suite runs against. `npm test` starts them once and names them in FLEETCRON_TEST_TARGETS; a test
// file that is run alone starts its own.
import { randomBytes } from "node:crypto";
import { appendFileSync } from "node:fs";
import { after, describe, test } from "node:test";
import { MongoClient } from "mongodb";
import { ensureMongod, renderMongod } from "../../scripts/ensure-mongod.ts";
import { type MongoBinary, startTargets, type TargetName } from "./mongo-servers.ts";

export interface MongoTarget {
  readonly name: TargetName;
  readonly uri: string;
}

export interface SuiteTarget extends MongoTarget {
  /** Fresh for this suite, dropped after it. */
  readonly dbName: string;
}

interface Targets {
  readonly targets: readonly MongoTarget[];
  /** Why there is no mongod among them; null where there is one. */
  readonly missing: string | null;
}

let started: Promise<Targets> | undefined;

/** A real MongoDB to test against; undefined where there is none. */
export async function realTarget(): Promise<MongoTarget | undefined> {
  return (await findTargets()).targets.find(({ name }) => name !== "embedded");
}

/**
 * Declares the suite once per server: `await forEachTarget("serials", (target) => { test(…) })`. Where there is no
 * mongod its part is one skipped test that says so, or a failed one with CI=true.
 */
export async function forEachTarget(suiteName: string, body: (target: SuiteTarget) => void): Promise<void> {
  const found = await findTargets();
  if (found.missing !== null) declareMissing(suiteName, found.missing);
  for (const target of found.targets) declareSuite(suiteName, target, body);
}

/** Declares the suite on the embedded store alone: for what agents do, where other suites show that the servers agree. */
export async function onEmbedded(suiteName: string, body: (target: SuiteTarget) => void): Promise<void> {
  const target = (await findTargets()).targets.find(({ name }) => name === "embedded");
  if (target !== undefined) declareSuite(suiteName, target, body);
}

function declareSuite(suiteName: string, { name, uri }: MongoTarget, body: (target: SuiteTarget) => void): void {
  const dbName = `fleetcron_test_${randomBytes(6).toString("hex")}`;
  describe(`${suiteName} (${name})`, () => {
    after(async () => {
      await dropDatabase(uri, dbName);
      noteForSummary({ suite: suiteName, target: name });
    });
    body({ name, uri, dbName });
  });
}

/** The program itself, for a test that starts a server of its own; null (and a skipped test) where there is none. */
export async function ownMongod(suiteName: string): Promise<MongoBinary | null> {
  const { FLEETCRON_TEST_MONGODB_URI: _, ...env } = process.env;
  const found = await ensureMongod(env);
  if (found.kind === "binary") return found;
  declareMissing(suiteName, renderMongod(found));
  return null;
}

function findTargets(): Promise<Targets> {
  started ??= fromEnvironment() ?? startOwn();
  return started;
}

function fromEnvironment(): Promise<Targets> | null {
  const text = process.env.FLEETCRON_TEST_TARGETS;
  return text === undefined || text === "" ? null : Promise.resolve(JSON.parse(text) as Targets);
}

async function startOwn(): Promise<Targets> {
  const mongod = await ensureMongod(process.env, { say: (line) => console.error(line) });
  const running = await startTargets(mongod.kind === "binary" ? mongod : null);
  after(() => running.stop());
  const given = mongod.kind === "uri" ? [{ name: "given server" as const, uri: mongod.uri }] : [];
  const missing = mongod.kind === "none" ? renderMongod(mongod) : null;
  return { targets: [...running.targets, ...given], missing };
}

function declareMissing(suiteName: string, why: string): void {
  noteForSummary({ suite: suiteName, target: null });
  if (process.env.CI !== "true") test(suiteName, { skip: why });
  else {
    test(suiteName, () => {
      throw new Error(why);
    });
  }
}

async function dropDatabase(uri: string, dbName: string): Promise<void> {
  await using client = new MongoClient(uri, { serverSelectionTimeoutMS: 20_000 });
  await client.db(dbName).dropDatabase();
}

/** scripts/test.ts ends with what really ran, so it counts these. */
function noteForSummary(note: { readonly suite: string; readonly target: TargetName | null }): void {
  const file = process.env.FLEETCRON_TEST_NOTES;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(note)}\n`);
}
