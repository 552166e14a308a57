// What the build of the single file and its start have to agree about.
import { basename } from "node:path";

/** Where the single file holds a chunk of the program, by its file name. */
export function chunkAsset(name: string): string {
  return `chunks/${basename(name)}`;
}

/** Where it holds what Node compiled of that chunk: only in a file for the machine it was compiled on. */
export function codeCacheAsset(name: string): string {
  return `${chunkAsset(name)}.code`;
}

/** The file name of the chunk that starts the program. */
export const entryChunk = "main.cjs";

/** A chunk as a function of what every CommonJS module gets. Compiled code counts only for the very same text. */
export function wrapChunk(source: string): string {
  return `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
}
