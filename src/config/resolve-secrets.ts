// Secrets as written → values: from the config itself, a variable or a file.
import { isAbsolute, join, resolve } from "node:path";
import type { Secret, Secrets } from "../model/secret.ts";
import { type ConfigProblem, expected, type Path } from "./problem.ts";
import type { RawConfig } from "./schema.ts";
import { readValueFile } from "./value-file.ts";

type RawSecret = RawConfig["secrets"][string];

export interface SecretPlaces {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths start from: that of the config file. */
  readonly baseDir: string;
  readonly homeDir: string;
  /** false: a secret whose variable or file is not there is the empty text. Default true. */
  readonly needsSecrets?: boolean | undefined;
}

/** Every secret that has a value, and a problem for every one that has none. */
export function resolveSecrets(
  raw: RawConfig["secrets"],
  places: SecretPlaces,
): { readonly secrets: Secrets; readonly problems: readonly ConfigProblem[] } {
  const secrets = new Map<string, Secret>();
  const problems: ConfigProblem[] = [];
  for (const [name, secret] of Object.entries(raw)) {
    const found = resolveSecret(["secrets", name], secret, places);
    if (typeof found === "string") secrets.set(name, { value: found, hosts: hostsOf(secret) });
    else problems.push(found);
  }
  return { secrets, problems };
}

/** Absolute form of a path in the config: `~/` is the home folder, relative paths start at `baseDir`. */
export function resolvePath(path: string, { baseDir, homeDir }: Pick<SecretPlaces, "baseDir" | "homeDir">): string {
  if (path === "~" || path.startsWith("~/")) return join(homeDir, path.slice(1));
  return isAbsolute(path) ? path : resolve(baseDir, path);
}

/** One value in any of its forms: the text itself, or what is wrong with it. */
export function resolveSecret(path: Path, secret: RawSecret, places: SecretPlaces): string | ConfigProblem {
  if (typeof secret === "string") return secret;
  const { value, env, file } = secret;
  const given = Object.entries({ value, env, file }).filter(([, part]) => part !== undefined);
  if (given.length !== 1) {
    const names = given.map(([part]) => `"${part}"`).join(" and ");
    const text = `expected exactly one of "value", "env" and "file", got ${names === "" ? "none" : names}`;
    return { path, text };
  }
  if (value !== undefined) return value;
  const found =
    env === undefined
      ? fromFile([...path, "file"], resolvePath(file ?? "", places))
      : fromVariable([...path, "env"], env, places.env);
  return places.needsSecrets === false && typeof found !== "string" ? "" : found;
}

function fromVariable(path: Path, variable: string, env: SecretPlaces["env"]): string | ConfigProblem {
  const value = env[variable] ?? "";
  if (value !== "") return value;
  // Somebody may have put the secret itself here: only what looks like a variable's name is shown.
  const shown = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(variable) ? `${variable}, which` : "one that";
  const text = `expected the name of an environment variable with a value, got ${shown} is not set`;
  return { path, text };
}

function fromFile(path: Path, file: string): string | ConfigProblem {
  const content = readValueFile(file);
  if ("reason" in content) {
    return { path, text: `expected a readable file, got ${JSON.stringify(file)} (${content.reason})` };
  }
  return content.value !== "" ? content.value : expected(path, "a file that is not empty", content.value);
}

/** Host names compare in lower case. */
function hostsOf(secret: RawSecret): readonly string[] | null {
  if (typeof secret === "string" || secret.hosts === undefined) return null;
  return Object.freeze(secret.hosts.map((host) => host.toLowerCase()));
}
