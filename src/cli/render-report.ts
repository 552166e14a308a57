// What an agent's acknowledgement reports, in words.
import { printable } from "./render-text.ts";

const changes = ["added", "changed", "removed", "invalid"] as const;

/** `: added nightly, hourly; invalid broken`; empty when the report says nothing. */
export function renderReport(report: unknown): string {
  if (typeof report !== "object" || report === null) return "";
  const fields = report as Readonly<Record<string, unknown>>;
  const notes = Array.isArray(fields.notes) ? fields.notes.map(printable) : [];
  const told = changes.flatMap((change) => renderChange(change, fields[change], fields[`${change}_count`]));
  const isReload = changes.some((change) => Array.isArray(fields[change]));
  const parts = [...notes, ...told, ...renderDrain(fields)];
  if (parts.length > 0) return `: ${parts.join("; ")}`;
  return isReload ? ": nothing changed" : "";
}

function renderDrain({ draining, running, resumed, serial }: Readonly<Record<string, unknown>>): readonly string[] {
  if (draining === true)
    return [running === 0 ? "draining, nothing runs" : `draining, runs in progress: ${printable(running)}`];
  if (resumed === undefined) return [];
  const place = serial === null ? "no serial free yet" : `serial ${printable(serial)}`;
  return [resumed === true ? place : `was not draining, ${place}`];
}

/** The list holds the first names only; the count is of all. */
function renderChange(change: string, names: unknown, count: unknown): readonly string[] {
  if (!Array.isArray(names) || names.length === 0) return [];
  const more = typeof count === "number" && count > names.length ? ` and ${count - names.length} more` : "";
  return [`${change} ${names.map(printable).join(", ")}${more}`];
}
