// An explanation on one screen: at most 24 lines of 80 columns, whatever the documents hold.
import { offsetAt } from "../../model/zone-offset.ts";
import { printable } from "../render-text.ts";
import { renderAge, renderLocal, renderUtc } from "../render-time.ts";
import type { Explained } from "./explain-occurrence.ts";
import type { Facts } from "./gather-facts.ts";

const width = 80;
const nameWidth = 15;
const mostLines = 24;
/** Of one row: a failure's message may be 500 characters long. */
const mostRowLines = 2;

/** The first line is the status alone. */
export function renderExplanation({ name, tz, at, now }: Facts, { status, why, rows }: Explained): readonly string[] {
  const due = `${renderLocal(at, offsetAt(tz, at))} ${tz}`;
  const lines = [
    printable(status),
    ...wrap(printable(name), width).slice(0, 2),
    ...wrap(`${due}, ${renderUtc(at)}, ${renderAge(now - at)}`, width),
    "",
    ...wrap(printable(why), width),
    "",
    ...rows.flatMap(renderRow),
  ];
  return lines.slice(0, mostLines);
}

function renderRow([name, text]: readonly [string, string]): readonly string[] {
  const all = wrap(printable(text), width - nameWidth);
  const shown = all.slice(0, mostRowLines);
  if (all.length > mostRowLines) shown[mostRowLines - 1] = `${shown[mostRowLines - 1]?.slice(0, -1)}…`;
  return shown.map((line, i) => `${(i === 0 ? name : "").padEnd(nameWidth)}${line}`.trimEnd());
}

/** At blanks; a word that is too long for a line is cut. */
function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/ +/).flatMap((one) => one.match(new RegExp(`.{1,${columns}}`, "gu")) ?? [])) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= columns) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}
