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

/** JSON whose strings are safe once they are read, with their line ends and tabs. */
export function printableJson(json: string): string {
  return json.replace(/\\u[0-9a-f]{4}|\\.|[^\\\n]+/giu, (part) => {
    const isEscape = part.startsWith("\\") && part !== "\\n" && part !== "\\t";
    const text: string = isEscape ? JSON.parse(`"${part}"`) : part;
    const safe = text.replace(escaped, (character) => JSON.stringify(escapeCharacter(character)).slice(1, -1));
    return safe === text ? part : safe;
  });
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code > 0xffff) return `\\u{${digits}}`;
  return code > 0xff ? `\\u${digits.padStart(4, "0")}` : `\\x${digits.padStart(2, "0")}`;
}
