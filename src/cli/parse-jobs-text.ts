// The text of a job file into documents: JSON, with `{"$date": …}` and `{"$oid": …}` as mongoexport writes them, or YAML.
import { LineCounter, parseAllDocuments } from "yaml";
import { parseConfigText } from "../config/config-file.ts";
import { FleetCronError, messageOf } from "../errors.ts";
import { fromExtendedJson, parseExtendedJson } from "../store/extended-json.ts";
import { withDates } from "./job-dates.ts";

/**
 * One job or a list of them; in YAML also several documents, each one job or a list. Not yet checked. What neither a
 * name's ending nor a first brace shows to be JSON is read as YAML.
 * @throws job_invalid with line and column of everything that cannot be read
 */
export function parseJobsText(name: string, text: string): readonly unknown[] {
  const isJson = /\.json$/i.test(name) || (!isYamlName(name) && /^\s*([[{]|$)/.test(text));
  const documents = isJson ? parseJson(name, text) : parseYaml(name, text);
  if (documents.length > 0) return documents.map(withDates);
  throw new FleetCronError("job_invalid", `${name}: expected a job, got ${isJson ? "an empty list" : "nothing"}`);
}

export function isJobFileName(name: string): boolean {
  return isYamlName(name) || /\.json$/i.test(name);
}

function isYamlName(name: string): boolean {
  return /\.ya?ml$/i.test(name);
}

function parseJson(name: string, text: string): readonly unknown[] {
  try {
    return listOf(parseExtendedJson(text));
  } catch (error) {
    throw new FleetCronError("job_invalid", `${name}: ${explain(text, error)}`, { cause: error });
  }
}

/** V8 does not always say where; the parser of configs does, but lets comments and trailing text of its kind pass. */
function explain(text: string, error: unknown): string {
  if (!(error instanceof SyntaxError)) return messageOf(error);
  if (text.trim() === "") return "expected a job, got nothing";
  const [problem] = parseConfigText(text).problems;
  if (problem?.text.startsWith("line ")) return problem.text;
  const [, line, column] = /\(line (\d+) column (\d+)\)/.exec(error.message) ?? [];
  return line === undefined ? error.message : `line ${line}, column ${column}: expected JSON without comments`;
}

function parseYaml(name: string, text: string): readonly unknown[] {
  const lineCounter = new LineCounter();
  // Anchors and `<<` let jobs share what they have in common.
  const documents = parseAllDocuments(text, { lineCounter, prettyErrors: false, merge: true });
  // A warning is of a tag that nobody knows: what its value was meant to be is lost.
  const problems = documents.flatMap(({ errors, warnings }) => [...errors, ...warnings]);
  const [first, ...others] = problems.map(({ pos, message }) => {
    const { line, col } = lineCounter.linePos(pos[0]);
    return `line ${line}, column ${col}: ${message}`;
  });
  if (first !== undefined) throw new FleetCronError("job_invalid", `${name}: ${first}`, { details: others });
  try {
    // An empty document is what a last `---` or a comment alone leaves.
    const values = documents.filter(({ contents }) => contents !== null).map((document) => document.toJS());
    return values.filter((value) => value !== null).flatMap((value) => listOf(fromExtendedJson(value)));
  } catch (error) {
    throw new FleetCronError("job_invalid", `${name}: ${messageOf(error)}`, { cause: error });
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
