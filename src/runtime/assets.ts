// Files that ship with the program: beside the sources, in the installed package, or inside the single file. The only
// place that knows which, and the only user of import.meta.
import { readFileSync, realpathSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { getAsset, isSea } from "node:sea";

/** The folder that holds package.json: the root of the clone or of the installed package. */
const packageDir = join(import.meta.dirname, "..", "..");

/** The folder of the program a person started: where a config file may lie beside it. */
export function programDir(): string {
  if (isSea()) return dirname(process.execPath);
  return process.argv[1] === undefined ? packageDir : dirname(process.argv[1]);
}

/** What starts this program again, whatever the PATH: an absolute path, and its first arguments. */
export function programCommand(): readonly string[] {
  if (isSea() || process.argv[1] === undefined) return [process.execPath];
  return [process.execPath, realpathSync(process.argv[1])];
}

/** How a person calls this program in a shell. */
export function programCall(): string {
  if (!isSea()) return "npx fleetcron";
  return /\s/.test(process.execPath) ? `"${process.execPath}"` : process.execPath;
}

/** The text of a file that ships with the program, by its path below the root of the package. */
export function shippedFile(path: string): string {
  return isSea() ? getAsset(path, "utf8") : readFileSync(join(packageDir, path), "utf8");
}

/** The version in package.json. */
export function productVersion(): string {
  const manifest: unknown = JSON.parse(shippedFile("package.json"));
  return String((manifest as { version?: unknown }).version);
}

/** What the single file holds the embedded store's thread as: its code in one piece. */
export const embeddedWorkerAsset = "embedded-worker.js";

/** The embedded store's thread, as the constructor of Worker takes it: the source or its build, else its code. */
export function embeddedWorker(): { readonly entry: string; readonly eval: boolean } {
  if (isSea()) return { entry: getAsset(embeddedWorkerAsset, "utf8"), eval: true };
  const file = join(import.meta.dirname, "..", "embedded", `worker${extname(import.meta.filename)}`);
  return { entry: file, eval: false };
}
