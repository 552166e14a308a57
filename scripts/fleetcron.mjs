#!/usr/bin/env node
// The command people type. From a clone it runs the sources, from an installed package the build.
import { existsSync } from "node:fs";

const needed = 24;
if (Number(process.versions.node.split(".")[0]) < needed) {
  process.stderr.write(
    `fleetcron: expected Node ${needed} or newer, got ${process.versions.node}; in a clone use: npx fleetcron\n`,
  );
  process.exit(1);
}
const source = new URL("../src/main.ts", import.meta.url);
await import(existsSync(source) ? source.href : new URL("../dist/main.js", import.meta.url).href);
