// The only code that prints: data on stdout, everything else on stderr.
import type { Writable } from "node:stream";
import { stripVTControlCharacters, styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

export interface Output {
  /** One line of data, on stdout. */
  data(line: string): void;
  /** One document or an array of them, on stdout, as indented JSON. */
  json(value: unknown): void;
  /** Rows under headings, columns aligned, on stdout; `empty` is said on stderr when there are none. */
  table(columns: readonly string[], rows: readonly (readonly string[])[], empty: string): void;
  /** One line for the person, on stderr. */
  note(line: string): void;
  /** Colours a piece of text if stdout shows colours. */
  paint(style: Style, text: string): string;
  /** stderr is a terminal: progress may be shown. */
  readonly live: boolean;
}

export interface OutputOptions {
  readonly stdout: Writable & { isTTY?: boolean };
  readonly stderr: Writable & { isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `--color` / `--no-color`; undefined = decide by terminal and NO_COLOR. */
  readonly color: boolean | undefined;
}

export function createOutput({ stdout, stderr, env, color }: OutputOptions): Output {
  const coloured = color ?? (stdout.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb");
  const data = (line: string) => void stdout.write(`${line}\n`);
  const note = (line: string) => void stderr.write(`${line}\n`);
  const paint = (style: Style, text: string) => (coloured ? styleText(style, text, { validateStream: false }) : text);
  return {
    data,
    note,
    paint,
    live: stderr.isTTY === true,
    json: (value) => data(JSON.stringify(value, null, 2)),
    table: (columns, rows, empty) => {
      if (rows.length === 0) return note(empty);
      const widths = columns.map((column, i) =>
        Math.max(column.length, ...rows.map((row) => shownLength(row[i] ?? ""))),
      );
      const pad = (cell: string, i: number) => cell + " ".repeat(Math.max(0, (widths[i] ?? 0) - shownLength(cell)));
      const line = (cells: readonly string[]) => cells.map(pad).join("  ").trimEnd();
      data(paint("bold", line(columns)));
      for (const row of rows) data(line(row));
    },
  };
}

/** A painted cell is as wide as its text. */
function shownLength(cell: string): number {
  return stripVTControlCharacters(cell).length;
}
