// One bundle + one Node = one file, by pkg's simple way: Node's own single executable application, nothing patched.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import pkg from "@yao-pkg/pkg/lib-es5/sea.js";
import { embeddedWorkerAsset } from "../../src/runtime/assets.ts";
import type { Bundle } from "./bundle.ts";
import { isHost, type Target } from "./targets.ts";

export interface Injection {
  readonly root: string;
  readonly bundle: Bundle;
  readonly target: Target;
  /** The Node to inject into; it stays as it is. */
  readonly node: string;
  readonly output: string;
}

export async function inject({ root, bundle, target, node, output }: Injection): Promise<void> {
  const { platform, arch } = target;
  const seaConfig = {
    assets: { ...shippedFiles(root), [embeddedWorkerAsset]: bundle.worker },
    // Compiled code fits only the machine it was compiled on.
    useCodeCache: isHost(target),
    useSnapshot: false,
    disableExperimentalSEAWarning: true,
    // SIGUSR1 would open a debugger to everybody on this machine.
    execArgv: ["--disable-sigusr1"],
    // NODE_OPTIONS of whoever starts it is for Node programs, which this no longer is.
    execArgvExtension: "none",
  };
  await pkg.default(bundle.program, {
    targets: [{ platform, arch, nodeRange: `node${process.versions.node}`, output }],
    nodePath: node,
    // Only says that this very version of Node writes the code for the other: pkg would else run the other to ask it.
    useLocalNode: true,
    signature: true,
    seaConfig,
  });
}

/** What `shippedFile` of src/runtime/assets.ts is asked for. */
function shippedFiles(root: string): Record<string, string> {
  const templates = readdirSync(join(root, "service-templates")).map((name) => `service-templates/${name}`);
  return Object.fromEntries(["package.json", ...templates].map((path) => [path, join(root, path)]));
}
