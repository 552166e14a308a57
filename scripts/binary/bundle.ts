// All of src/ and its packages in few files: the program in chunks, and the thread of the embedded store in one piece.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type BuildOptions, build, transform } from "esbuild";
import { entryChunk } from "./chunk.ts";

export interface Bundle {
  /** The chunk that starts the program. */
  readonly program: string;
  /** All chunks, the one that starts it among them; they lie in one folder. */
  readonly chunks: readonly string[];
  readonly worker: string;
}

/** Of every part. */
export const common = {
  bundle: true,
  platform: "node",
  target: "node24",
  // The other form of some packages finds its parts by a `require` that no bundler sees through.
  mainFields: ["module", "main"],
  // What the driver brings along and loads at every start: Node has the one, and hardly any password needs the other.
  alias: { "whatwg-url": "node:url", "@mongodb-js/saslprep": join(import.meta.dirname, "saslprep.ts") },
  define: { "import.meta.dirname": "__dirname", "import.meta.filename": "__filename" },
  // Names stay, for stack traces. The rest is weight: an agent holds its source.
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: "warning",
} satisfies BuildOptions;

/**
 * Writes the bundle into `dir`, where its files lie as their sources lie in src/: directly below the root of the clone
 * the program runs like them. What is imported only when it is needed stays in chunks of its own: a start that does not
 * need the database driver does not read it. A warning is an error: it tells of code that works from the sources alone.
 */
export async function bundle(root: string, dir: string): Promise<Bundle> {
  const chunks = await bundleProgram(join(root, "src", "main.ts"), dir);
  const worker = join(dir, "embedded", "worker.cjs");
  const entry = join(root, "src", "embedded", "worker.ts");
  refuse(await build({ ...common, entryPoints: [entry], outfile: worker, format: "cjs" }));
  return { program: join(dir, "cli", entryChunk), chunks, worker };
}

/** esbuild splits only ECMAScript modules, and the single file starts only CommonJS: so first the one, then the other. */
async function bundleProgram(entry: string, dir: string): Promise<readonly string[]> {
  const result = await build({
    ...common,
    entryPoints: { "cli/main": entry },
    outdir: dir,
    outExtension: { ".js": ".cjs" },
    chunkNames: "cli/[name]-[hash]",
    splitting: true,
    format: "esm",
    write: false,
  });
  refuse(result);
  const { platform, target, minifySyntax, minifyWhitespace } = common;
  // Chunks of an earlier build have other names.
  rmSync(join(dir, "cli"), { recursive: true, force: true });
  for (const { path, text } of result.outputFiles) {
    const { code } = await transform(text, {
      ...{ format: "cjs", platform, target, minifySyntax, minifyWhitespace },
      // An `import()` becomes a `require` in its own time: a single file has no loader for modules.
      supported: { "dynamic-import": false },
    });
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, code);
  }
  return result.outputFiles.map(({ path }) => path);
}

function refuse({ warnings }: { readonly warnings: readonly unknown[] }): void {
  if (warnings.length > 0) throw new Error(`${warnings.length} warnings while bundling`);
}
