// Texts that came from documents or targets, made safe for a terminal: nothing in them can move the cursor or colour.

/** On one line: control characters as `\x1b`, line ends too. */
export function printable(value: unknown): string {
  return String(value).replace(/[\p{Cc}\u2028\u2029]/gu, escapeCharacter);
}

/** Line ends and tabs stay. */
export function printableLines(text: string): readonly string[] {
  return text.split(/\r\n|[\r\n]/).map((line) => line.split("\t").map(printable).join("\t"));
}

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

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xff ? `\\u${code.toString(16)}` : `\\x${code.toString(16).padStart(2, "0")}`;
}
