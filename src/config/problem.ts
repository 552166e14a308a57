// What is wrong with a config, collected so that a person mends everything in one go.
import { maskedUri } from "./mongodb-uri.ts";

/** Names and indexes from the root: `["secrets", "A", "hosts", 0]`. */
export type Path = readonly (string | number)[];

export interface ConfigProblem {
  readonly path: Path;
  /** `expected a number above 0, got "30s"` */
  readonly text: string;
  /** Where it stands, when that is outside the config. */
  readonly origin?: string;
}

/** `secrets.A.hosts[0]`; names that could be misread are quoted. */
export function renderPath(path: Path): string {
  return path
    .map((part, i) => {
      if (typeof part === "number") return `[${part}]`;
      if (!/^[\w$-]+$/.test(part)) return `[${JSON.stringify(part)}]`;
      return i === 0 ? part : `.${part}`;
    })
    .join("");
}

/** `expected …, got …` with the value masked where it may be secret; `hint` follows when there is one. */
export function expected(path: Path, what: string, value: unknown, hint = ""): ConfigProblem {
  return { path, text: `expected ${what}, got ${renderValue(path, value)}${hint === "" ? "" : `; ${hint}`}` };
}

/** `http_defaults.timeout_sec: expected a number above 0, got "30s" (fleetcron.config.json:12)` */
export function renderConfigProblem(problem: ConfigProblem, origin: string): string {
  const where = problem.path.length === 0 ? "" : `${renderPath(problem.path)}: `;
  return `${where}${problem.text} (${origin})`;
}

const longest = 60;

function renderValue(path: Path, value: unknown): string {
  if (value === undefined) return "nothing";
  if (path[0] === "mongodb_uri" && typeof value === "string") return JSON.stringify(maskedUri(value));
  if (isSecretPlace(path)) return kindOf(value);
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}

/** The whole, and anything below `secrets` and `notify`, may hold a secret in the wrong place; few parts can't. */
function isSecretPlace([top, , part]: Path): boolean {
  return top === undefined || (top === "secrets" && part !== "hosts") || (top === "notify" && part !== "type");
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (value === "") return "an empty text";
  return { string: "a text", number: "a number", boolean: "true or false" }[typeof value as string] ?? "an object";
}
