// Jobs from a file, a folder of files or standard input.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import { FleetCronError, messageOf } from "../errors.ts";
import type { Cli } from "./cli.ts";
import { isJobFileName, parseJobsText } from "./parse-jobs-text.ts";

/**
 * The jobs of one file, not yet checked. `-` is standard input.
 * @throws file_unreadable with the path; job_invalid with line and column where it is neither JSON nor YAML
 */
export async function readJobsFile(cli: Cli, file: string): Promise<readonly unknown[]> {
  const { name, text } = await readText(cli, file);
  return parseJobsText(name, text);
}

export interface FileJob {
  /** As a person would name it. */
  readonly file: string;
  readonly document: unknown;
}

export interface JobFiles {
  readonly jobs: readonly FileJob[];
  /** Of files that cannot be read, one line each. */
  readonly problems: readonly string[];
}

/**
 * The jobs of one file, or of every `.json`, `.yaml` and `.yml` file in a folder and below it. What is wrong with one
 * file does not keep the others from being read. Throws `file_unreadable` where there is nothing to read at all.
 */
export async function readJobFiles(cli: Cli, path: string): Promise<JobFiles> {
  const jobs: FileJob[] = [];
  const problems: string[] = [];
  for (const file of listFiles(cli, path)) {
    try {
      for (const document of await readJobsFile(cli, file)) jobs.push({ file, document });
    } catch (error) {
      if (!(error instanceof FleetCronError)) throw error;
      problems.push(error.message, ...error.details);
    }
  }
  return { jobs, problems };
}

function listFiles({ cwd }: Cli, path: string): readonly string[] {
  const whole = resolve(cwd, path);
  if (path === "-" || !statSync(whole, { throwIfNoEntry: false })?.isDirectory()) return [path];
  const names = readdirSync(whole, { recursive: true, encoding: "utf8" }).filter((name) => {
    return isJobFileName(name) && !/(^|[\\/])\./.test(name) && statSync(join(whole, name)).isFile();
  });
  if (names.length > 0) return names.sort().map((name) => relative(cwd, join(whole, name)));
  throw new FleetCronError("file_unreadable", `no jobs in ${whole}: expected files ending in .json, .yaml or .yml`);
}

async function readText(cli: Cli, file: string): Promise<{ readonly name: string; readonly text: string }> {
  const name = file === "-" ? "standard input" : resolve(cli.cwd, file);
  try {
    const bytes = file === "-" ? await buffer(cli.stdin) : readFileSync(name);
    return { name, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch (error) {
    const why = error instanceof TypeError ? "it is not UTF-8" : reasonOf(error);
    throw new FleetCronError("file_unreadable", `cannot read ${name}: ${why}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  const words: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file",
    EACCES: "permission denied",
    EISDIR: "it is a folder",
  };
  return words[code ?? ""] ?? messageOf(error);
}
