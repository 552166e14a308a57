// The one way to a table on stdout.
import { fitTable } from "./fit-table.ts";
import type { Output } from "./output.ts";

/** Rows under headings, cut to a terminal's width; `empty` is said on stderr when there are none. */
export async function printTable(
  output: Output,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  empty: string,
): Promise<void> {
  if (rows.length === 0) {
    output.note(empty);
    return;
  }
  // In a pipe nothing is cut: somebody searches it, or takes an id from it.
  const [head = "", ...lines] = await fitTable(columns, rows, output.width);
  output.data(output.paint("bold", head));
  for (const line of lines) output.data(line);
}
