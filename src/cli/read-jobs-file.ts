// Jobs from a file or standard input: JSON, with `{"$date": …}` and `{"$oid": …}` as mongoexport writes them.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import { parseConfigText } from "../config/config-file.ts";
import { FleetCronError, messageOf } from "../errors.ts";
import { parseExtendedJson } from "../store/extended-json.ts";
import type { Cli } from "./cli.ts";

/**
 * One job or a list of them, not yet checked. `-` is standard input.
 * @throws file_unreadable with the path; job_invalid with line and column where it is no JSON
 */
export async function readJobsFile(cli: Cli, file: string): Promise<readonly unknown[]> {
  const { name, text } = await readText(cli, file);
  const value = parse(name, text);
  const documents = Array.isArray(value) ? value : [value];
  if (documents.length === 0) throw new FleetCronError("job_invalid", `${name}: expected a job, got an empty list`);
  return documents.map(withDates);
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

function parse(name: string, text: string): unknown {
  try {
    return parseExtendedJson(text);
  } catch (error) {
    throw new FleetCronError("job_invalid", `${name}: ${explain(text, error)}`, { cause: error });
  }
}

/** V8 does not always say where; the parser of configs does, but lets comments and trailing text of its kind pass. */
function explain(text: string, error: unknown): string {
  if (!(error instanceof SyntaxError)) return messageOf(error);
  if (text.trim() === "") return "expected a job in JSON, got nothing";
  const [problem] = parseConfigText(text).problems;
  if (problem?.text.startsWith("line ")) return problem.text;
  const [, line, column] = /\(line (\d+) column (\d+)\)/.exec(error.message) ?? [];
  return line === undefined ? error.message : `line ${line}, column ${column}: expected JSON without comments`;
}

const instantPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** JSON has no dates: an instant written as text becomes one, as the database keeps it. */
function withDates(document: unknown): unknown {
  if (!isObject(document)) return document;
  const dated = withDate(document);
  return Array.isArray(dated.schedules) ? { ...dated, schedules: dated.schedules.map(withDateOfRule) } : dated;
}

function withDateOfRule(rule: unknown): unknown {
  return isObject(rule) ? withDate(rule) : rule;
}

const instantFields = ["at", "start_at", "end_at"];

function withDate(object: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const dates = instantFields.flatMap((field) => {
    const text = object[field];
    const isInstant = typeof text === "string" && instantPattern.test(text) && !Number.isNaN(Date.parse(text));
    return isInstant ? [[field, new Date(text)] as const] : [];
  });
  return { ...object, ...Object.fromEntries(dates) };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
