// The Node that a single file is made of: for this machine the one that runs this script, else from the registry.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { isHost, nodeOs, type Target } from "./targets.ts";

const nodeOption = { linux: "linux", win: "win32", darwin: "darwin" } as const;

/** A copy in `dir`, without debug symbols where `strip` can; throws when the registry has none. */
export function prepareNode(target: Target, dir: string, say: (line: string) => void): string {
  const original = isHost(target) ? process.execPath : fetchNode(target, dir);
  mkdirSync(dir, { recursive: true });
  const copy = join(dir, `node-${nodeOs(target)}-${target.arch}`);
  copyFileSync(original, copy);
  if (target.platform === "linux") say(stripped(copy));
  return copy;
}

/** Before the injection: afterwards `strip` would break the program. */
function stripped(file: string): string {
  const before = statSync(file).size;
  const { status, error } = spawnSync("strip", [file], { stdio: "ignore" });
  if (status === 0) return `stripped: ${megabytes(before)} → ${megabytes(statSync(file).size)}`;
  return error === undefined
    ? "not stripped: the strip of this machine does not know the other's programs"
    : "not stripped: there is no strip on this machine";
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

function fetchNode(target: Target, dir: string): string {
  const version = process.versions.node;
  const place = join(dir, version);
  const file = join(place, "node_modules", target.nodePackage, target.nodeFile);
  if (existsSync(file)) return file;
  mkdirSync(place, { recursive: true });
  // npm checks the package against its checksum. `--force`: it is for another machine than this.
  const { status, stderr } = spawnSync(
    "npm",
    [
      ...["install", "--prefix", place, "--no-save", "--force", "--ignore-scripts"],
      ...[`--os=${nodeOption[nodeOs(target)]}`, `--cpu=${target.arch}`, `${target.nodePackage}@${version}`],
    ],
    { encoding: "utf8" },
  );
  if (status === 0 && existsSync(file)) return file;
  const reason = stderr.split("\n").find((line) => line.startsWith("npm error") && !line.includes("code"));
  throw new Error(`no ${target.nodePackage}@${version} to be had: ${reason ?? "npm failed"}`);
}
