// A copy of the sources in which one thing at a time is broken.
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Mutant {
  readonly title: string;
  /** Below src/. */
  readonly file: string;
  /** Occurs once in its file: a test sees to that. */
  readonly from: string;
  readonly to: string;
}

export interface SourceCopy extends Disposable {
  readonly dir: string;
  /** Does the work while the copy has this mutant. */
  withMutant<T>(mutant: Mutant, work: () => T | Promise<T>): Promise<T>;
}

const root = join(import.meta.dirname, "..", "..");

/** Copies these files and folders of the project, with its packages, to where they can be broken. */
export function copySources(names: readonly string[]): SourceCopy {
  const dir = mkdtempSync(join(tmpdir(), "fleetcron-mutants-"));
  for (const name of names) cpSync(join(root, name), join(dir, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(dir, "node_modules"));
  return {
    dir,
    withMutant: async ({ title, file, from, to }, work) => {
      const path = join(dir, "src", file);
      const source = readFileSync(path, "utf8");
      const [before, after, ...more] = source.split(from);
      if (before === undefined || after === undefined || more.length > 0) {
        throw new Error(`${title}: expected one ${JSON.stringify(from)} in ${file}`);
      }
      writeFileSync(path, before + to + after);
      try {
        return await work();
      } finally {
        writeFileSync(path, source);
      }
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}
