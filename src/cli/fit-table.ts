// Tables as lines of text: columns aligned by what a terminal shows, and no line wider than it.
import { measureOf, splitColours, type TextMeasure } from "./measure-text.ts";

const gap = 2;
/** So much of a column stays at first: enough for a time. */
const comfortable = 20;
/** And so much in the end. */
const narrowest = 6;

/**
 * Headings first. Wide characters (漢字, emoji) take two places, colours none. `width`: the terminal's; undefined = no
 * limit. Where the rows are wider than that, cells are cut, the loss marked by `…`.
 */
export async function fitTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
): Promise<readonly string[]> {
  const lines = [columns, ...rows];
  const measure = await measureOf(lines.flat());
  const natural = columns.map((_, i) => Math.max(...lines.map((line) => measure.width(line[i] ?? ""))));
  const widths = width === undefined ? natural : shrink(natural, width - gap * (columns.length - 1));
  return lines.map((cells) => {
    const line = cells.map((cell, i) => fitCell(measure, cell, widths[i] ?? 0)).join(" ".repeat(gap));
    return (width === undefined ? line : cutToWidth(measure, line, width)).trimEnd();
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

function fitCell(measure: TextMeasure, cell: string, width: number): string {
  const shown = cutToWidth(measure, cell, width);
  return shown + " ".repeat(Math.max(0, width - measure.width(shown)));
}

/** Keeps every colour code, also those behind the cut: they end what began before it. */
function cutToWidth(measure: TextMeasure, text: string, width: number): string {
  if (measure.width(text) <= width) return text;
  let left = width - 1;
  let isCut = false;
  const cut = splitColours(text).map((part, i) => {
    if (i % 2 === 1) return part;
    let kept = "";
    for (const character of measure.characters(part)) {
      left -= isCut ? 0 : measure.width(character);
      if (isCut) break;
      isCut = left < 0;
      kept += isCut ? "…" : character;
    }
    return kept;
  });
  return cut.join("");
}
