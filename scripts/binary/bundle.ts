// All of src/ and its packages in two files: the program, and the thread of the embedded store.
import { join } from "node:path";
import { build } from "esbuild";

export interface Bundle {
  readonly program: string;
  readonly worker: string;
}

/** Writes the bundle into `dir`. A warning is an error: it tells of code that works from the sources alone. */
export async function bundle(root: string, dir: string): Promise<Bundle> {
  const { warnings } = await build({
    entryPoints: { program: join(root, "src", "main.ts"), worker: join(root, "src", "embedded", "worker.ts") },
    outdir: dir,
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
  return { program: join(dir, "program.js"), worker: join(dir, "worker.js") };
}
