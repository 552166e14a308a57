// Tables as lines of text: columns aligned by what a terminal shows, and no line wider than it.
import stringWidth from "string-width";

const gap = 2;
/** So much of a column stays at first: enough for a time. */
const comfortable = 20;
/** And so much in the end. */
const narrowest = 6;

/**
 * Headings first. Wide characters (漢字, emoji) take two places, colours none. `width`: the terminal's; undefined = no
 * limit. Where the rows are wider than that, cells are cut, the loss marked by `…`.
 */
export function fitTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
): readonly string[] {
  const lines = [columns, ...rows];
  const natural = columns.map((_, i) => Math.max(...lines.map((line) => stringWidth(line[i] ?? ""))));
  const widths = width === undefined ? natural : shrink(natural, width - gap * (columns.length - 1));
  return lines.map((cells) => {
    const line = cells.map((cell, i) => fitCell(cell, widths[i] ?? 0)).join(" ".repeat(gap));
    return (width === undefined || stringWidth(line) <= width ? line : cutToWidth(line, width)).trimEnd();
  });
}

/** First the widest columns come down together, then the last ones give way: what matters most stands first. */
function shrink(natural: readonly number[], most: number): readonly number[] {
  const total = (widths: readonly number[]) => widths.reduce((sum, width) => sum + width, 0);
  let widths = natural;
  for (let limit = Math.max(...natural); limit >= comfortable && total(widths) > most; limit--) {
    widths = natural.map((width) => Math.min(width, limit));
  }
  return widths.reduceRight<readonly number[]>((shown, width, i) => {
    const excess = Math.max(0, total(shown) - most);
    return shown.with(i, Math.min(width, Math.max(narrowest, width - excess)));
  }, widths);
}

function fitCell(cell: string, width: number): string {
  const shown = stringWidth(cell) <= width ? cell : cutToWidth(cell, width);
  return shown + " ".repeat(Math.max(0, width - stringWidth(shown)));
}

const graphemes = new Intl.Segmenter();
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what colours are made of
const colourPattern = /(\u001b\[[0-9;]*m)/;

/** Keeps every colour code, also those behind the cut: they end what began before it. */
function cutToWidth(cell: string, width: number): string {
  let left = width - 1;
  let isCut = false;
  const cut = cell.split(colourPattern).map((part, i) => {
    if (i % 2 === 1) return part;
    let kept = "";
    for (const { segment } of graphemes.segment(part)) {
      left -= isCut ? 0 : stringWidth(segment);
      if (isCut) break;
      isCut = left < 0;
      kept += isCut ? "…" : segment;
    }
    return kept;
  });
  return cut.join("");
}
