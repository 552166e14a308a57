// The only code that prints: data on stdout, everything else on stderr.
import type { Writable } from "node:stream";
import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

export interface Output {
  /** One line of data, on stdout. */
  data(line: string): void;
  /** One document or an array of them, on stdout, as indented JSON. */
  json(value: unknown): void;
  /** One value as one line of JSON, for what goes on: each line can be read when it is there. */
  jsonLine(value: unknown): void;
  /** One line for the person, on stderr. */
  note(line: string): void;
  /** Colours a piece of text if stdout shows colours. */
  paint(style: Style, text: string): string;
  /** Empties the screen before something is shown anew; nothing where stdout is no terminal. */
  clear(): void;
  /** One line on stderr that the next one replaces, for a terminal only; "" takes it away. */
  progress(line: string): void;
  /** Columns of the terminal that stdout is; undefined when it is none. */
  readonly width: number | undefined;
  /** stderr is a terminal: progress may be shown. */
  readonly live: boolean;
  /** stderr shows colours. */
  readonly noteColours: boolean;
}

export interface OutputOptions {
  readonly stdout: Writable & { isTTY?: boolean; columns?: number };
  readonly stderr: Writable & { isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `--color` / `--no-color`; undefined = the environment and the terminal decide. */
  readonly color: boolean | undefined;
}

export function createOutput({ stdout, stderr, env, color }: OutputOptions): Output {
  const coloured = color ?? showsColours(stdout, env);
  const data = (line: string) => void stdout.write(`${line}\n`);
  const note = (line: string) => void stderr.write(`${line}\n`);
  const paint = (style: Style, text: string) => (coloured ? styleText(style, text, { validateStream: false }) : text);
  return {
    data,
    note,
    paint,
    live: stderr.isTTY === true,
    noteColours: color ?? showsColours(stderr, env),
    json: (value) => data(JSON.stringify(value, null, 2)),
    jsonLine: (value) => data(JSON.stringify(value)),
    get width() {
      return stdout.isTTY === true ? stdout.columns : undefined;
    },
    clear: () => void (stdout.isTTY === true && stdout.write("\u001b[H\u001b[2J")),
    progress: (line) => void (stderr.isTTY === true && stderr.write(`\r\u001b[K${line}`)),
  };
}

/** For what prints by itself: help, and what is wrong with the arguments. */
export function plainOutput({ stdout, stderr }: Pick<OutputOptions, "stdout" | "stderr">) {
  return {
    writeOut: (text: string) => void stdout.write(text),
    writeErr: (text: string) => void stderr.write(text),
  };
}

/** FORCE_COLOR as Node reads it (0 and false: none), which counts before NO_COLOR (no-color.org); then the terminal. */
function showsColours({ isTTY }: { isTTY?: boolean }, { FORCE_COLOR, NO_COLOR, TERM }: OutputOptions["env"]): boolean {
  if (FORCE_COLOR !== undefined) return !["0", "false"].includes(FORCE_COLOR);
  return isTTY === true && !NO_COLOR && TERM !== "dumb";
}
