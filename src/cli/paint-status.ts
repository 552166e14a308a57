// The colours of what became of a run or a step.
import type { Output } from "./output.ts";
import { printable } from "./render-text.ts";

const statusStyles: Readonly<Record<string, "green" | "cyan" | "yellow" | "gray" | "red">> = {
  ok: "green",
  running: "cyan",
  started: "cyan",
  missed: "yellow",
  waiting: "cyan",
  "no record": "yellow",
  "not due": "gray",
  skipped: "gray",
  skipped_when: "gray",
  skipped_unsupported: "yellow",
};

export function paintStatus(output: Output, status: unknown): string {
  const text = printable(status);
  return paintAs(output, text, text);
}

/** `text` in the colour of a status. */
export function paintAs(output: Output, status: string, text: string): string {
  return output.paint(statusStyles[status] ?? "red", text);
}
