// Names, ids and lists in what is printed.
import { printable } from "../runtime/printable.ts";

export { printable, printableLines } from "../runtime/printable.ts";

/** A document's `_id` or another value of any type, short. */
export function printableId(id: unknown): string {
  return printable(typeof id === "object" && id !== null && !("_bsontype" in id) ? JSON.stringify(id) : id);
}

/** `3 jobs`, `1 job`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** `a, b and 3 more`. */
export function listed(names: readonly unknown[], most: number): string {
  const shown = names.slice(0, most).map(printable).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
