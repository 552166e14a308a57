// Where the config file is looked for, in which order.
import { statSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { FleetCronError } from "../errors.ts";

export const configFileName = "fleetcron.config.json";

export interface SearchRequest {
  /** `--config`. */
  readonly configPath?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Folder of the program itself. */
  readonly programDir: string;
  readonly homeDir: string;
}

/**
 * The config file to use, absolute, or null when there is none at any of the usual places.
 * @throws config_missing when `--config` or FLEETCRON_CONFIG names a file that is not there
 */
export function findConfigFile(request: SearchRequest): string | null {
  const named = request.configPath ?? request.env.FLEETCRON_CONFIG;
  if (named !== undefined && named !== "") {
    const file = resolve(request.cwd, named);
    if (isFile(file)) return file;
    const by = request.configPath === undefined ? "FLEETCRON_CONFIG" : "--config";
    throw new FleetCronError("config_missing", `${by} names ${file}, which ${whyNot(file)}`);
  }
  return searchPath(request).find(isFile) ?? null;
}

/** The usual places, first match wins. */
export function searchPath({ env, cwd, programDir, homeDir }: SearchRequest): readonly string[] {
  const xdg = env.XDG_CONFIG_HOME ?? "";
  const folders = [
    programDir,
    cwd,
    // A relative XDG_CONFIG_HOME is to be ignored, says the XDG specification.
    join(isAbsolute(xdg) ? xdg : join(homeDir, ".config"), "fleetcron"),
    join(homeDir, ".fleetcron"),
    "/etc/fleetcron",
  ];
  return [...new Set(folders.map((folder) => join(folder, configFileName)))];
}

/** A folder that may not be entered counts as empty: a service often cannot see home folders, and /etc comes last. */
function isFile(file: string): boolean {
  try {
    return !statSync(file).isDirectory();
  } catch {
    return false;
  }
}

function whyNot(file: string): string {
  try {
    return statSync(file).isDirectory() ? "is a folder" : "is not readable";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EACCES"
      ? "is in a folder that may not be entered"
      : "does not exist";
  }
}
