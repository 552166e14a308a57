// Prepared statements, each made at its first use: most tables never need all of theirs.
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from "node:sqlite";

interface LazyStatement {
  run(...values: SQLInputValue[]): number;
  /** The first row as an array of its columns; null where there is none. */
  first(...values: SQLInputValue[]): readonly SQLOutputValue[] | null;
  /** Rows are read at once: an open statement would keep its table from being dropped. */
  rows(...values: SQLInputValue[]): readonly (readonly SQLOutputValue[])[];
}

/**
 * SQLite plans by the value of a bare parameter as a limit, and so compiles the statement anew at every use; an
 * expression it takes as it comes.
 */
export const limitParameter = "LIMIT ? + 0";

export function lazyStatement(sql: DatabaseSync, text: string): LazyStatement {
  let statement: StatementSync | null = null;
  const prepared = (): StatementSync => {
    statement ??= sql.prepare(text, { returnArrays: true });
    return statement;
  };
  return {
    run: (...values) => Number(prepared().run(...values).lastInsertRowid),
    first: (...values) => (prepared().get(...values) as readonly SQLOutputValue[] | undefined) ?? null,
    rows: (...values) => prepared().all(...values) as unknown as readonly (readonly SQLOutputValue[])[],
  };
}
