// One value for each key out of several layers: flag > variable > file named by a variable > config file > default.
import { resolve } from "node:path";
import { nearest } from "../model/nearest.ts";
import { parseConfigText } from "./config-file.ts";
import { type ConfigKey, configKeys } from "./config-keys.ts";
import { type ConfigProblem, type Path, renderPath } from "./problem.ts";
import { forbiddenNames, isTree, type Tree, valueAt } from "./tree.ts";
import { readValueFile } from "./value-file.ts";

/** The merged tree as written, not yet checked, and where each value came from. */
export class Draft {
  readonly values: Tree;
  readonly problems: (ConfigProblem & { readonly origin: string })[] = [];
  readonly warnings: string[] = [];
  readonly #origins = new Map<string, string>();

  constructor(values: Tree, origins: ReadonlyMap<string, string>) {
    this.values = values;
    for (const [path, origin] of origins) this.#origins.set(path, origin);
  }

  /** Where the value at the path stands, or the value around it that brought it; "default" when nothing said it. */
  originOf(path: Path): string {
    if (valueAt(this.values, path) === undefined) return "default";
    for (let length = path.length; length > 0; length--) {
      const origin = this.#origins.get(renderPath(path.slice(0, length)));
      if (origin !== undefined) return origin;
    }
    return "default";
  }

  /** Puts a value over what lower layers said. An object with keys of its own replaces only those it names. */
  set(path: Path, value: unknown, origin: string): void {
    if (isTree(value) && isStruct(path)) {
      for (const [name, part] of Object.entries(value)) this.set([...path, name], part, origin);
      return;
    }
    const parent = path.slice(0, -1).reduce<unknown>((object, name) => {
      if (!isTree(object)) return undefined;
      object[name] ??= {};
      return object[name];
    }, this.values);
    // A lower layer's text where an object belongs stays, and is reported.
    if (!isTree(parent)) return;
    parent[String(path.at(-1))] = value;
    const rendered = renderPath(path);
    for (const known of this.#origins.keys()) {
      if (known.startsWith(`${rendered}.`) || known.startsWith(`${rendered}[`)) this.#origins.delete(known);
    }
    this.#origins.set(rendered, origin);
  }
}

/** `FLEETCRON_<KEY>_FILE`, then `FLEETCRON_<KEY>` over it. An empty variable counts as not set. */
export function applyEnvironment(draft: Draft, env: Readonly<Record<string, string | undefined>>, cwd: string): void {
  // Objects come before what they hold, so FLEETCRON_LOG_LEVEL wins over FLEETCRON_LOG.
  for (const key of configKeys()) {
    const file = env[`${key.variable}_FILE`] ?? "";
    const text = env[key.variable] ?? "";
    if (text !== "") applyText(draft, key, text, key.variable);
    else if (file !== "") applyVariableFile(draft, key, resolve(cwd, file));
  }
}

/** `--set key=value`. Values that may be secret are refused: flags show in every process list. */
export function applyFlags(draft: Draft, flags: readonly string[]): void {
  for (const flag of flags) {
    const equals = flag.indexOf("=");
    const name = equals === -1 ? flag : flag.slice(0, equals);
    const path = name.split(".");
    const problem = (text: string) => draft.problems.push({ path, text, origin: "--set" });
    const key = configKeys().find((candidate) => candidate.path === name);
    const record = configKeys().find((candidate) => candidate.kind === "record" && candidate.path === path[0]);
    if (["mongodb_uri", "secrets", "notify"].includes(path[0] ?? "")) {
      const variable = `FLEETCRON_${path[0]?.toUpperCase()}`;
      problem(`cannot be a flag, because flags show in process lists; use the config file or ${variable}`);
    } else if (equals === -1) problem("expected --set key=value, got no value");
    else if (key !== undefined) applyText(draft, key, flag.slice(equals + 1), "--set");
    else if (path.some((part) => forbiddenNames.has(part))) problem("this name is not allowed");
    else if (record !== undefined && path.length > 1) draft.set(splitOnce(name), flag.slice(equals + 1), "--set");
    else problem(`unknown key${suggestion(name)}`);
  }
}

/** `; did you mean "…"?` for a key that is not one, or nothing. */
export function suggestion(name: string, siblings?: Iterable<string>): string {
  const paths = configKeys().map((key) => key.path);
  const near = nearest(name, siblings ?? paths) ?? paths.find((path) => path.endsWith(`.${name}`)) ?? null;
  return near === null ? "" : `; did you mean "${near}"?`;
}

function applyVariableFile(draft: Draft, key: ConfigKey, file: string): void {
  const origin = `${key.variable}_FILE`;
  const content = readValueFile(file);
  if ("value" in content) applyText(draft, key, content.value, origin);
  else {
    const text = `expected a readable file, got ${JSON.stringify(file)} (${content.reason})`;
    draft.problems.push({ path: key.path.split("."), text, origin });
  }
}

/** Text that is not of the key's kind stays text, so that the check shows it with what was expected. */
function applyText(draft: Draft, key: ConfigKey, text: string, origin: string): void {
  const path = key.path.split(".");
  if (key.kind === "object" || key.kind === "record" || (key.kind === "list" && text.trimStart().startsWith("["))) {
    const parsed = parseConfigText(text);
    for (const problem of parsed.problems) {
      draft.problems.push({ path: [...path, ...problem.path], text: problem.text, origin });
    }
    if (parsed.value !== undefined) draft.set(path, parsed.value, origin);
  } else draft.set(path, fromText(key.kind, text), origin);
}

function fromText(kind: ConfigKey["kind"], text: string): unknown {
  if (kind === "number" && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (kind === "boolean" && (text === "true" || text === "false")) return text === "true";
  if (kind === "list") return text === "" ? [] : text.split(",").map((part) => part.trim());
  return text;
}

function isStruct(path: Path): boolean {
  const rendered = renderPath(path);
  return configKeys().some((key) => key.kind === "object" && key.path === rendered);
}

function splitOnce(name: string): [string, string] {
  const dot = name.indexOf(".");
  return [name.slice(0, dot), name.slice(dot + 1)];
}
