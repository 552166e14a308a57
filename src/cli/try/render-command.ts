// A program and its arguments on one line.
import { printable } from "../render-text.ts";

/** An argument that is not plain is quoted as JSON: nobody must read two out of one. */
export function renderCommand(command: readonly string[]): string {
  return printable(command.map((word) => (/^[^\s"'\\]+$/.test(word) ? word : JSON.stringify(word))).join(" "));
}
