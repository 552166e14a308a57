// What docs/deploy/ holds, read for its tests.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { configKeys } from "../../src/config/config-keys.ts";
import type { LoadedConfig } from "../../src/config/load-config.ts";
import type { Scratch } from "../config/scratch.ts";

export const root = join(import.meta.dirname, "..", "..");
export const read = (path: string) => readFileSync(join(root, path), "utf8");

export const { version, devDependencies } = JSON.parse(read("package.json"));
/** An agent needs up to this long to stop, in seconds: what its systemd unit grants it. */
export const stopSec = Number(/^TimeoutStopSec=(\d+)$/m.exec(read("service-templates/fleetcron.service"))?.[1]);

// biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests are about
export type Yaml = any;

/** The documents of a file, by YAML 1.1 as Compose and Kubernetes read it: with merges and octal modes. */
export function readYaml(path: string): readonly Yaml[] {
  return parseAllDocuments(read(path), { version: "1.1", merge: true }).map((document) => {
    assert.deepEqual([document.errors, document.warnings], [[], []]);
    return document.toJS();
  });
}

export interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** The Dockerfile, one entry for each instruction. */
export function readDockerfile(): readonly Instruction[] {
  const lines = read("docs/deploy/Dockerfile")
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll(/\\\n\s*/g, "");
  return lines
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => ({ name: line.split(" ")[0] ?? "", text: line.slice(line.indexOf(" ") + 1) }));
}

/** The text of the last instruction of a name. */
export function lastOf(name: string): string {
  return readDockerfile().findLast((one) => one.name === name)?.text ?? "";
}

/** What the image sets in the environment. */
export function imageEnv(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    lastOf("ENV")
      .split(" ")
      .map((pair) => pair.split("=")),
  );
}

/** The config that an agent has with these variables; each of FleetCron's must be one that it reads. */
export function loadWith(place: Scratch, env: Readonly<Record<string, string>>): LoadedConfig {
  const known = new Set([
    "FLEETCRON_CONFIG",
    ...configKeys().flatMap(({ variable }) => [variable, `${variable}_FILE`]),
  ]);
  for (const name of Object.keys(env)) assert.ok(!name.startsWith("FLEETCRON_") || known.has(name), name);
  const loaded = place.load({ env });
  assert.deepEqual(loaded.warnings, []);
  return loaded;
}
