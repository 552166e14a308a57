// Files that ship beside the program; the only user of import.meta, so that a single-file build has one place to change.
import { readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";

/** The folder that holds package.json: the root of the clone or of the installed package. */
const packageDir = join(import.meta.dirname, "..", "..");

/** The folder of the program a person started: where a config file may lie beside it. */
export function programDir(): string {
  return process.argv[1] === undefined ? packageDir : dirname(process.argv[1]);
}

/** The version in package.json. */
export function productVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageDir, "package.json"), "utf8"));
  return String((manifest as { version?: unknown }).version);
}

/** The embedded store's thread: the source as long as the sources run, else what was built from it. */
export function embeddedWorkerFile(): string {
  return join(import.meta.dirname, "..", "embedded", `worker${extname(import.meta.filename)}`);
}
