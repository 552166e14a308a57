// Texts that came from documents or targets, made safe for a terminal: nothing in them can move the cursor, colour, turn
// around what stands beside it, or be there unseen.

/** Control characters, line ends, bidirectional marks, and whatever else a terminal does not show. */
const unsafe = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u;
/** Joiners that belong to the writing: in emoji, after a mark (as in Hindi) and in Arabic script. */
const joining = /(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{M}\p{Script=Arabic}])(?:\u200c|\u200d|\ufe0f)/u;
const escaped = new RegExp(`(?!${joining.source})${unsafe.source}`, "gu");

/** On one line: what a terminal would obey or hide as `\x1b` or `\u202e`, line ends too. */
export function printable(value: unknown): string {
  return String(value).replace(escaped, escapeCharacter);
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
  const digits = code.toString(16);
  if (code > 0xffff) return `\\u{${digits}}`;
  return code > 0xff ? `\\u${digits.padStart(4, "0")}` : `\\x${digits.padStart(2, "0")}`;
}
