// What the single file starts with: runs the chunks of the program out of the file, each when it is first asked for, so
// that no command pays for what others need.
import { getAsset, getAssetKeys, getRawAsset } from "node:sea";
import { Script } from "node:vm";
import { chunkAsset, codeCacheAsset, entryChunk, wrapChunk } from "./chunk.ts";

interface Module {
  exports: unknown;
}

const loaded = new Map<string, Module>();
const assets = new Set(getAssetKeys());

function requireFrom(id: string): unknown {
  return id.startsWith("./") ? loadChunk(id.slice("./".length)) : require(id);
}

function loadChunk(name: string): unknown {
  const known = loaded.get(name);
  if (known !== undefined) return known.exports;
  const module: Module = { exports: {} };
  // Before it runs: chunks that need each other see what the other has so far, as in Node's own modules.
  loaded.set(name, module);
  const script = new Script(wrapChunk(getAsset(chunkAsset(name), "utf8")), {
    filename: `${__dirname}/${name}`,
    ...codeCacheOf(name),
  });
  script.runInThisContext()(module.exports, requireFrom, module, __filename, __dirname);
  return module.exports;
}

/** Code of another Node or machine is refused by Node itself, and the chunk compiled. */
function codeCacheOf(name: string): { readonly cachedData?: Buffer } {
  const asset = codeCacheAsset(name);
  return assets.has(asset) ? { cachedData: Buffer.from(getRawAsset(asset)) } : {};
}

loadChunk(entryChunk);
