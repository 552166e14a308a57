// How much room a text takes in a terminal. What knows all scripts and emoji takes as long to load as the rest of a
// command, so it is loaded only for a text that needs it.

export interface TextMeasure {
  /** In places of a terminal; colours take none. */
  width(text: string): number;
  /** What must not be cut apart, of a text without colours. */
  characters(text: string): Iterable<string>;
}

/** Letters of one code unit and one place each: ASCII, the rest of Latin-1 without its soft hyphen, and our own marks. */
const plain = /^[ -~\u00a1-\u00ac\u00ae-\u00ff…–]*$/;

const plainMeasure: TextMeasure = {
  width: (text) => withoutColours(text).length,
  characters: (text) => text,
};

/** One that is right for all of these texts. */
export async function measureOf(texts: readonly string[]): Promise<TextMeasure> {
  if (texts.every((text) => plain.test(withoutColours(text)))) return plainMeasure;
  return (await import("./measure-any-text.ts")).anyMeasure;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what colours are made of
const colour = /(\u001b\[[0-9;]*m)/;

/** Text and colour codes by turns, text first. */
export function splitColours(text: string): readonly string[] {
  return text.split(colour);
}

function withoutColours(text: string): string {
  return splitColours(text)
    .filter((_, i) => i % 2 === 0)
    .join("");
}
