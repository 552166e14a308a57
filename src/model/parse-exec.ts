// What an action of type "exec" runs: a program of the machine, named by its path, with arguments that no shell reads.
import { type FieldReader, readLine, readList, readObject, refuse } from "./field-readers.ts";
import type { ExecAction } from "./job.ts";
import { parseOnCrash } from "./parse-on-crash.ts";
import { fieldPath } from "./problem-list.ts";

export const execFields: readonly string[] = ["command", "env", "cwd", "run_as", "on_crash"];

const mostArguments = 200;
const longestArgument = 8192;
const mostVariables = 200;
const longestUserName = 64;

/** Whether a machine lets the program run is for its own config to say; here only the form counts. */
export function parseExec(reader: FieldReader): Pick<ExecAction, "command" | "env" | "cwd" | "runAs" | "onCrash"> {
  return {
    command: parseCommand(reader),
    env: parseEnv(reader),
    cwd: parseFolder(reader),
    runAs: readLine(reader, "run_as", longestUserName) ?? null,
    // Nobody knows what a program does when it runs twice.
    onCrash: parseOnCrash(reader, "fail"),
  };
}

function parseCommand(reader: FieldReader): ExecAction["command"] {
  const expected = `a list of 1-${mostArguments} texts: the program's path and its arguments`;
  if (!reader.fields.has("command")) refuse(reader, { key: "command", expected });
  const [first, ...rest] = readList(reader, "command", { expected, most: mostArguments }) ?? [];
  if (first === undefined) return ["/"];
  return [readProgram(reader, first), ...rest.map((item) => readArgument(reader, item))];
}

type Item = NonNullable<ReturnType<typeof readList>>[number];

/** In full and without templates: what may run is compared with the machine's own list, letter by letter. */
function readProgram({ problems }: FieldReader, { path, value }: Item): string {
  if (isAbsolutePath(value) && !value.includes("{{") && !value.split(/[/\\]/).includes("..")) return value;
  problems.add({ path, expected: "the program's absolute path, without templates and ..", value });
  return "/";
}

function readArgument({ problems }: FieldReader, { path, value }: Item): string {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (typeof value === "string" && value.length <= longestArgument && !value.includes("\0")) return value;
  problems.add({ path, expected: `a text of at most ${longestArgument} characters or a number`, value });
  return "";
}

function parseEnv(reader: FieldReader): Readonly<Record<string, string>> {
  const env = readObject(reader, "env", "an object of variable names and texts");
  if (env === undefined) return {};
  if (env.fields.size > mostVariables) {
    refuse(reader, { key: "env", expected: `at most ${mostVariables} variables` });
    return {};
  }
  const entries = [...env.fields].map(([name, value]): [string, string] => {
    const path = fieldPath(env.path, name);
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      env.problems.add({ path, expected: "a variable's name of letters, digits and _", got: JSON.stringify(name) });
    }
    return [name, readArgument(env, { path, value })];
  });
  return Object.fromEntries(entries);
}

function parseFolder(reader: FieldReader): string | null {
  const value = reader.fields.get("cwd");
  if (value === undefined) return null;
  if (isAbsolutePath(value) && !value.includes("{{")) return value;
  return refuse(reader, { key: "cwd", expected: "a folder's absolute path, without templates" }) ?? null;
}

/** Of any system: a fleet may have more than one. */
function isAbsolutePath(value: unknown): value is string {
  return typeof value === "string" && /^(\/|[A-Za-z]:[\\/])[^\0]*$/.test(value) && value.length <= 4096;
}
