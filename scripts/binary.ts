// `npm run binary`: dist/fleetcron-agent for this machine. `npm run binary:all`: for every machine, with checksums.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../src/errors.ts";
import { type Bundle, bundle } from "./binary/bundle.ts";
import { inject } from "./binary/inject.ts";
import { megabytes, prepareNode } from "./binary/node-base.ts";
import { binaryName, isHost, nodeOs, type Target, targets } from "./binary/targets.ts";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");
const cache = join(root, "node_modules", ".cache", "fleetcron", "binary");
const say = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const wanted = process.argv.includes("--all") ? targets : targets.filter(isHost);
  if (wanted.length === 0) throw new Error(`no single file is made for ${process.platform} ${process.arch}`);
  mkdirSync(dist, { recursive: true });
  const made = await bundle(root, join(cache, "bundle"));
  const names: string[] = [];
  for (const target of wanted) {
    say(`\n${nodeOs(target)}-${target.arch}`);
    try {
      names.push(await makeBinary(target, made));
    } catch (error) {
      if (isHost(target)) throw error;
      say(`NOT MADE: ${messageOf(error)}`);
    }
  }
  writeFileSync(join(dist, "SHA256SUMS"), names.map(checksumLine).join(""));
  say("\nchecksums: dist/SHA256SUMS");
}

async function makeBinary(target: Target, made: Bundle): Promise<string> {
  const name = binaryName(target);
  const output = join(dist, name);
  await inject({ root, bundle: made, target, node: prepareNode(target, cache, say), cache, output });
  say(`dist/${name}: ${megabytes(statSync(output).size)}`);
  if (!isHost(target)) say("NOT RUN: it is for another machine than this");
  return name;
}

/** As `sha256sum --check` reads it. */
function checksumLine(name: string): string {
  const sum = createHash("sha256").update(readFileSync(join(dist, name)));
  return `${sum.digest("hex")}  ${name}\n`;
}

await main();
