// The last runs of a job in one line, a mark for each.
import type { Output } from "./output.ts";
import { paintAs } from "./paint-status.ts";
import { printable } from "./render-text.ts";

const marks: Readonly<Record<string, string>> = {
  ok: "✔",
  error: "✘",
  aborted: "■",
  lost: "?",
  missed: "○",
  skipped: "-",
  running: "▶",
};

/** `✔ ✔ ✘ ✔`, the newest last, and below what each mark means. */
export function renderMarks(output: Output, statuses: readonly unknown[]): readonly string[] {
  const shown = statuses.map(printable);
  const mark = (status: string) => paintAs(output, status, marks[status] ?? "?");
  const legend = [...new Set(shown)].map((status) => `${mark(status)} ${status}`);
  return [shown.map(mark).join(" "), legend.join("  ")];
}
