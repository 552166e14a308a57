// Wide, joined and invisible characters.
import stringWidth from "string-width";
import type { TextMeasure } from "./measure-text.ts";

const graphemes = new Intl.Segmenter();

export const anyMeasure: TextMeasure = {
  width: stringWidth,
  characters: (text) => Array.from(graphemes.segment(text), ({ segment }) => segment),
};
