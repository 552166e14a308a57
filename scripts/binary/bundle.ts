// All of src/ and its packages in two files: the program, and the thread of the embedded store.
import { join } from "node:path";
import { build } from "esbuild";

export interface Bundle {
  readonly program: string;
  readonly worker: string;
}

/**
 * Writes the bundle into `dir`, where the two lie as their sources lie in src/: directly below the root of the clone
 * it runs like them. A warning is an error: it tells of code that works from the sources alone.
 */
export async function bundle(root: string, dir: string): Promise<Bundle> {
  const { warnings } = await build({
    entryPoints: {
      "cli/main": join(root, "src", "main.ts"),
      "embedded/worker": join(root, "src", "embedded", "worker.ts"),
    },
    outdir: dir,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    // The other form of some packages finds its parts by a `require` that no bundler sees through.
    mainFields: ["module", "main"],
    define: { "import.meta.dirname": "__dirname", "import.meta.filename": "__filename" },
    // Names stay, for stack traces and for code that asks for them. The rest is weight: an agent holds its source.
    keepNames: true,
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: "warning",
  });
  if (warnings.length > 0) throw new Error(`${warnings.length} warnings while bundling`);
  return { program: join(dir, "cli", "main.cjs"), worker: join(dir, "embedded", "worker.cjs") };
}
