// Checks the merged tree against the schema, and values against each other.
import type * as z from "zod";
import { nearest } from "../model/nearest.ts";
import { zoneNames } from "../model/zone.ts";
import { keyNamesBelow } from "./config-keys.ts";
import { suggestion } from "./layers.ts";
import { findUriProblem } from "./mongodb-uri.ts";
import { type ConfigProblem, expected, type Path } from "./problem.ts";
import { configSchema, type RawConfig } from "./schema.ts";
import { isTree, type Tree, valueAt } from "./tree.ts";

export interface CheckedConfig {
  /** null when a problem concerns the shape, so that nothing can be built on it. */
  readonly raw: RawConfig | null;
  /** The values that are well-formed by themselves. */
  readonly sound: Partial<RawConfig>;
  readonly problems: readonly ConfigProblem[];
}

/** Every problem of the tree, in the order of its keys. */
export function checkConfig(values: Tree): CheckedConfig {
  const result = configSchema.safeParse(values);
  if (result.success) return { raw: result.data, sound: result.data, problems: crossProblems(result.data) };
  const sound = wellFormed(values, result.error.issues);
  const problems = result.error.issues.flatMap((issue) => issueProblems(issue, [], values));
  return { raw: null, sound, problems: [...problems, ...crossProblems(sound)] };
}

function issueProblems(issue: z.core.$ZodIssue, around: Path, values: Tree): ConfigProblem[] {
  const path = [...around, ...(issue.path as Path)];
  const value = valueAt(values, path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: [...path, key], text: `unknown key${keySuggestion(path, key)}` }));
  }
  if (issue.code === "invalid_key") {
    // Names are no secrets: this one is shown even below `secrets`.
    return [
      { path, text: `expected ${issue.issues[0]?.message ?? "another name"}, got ${JSON.stringify(path.at(-1))}` },
    ];
  }
  if (issue.code === "invalid_union") {
    // The branch that agrees about the kind of value says best what is wrong inside of it.
    const inner = issue.errors.find((issues) =>
      issues.every((one) => one.path.length > 0 || one.code !== "invalid_type"),
    );
    if (inner !== undefined) return inner.flatMap((one) => issueProblems(one, path, values));
  }
  return [expected(path, issue.message, value, hintFor(path, value))];
}

function keySuggestion(path: Path, key: string): string {
  const siblings = siblingNames(path);
  const near = nearest(key, siblings);
  if (near !== null) return `; did you mean "${near}"?`;
  return path.length === 0 ? suggestion(key) : "";
}

/** The names that the schema knows at the path; none where people choose them. */
function siblingNames(path: Path): readonly string[] {
  if (path[0] === "secrets") return ["value", "env", "file", "hosts"];
  if (path[0] === "notify") return path.length > 2 ? ["value", "env", "file"] : ["type", "url", "token", "chat_id"];
  return keyNamesBelow(path);
}

function hintFor(path: Path, value: unknown): string {
  if (path.length === 1 && path[0] === "tz" && typeof value === "string") {
    const near = nearest(value, zoneNames());
    if (near !== null) return `did you mean "${near}"?`;
    if (/^([A-Z]{2,5}|[+-]\d\d.*)$/.test(value)) return "offsets and abbreviations know no daylight saving time";
  }
  if (path[0] === "log" && typeof value === "string") {
    const near = nearest(
      value,
      path[1] === "level" ? ["trace", "debug", "info", "warn", "error"] : ["auto", "json", "pretty"],
    );
    if (near !== null) return `did you mean "${near}"?`;
  }
  return "";
}

/** The rules that join several values; only those whose values are well-formed are looked at. */
function crossProblems(config: Partial<RawConfig>): ConfigProblem[] {
  const { mongodb_uri: uri, lease_sec: lease, heartbeat_sec: heartbeat } = config;
  const { start_grace_sec: grace, max_serial: serials, stagger_sec: stagger } = config;
  const problems: ConfigProblem[] = [];
  if (uri !== undefined && config.store === "embedded") {
    problems.push({
      path: ["mongodb_uri"],
      text: 'expected none beside store "embedded", got one; leave one of them out',
    });
  } else if (uri !== undefined) {
    const wanted = findUriProblem(uri);
    if (wanted !== null) problems.push(expected(["mongodb_uri"], wanted, uri));
  }
  if (lease !== undefined && heartbeat !== undefined && lease < 4 * heartbeat) {
    problems.push(expected(["lease_sec"], `at least ${round(4 * heartbeat)} (4 * heartbeat_sec)`, lease));
  }
  if (grace !== undefined && serials !== undefined && stagger !== undefined && grace < serials * stagger + 30) {
    const least = round(serials * stagger + 30);
    problems.push(expected(["start_grace_sec"], `at least ${least} (max_serial * stagger_sec + 30)`, grace));
  }
  if (config.embedded_port !== undefined && config.store === "mongodb") {
    problems.push(expected(["embedded_port"], 'none beside store "mongodb"', config.embedded_port));
  }
  return [...problems, ...channelProblems(config)];
}

/** Names of channels that are none. */
function channelProblems({ notify, notify_default: forJobs, notify_machines: forMachines }: Partial<RawConfig>) {
  if (notify === undefined) return [];
  const known = Object.keys(notify);
  const wanted = known.length === 0 ? "a channel of notify, which has none" : "a channel of notify";
  const unknown = (path: Path, names: readonly string[]) =>
    [...names.entries()].flatMap(([i, name]) => {
      const near = nearest(name, known);
      const hint = near === null ? "" : `did you mean "${near}"?`;
      return known.includes(name) ? [] : [expected([...path, i], wanted, name, hint)];
    });
  return [
    ...unknown(["notify_default", "channels"], forJobs?.channels ?? []),
    ...unknown(["notify_machines"], forMachines ?? []),
  ];
}

/** The top-level values, and the single secrets, that no issue touches: a typo elsewhere hides no other problem. */
function wellFormed(values: Tree, issues: readonly z.core.$ZodIssue[]): Partial<RawConfig> {
  const broken = new Set(issues.map((issue) => issue.path[0]));
  const unknown = issues.flatMap((issue) =>
    issue.code === "unrecognized_keys" && issue.path.length === 0 ? issue.keys : [],
  );
  const sound = without(values, new Set<unknown>([...broken, ...unknown]));
  if (broken.has("secrets") && isTree(values.secrets)) {
    const brokenSecrets = issues.filter((issue) => issue.path[0] === "secrets").map((issue) => issue.path[1]);
    sound.secrets = without(values.secrets, new Set<unknown>(brokenSecrets));
    broken.delete("secrets");
  }
  const parsed = configSchema.safeParse(sound);
  // A default must not take the place of a broken value in a rule.
  return parsed.success ? without(parsed.data, broken) : {};
}

function without(tree: Tree, names: ReadonlySet<unknown>): Tree {
  return Object.fromEntries(Object.entries(tree).filter(([name]) => !names.has(name)));
}

/** 4 * 0.3 is 1.2 to a person. */
function round(seconds: number): number {
  return Number(seconds.toFixed(3));
}
