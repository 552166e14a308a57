// What is wrong with one document, collected so that a person mends everything in one go.
import type { Problem } from "./job.ts";
import type { Plain } from "./plain-value.ts";

/** `value` is rendered, `got` is taken as it stands: for values that must not be shown. */
export type Finding = { readonly path: string; readonly expected: string; readonly hint?: string | undefined } & (
  | { readonly value: Plain | undefined }
  | { readonly got: string }
);

export interface ProblemList {
  add(finding: Finding): void;
  /** A friendly remark about something that is accepted. */
  hint(text: string): void;
  readonly problems: readonly Problem[];
  readonly hints: readonly string[];
}

const mostProblems = 100;
const longestText = 60;

/** Keeps the first 100 problems and says so when there are more. */
export function newProblemList(): ProblemList {
  const problems: Problem[] = [];
  const hints: string[] = [];
  return {
    add(finding) {
      if (problems.length < mostProblems) problems.push(toProblem(finding));
      else problems[mostProblems] = { path: "document", expected: `at most ${mostProblems} problems`, got: "more" };
    },
    hint: (text) => {
      if (hints.length < mostProblems) hints.push(text);
    },
    problems,
    hints,
  };
}

/** `actions[0].headers["a b"]`: the path of a field inside the object at `path`. */
export function fieldPath(path: string, key: string): string {
  if (!/^[\w$/-]{1,80}$/.test(key)) return `${path}[${renderText(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** The value found, short enough for a log line; `undefined` is a missing one. */
export function renderGot(value: Plain | undefined): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return renderText(value);
  return typeof value === "object" && value !== null ? renderObject(value) : String(value);
}

/** What kind of value was found, for fields that may hold something secret. */
export function renderKind(value: Plain | undefined): string {
  if (typeof value !== "string") return renderGot(value);
  return value === "" ? '""' : "a text";
}

function renderObject(value: Exclude<Plain, string | number | boolean | null>): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid date" : `date ${value.toISOString()}`;
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (value instanceof Map) return value.size === 0 ? "an empty object" : "an object";
  return "odd" in value ? escapeInvisible(value.odd) : "an object";
}

function renderText(text: string): string {
  const short = text.length <= longestText ? text : `${text.slice(0, longestText)}…`;
  return escapeInvisible(JSON.stringify(short));
}

/** JSON leaves some characters alone that move a terminal's cursor or turn its text around. */
function escapeInvisible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
}

function toProblem({ path, expected, hint, ...found }: Finding): Problem {
  const got = "got" in found ? found.got : renderGot(found.value);
  const problem = { path: path === "" ? "document" : path, expected, got };
  return hint === undefined ? problem : { ...problem, hint };
}
