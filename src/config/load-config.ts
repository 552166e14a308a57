// The one way to a config: find the file, lay the environment and flags over it, check everything, resolve secrets.
import { basename, dirname } from "node:path";
import { FleetCronError } from "../errors.ts";
import { buildConfig } from "./build-config.ts";
import { checkConfig } from "./check-config.ts";
import type { Config } from "./config.ts";
import { configEntries } from "./config-entries.ts";
import { findConfigFile, searchPath } from "./find-config-file.ts";
import { applyEnvironment, applyFlags, Draft } from "./layers.ts";
import { expected, renderConfigProblem, renderPath } from "./problem.ts";
import { readConfigFile } from "./read-config-file.ts";
import { resolveChannels } from "./resolve-channels.ts";
import { resolveNetwork } from "./resolve-network.ts";
import { resolveSecrets } from "./resolve-secrets.ts";
import { isTree } from "./tree.ts";
import { configWarnings } from "./warnings.ts";

export interface LoadedConfig {
  readonly config: Config;
  /** Absolute; null when there is none and the environment or defaults suffice. */
  readonly file: string | null;
  /** Dotted path → "default", "fleetcron.config.json:12", "FLEETCRON_TZ", "FLEETCRON_MONGODB_URI_FILE" or "--set". */
  readonly origins: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

export interface ConfigRequest {
  /** `--config`. */
  readonly configPath?: string | undefined;
  /** `--set`, each `key=value` with a dotted key. */
  readonly set?: readonly string[] | undefined;
  readonly insecurePermissions?: boolean | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly programDir: string;
  readonly homeDir: string;
  /** false where the caller brings its own store. Default true. */
  readonly requireUri?: boolean | undefined;
  /**
   * false where only the names of secrets count: a service manager may give their values to the agent alone. Default
   * true.
   */
  readonly needsSecrets?: boolean | undefined;
  /** Whether a file must be there even if the environment suffices. Default false. */
  readonly requireFile?: boolean | undefined;
}

/** A FleetCronError has no place for it, and only `config check` asks. */
const filesOfErrors = new WeakMap<object, string>();

/**
 * Finds, reads, checks and resolves the config.
 * @throws config_missing when there is none and it is needed
 * @throws config_invalid with every problem, one line each, in `details`
 * @throws config_permissions when others can read the secrets in it
 */
export function loadConfig(request: ConfigRequest): LoadedConfig {
  const file = findConfigFile(request);
  if (file === null) requireSomething(request);
  try {
    return loadFrom(file, request);
  } catch (error) {
    if (file !== null && error instanceof FleetCronError) filesOfErrors.set(error, file);
    throw error;
  }
}

/** Every value at its default: for a caller that brings its own database and reads nobody's config. */
export function defaultConfig(homeDir: string): LoadedConfig {
  return loadFrom(null, { env: {}, cwd: homeDir, programDir: homeDir, homeDir, requireUri: false });
}

/** The file that an error of loadConfig is about, or null. */
export function fileOfConfigError(error: FleetCronError): string | null {
  return filesOfErrors.get(error) ?? null;
}

function requireSomething(request: ConfigRequest): void {
  const { env, requireUri = true, requireFile = false } = request;
  const enough =
    !requireUri ||
    env.FLEETCRON_MONGODB_URI ||
    env.FLEETCRON_MONGODB_URI_FILE ||
    env.FLEETCRON_STORE === "embedded" ||
    (request.set ?? []).includes("store=embedded");
  if (enough && !requireFile) return;
  throw new FleetCronError("config_missing", "found no config", {
    details: [
      "run: fleetcron init, which writes one to edit, or set FLEETCRON_MONGODB_URI",
      ...searchPath(request).map((path) => `looked for ${path}`),
    ],
  });
}

function loadFrom(file: string | null, request: ConfigRequest): LoadedConfig {
  const { env, cwd, homeDir, requireUri = true, needsSecrets } = request;
  const draft = startDraft(file, request.insecurePermissions ?? false);
  applyEnvironment(draft, env, cwd);
  applyFlags(draft, request.set ?? []);

  const { raw, sound, problems } = checkConfig(draft.values);
  const places = { env, homeDir, baseDir: file === null ? cwd : dirname(file), needsSecrets };
  const { secrets, problems: secretProblems } = resolveSecrets(sound.secrets ?? {}, places);
  const outer = resolveNetwork(sound.tls, places);
  const { channels, problems: channelProblems } = resolveChannels(sound.notify ?? {}, places);
  const needsUri = requireUri && draft.values.store !== "embedded";
  const missing = needsUri && draft.values.mongodb_uri === undefined ? [missingUri] : [];
  const details = [
    ...draft.problems.map((problem) => renderConfigProblem(problem, problem.origin)),
    ...missing.map((problem) => renderConfigProblem(problem, file === null ? "environment" : basename(file))),
    ...[...problems, ...secretProblems, ...channelProblems, ...outer.problems].map((problem) =>
      renderConfigProblem(problem, problem.origin ?? draft.originOf(problem.path)),
    ),
  ];
  if (details.length > 0 || raw === null) throw invalid(file, details);

  const said = { retentionDays: draft.values.retention_days !== undefined };
  const config = buildConfig(raw, { secrets, channels, network: outer.network, ...places, said });
  const dbNameOrigin = draft.originOf(["db_name"]);
  const warnings = Object.freeze(configWarnings(config, raw, { env, dbNameOrigin }));
  return Object.freeze({ config, file, origins: originsOf(config, draft), warnings });
}

const missingUri = expected(["mongodb_uri"], "a connection string such as mongodb://db.example.com:27017", undefined);

/** The file's values; a file that is no JSON object ends here, because nothing else could be said about it. */
function startDraft(file: string | null, insecurePermissions: boolean): Draft {
  if (file === null) return new Draft({}, new Map());
  const name = basename(file);
  const { value, lines, problems } = readConfigFile(file, insecurePermissions);
  if (value === undefined) {
    throw invalid(
      file,
      problems.map((problem) => renderConfigProblem(problem, `${name}:${problem.line}`)),
    );
  }
  if (!isTree(value)) throw invalid(file, [renderConfigProblem(expected([], "a JSON object", value), `${name}:1`)]);
  const draft = new Draft(value, new Map([...lines].map(([path, line]) => [path, `${name}:${line}`])));
  for (const problem of problems) draft.problems.push({ ...problem, origin: `${name}:${problem.line}` });
  return draft;
}

function invalid(file: string | null, details: readonly string[]): FleetCronError {
  const count = details.length === 1 ? "1 problem" : `${details.length} problems`;
  return new FleetCronError("config_invalid", `${file ?? "the config of environment and flags"}: ${count}`, {
    details,
  });
}

/** One entry for each value that `config show` lists. */
function originsOf(config: Config, draft: Draft): ReadonlyMap<string, string> {
  return new Map(configEntries(config).map(({ path }) => [renderPath(path), draft.originOf(path)]));
}
