// Whether a mongod starts at all: asked before anything is built upon it.
import { spawnSync } from "node:child_process";

export type VersionAnswer = { readonly version: string } | { readonly version: null; readonly why: string };

/** Runs `mongod --version`; `why` says in one line what to do when it does not run. */
export function readVersion(path: string): VersionAnswer {
  const { error, status, stdout, stderr } = spawnSync(path, ["--version"], { encoding: "utf8", timeout: 20_000 });
  const version = /db version v(\d+\.\d+\.\d+\S*)/.exec(stdout ?? "")?.[1];
  if (version !== undefined) return { version };
  return { version: null, why: whyItDoesNotRun(error, stderr ?? "", status) };
}

function whyItDoesNotRun(error: Error | undefined, stderr: string, status: number | null): string {
  if (error !== undefined) return error.message;
  const library = /(lib[\w.+-]+?): (?:cannot open shared object|version)/.exec(stderr)?.[1];
  if (library?.startsWith("libcurl")) return `${library} is missing (apt-get install libcurl4)`;
  if (library !== undefined) return `the library ${library} is missing`;
  const said = stderr.trim().split("\n")[0] ?? "";
  return said === "" ? `it ended with ${status} and told no version` : said;
}
