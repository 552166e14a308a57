// One bundle + one Node = one file, by pkg's simple way: Node's own single executable application, nothing patched.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Script } from "node:vm";
import pkg from "@yao-pkg/pkg/lib-es5/sea.js";
import { build } from "esbuild";
import { embeddedWorkerAsset } from "../../src/runtime/assets.ts";
import type { Bundle } from "./bundle.ts";
import { chunkAsset, codeCacheAsset, wrapChunk } from "./chunk.ts";
import { isHost, type Target } from "./targets.ts";

export interface Injection {
  readonly root: string;
  readonly bundle: Bundle;
  readonly target: Target;
  /** The Node to inject into; it stays as it is. */
  readonly node: string;
  /** For what is made on the way. */
  readonly cache: string;
  readonly output: string;
}

type Assets = Readonly<Record<string, string>>;

export async function inject({ root, bundle, target, node, cache, output }: Injection): Promise<void> {
  const { platform, arch } = target;
  const chunks = Object.fromEntries(bundle.chunks.map((file) => [chunkAsset(file), file]));
  // Compiled code fits only the machine it was compiled on.
  const codeCaches = isHost(target) ? compileChunks(bundle.chunks, join(cache, "code")) : {};
  const seaConfig = {
    assets: { ...shippedFiles(root), [embeddedWorkerAsset]: bundle.worker, ...chunks, ...codeCaches },
    useCodeCache: isHost(target),
    useSnapshot: false,
    disableExperimentalSEAWarning: true,
    // SIGUSR1 would open a debugger to everybody on this machine.
    execArgv: ["--disable-sigusr1"],
    // NODE_OPTIONS of whoever starts it is for Node programs, which this no longer is.
    execArgvExtension: "none",
  };
  await pkg.default(await bundleStart(root, cache), {
    targets: [{ platform, arch, nodeRange: `node${process.versions.node}`, output }],
    nodePath: node,
    // Only says that this very version of Node writes the code for the other: pkg would else run the other to ask it.
    useLocalNode: true,
    signature: true,
    seaConfig,
  });
}

/** By the Node that runs this: the very one that goes into a file for this machine. */
function compileChunks(chunks: readonly string[], dir: string): Assets {
  mkdirSync(dir, { recursive: true });
  const files = chunks.map((chunk) => {
    const file = join(dir, `${basename(chunk)}.code`);
    writeFileSync(file, new Script(wrapChunk(readFileSync(chunk, "utf8"))).createCachedData());
    return [codeCacheAsset(chunk), file];
  });
  return Object.fromEntries(files);
}

async function bundleStart(root: string, cache: string): Promise<string> {
  const outfile = join(cache, "run-chunks.cjs");
  const entryPoints = [join(root, "scripts", "binary", "run-chunks.ts")];
  await build({ entryPoints, outfile, bundle: true, platform: "node", target: "node24", format: "cjs" });
  return outfile;
}

/** What `shippedFile` of src/runtime/assets.ts is asked for. */
function shippedFiles(root: string): Assets {
  const templates = readdirSync(join(root, "service-templates")).map((name) => `service-templates/${name}`);
  return Object.fromEntries(["package.json", ...templates].map((path) => [path, join(root, path)]));
}
