// The single characters, escapes and classes of a pattern, for JavaScript's `v` mode.
import { casesOf, casesWithin } from "./letter-cases.ts";
import { invalidPattern, type PatternFlags, type PatternSource, unsupportedPattern } from "./pattern-source.ts";

const textStart = "^";
const textEnd = "$";
/** Not behind a newline that ends the text. */
const lineStart = "(?:^|(?<=\\n)(?=[^]))";
const lineEnd = "(?=\\n|$)";
const lastLineEnd = "(?=\\n?$)";
/** V8 finds one between the two halves of a character beyond the first plane, where PCRE never looks. */
const noBoundary = "(?:(?:^|(?<=[^]))\\B)";

const assertionTexts: ReadonlySet<string> = new Set([
  ...[textStart, textEnd, lineStart, lineEnd, lastLineEnd],
  ...["\\b", noBoundary],
]);

/** Has no width, so that there is nothing to repeat. */
export const isAssertion = (translated: string): boolean => assertionTexts.has(translated);

/** One atom that is no group; the place moves behind it. */
export function translateAtom(source: PatternSource, flags: PatternFlags): string {
  const unit = source.units[source.at++] ?? "";
  switch (unit) {
    case ".":
      return flags.s ? "[^]" : "[^\\n]";
    case "^":
      return flags.m ? lineStart : textStart;
    case "$":
      return flags.m ? lineEnd : lastLineEnd;
    case "[":
      return translateClass(source, flags);
    case "\\":
      return translateEscape(source, flags);
    default:
      return letter(unit, flags);
  }
}

/** Every mark by its number: nothing of it can mean anything to JavaScript. */
const literal = (unit: string): string =>
  /^[A-Za-z0-9]$/.test(unit) || unit > "\u{7f}" ? unit : `\\u{${unit.codePointAt(0)?.toString(16)}}`;

/** The character, or the class of its cases, which may stand in a class as well. */
function letter(unit: string, flags: PatternFlags): string {
  const cases = flags.i ? casesOf(unit) : [unit];
  return cases.length === 1 ? literal(unit) : `[${cases.map(literal).join("")}]`;
}

/** Members of a class without its brackets: PCRE counts ASCII only. */
const sets: Readonly<Record<string, string>> = {
  d: "0-9",
  w: "A-Za-z0-9_",
  s: "\\t-\\r\\u{20}",
  h: "\\t\\u{20}\\u{a0}\\u{1680}\\u{180e}\\u{2000}-\\u{200a}\\u{202f}\\u{205f}\\u{3000}",
  v: "\\n-\\r\\u{85}\\u{2028}\\u{2029}",
};

const posixSets: Readonly<Record<string, string>> = {
  alpha: "A-Za-z",
  digit: "0-9",
  alnum: "A-Za-z0-9",
  upper: "A-Z",
  lower: "a-z",
  space: "\\t-\\r\\u{20}",
  blank: "\\t\\u{20}",
  punct: "\\u{21}-\\u{2f}\\u{3a}-\\u{40}\\u{5b}-\\u{60}\\u{7b}-\\u{7e}",
  xdigit: "0-9A-Fa-f",
  word: "A-Za-z0-9_",
  cntrl: "\\u{0}-\\u{1f}\\u{7f}",
  graph: "\\u{21}-\\u{7e}",
  print: "\\u{20}-\\u{7e}",
  ascii: "\\u{0}-\\u{7f}",
};

const assertions: Readonly<Record<string, string>> = {
  b: "\\b",
  B: noBoundary,
  A: textStart,
  z: textEnd,
  Z: lastLineEnd,
  N: "[^\\n]",
};

function translateEscape(source: PatternSource, flags: PatternFlags): string {
  const unit = source.units[source.at] ?? "";
  if (unit === "Q") return translateQuoted(source, flags);
  if (unit === "E") {
    source.at++;
    return "";
  }
  if (/^[1-9gk]$/.test(unit)) throw unsupportedPattern("a back reference");
  const assertion = Object.hasOwn(assertions, unit) ? assertions[unit] : undefined;
  if (assertion === undefined) return readSet(source) ?? letter(readCharacter(source), flags);
  source.at++;
  return assertion;
}

function translateQuoted(source: PatternSource, flags: PatternFlags): string {
  source.at++;
  let text = "";
  while (source.at < source.units.length) {
    const unit = source.units[source.at++] ?? "";
    if (unit === "\\" && source.units[source.at] === "E") {
      source.at++;
      return text;
    }
    text += letter(unit, flags);
  }
  throw invalidPattern("missing )");
}

/** `\d`, `\W`, `\p{L}` … behind the backslash, as a class; null where it is no set. */
function readSet(source: PatternSource): string | null {
  const unit = source.units[source.at] ?? "";
  const lower = unit.toLowerCase();
  if (Object.hasOwn(sets, lower)) {
    source.at++;
    return `[${unit === lower ? "" : "^"}${sets[lower]}]`;
  }
  if (lower !== "p") return null;
  const found = /^[pP](?:\{(\^?)([A-Z][a-z]?)\}|([A-Z]))/.exec(source.units.slice(source.at, source.at + 6).join(""));
  if (found === null) throw unsupportedPattern("this property of characters");
  source.at += found[0].length;
  const isNegated = (unit === "P") !== (found[1] === "^");
  return `\\${isNegated ? "P" : "p"}{${found[2] ?? found[3]}}`;
}

const controls: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", f: "\f", a: "\x07", e: "\x1b" };

/** One character behind the backslash. */
function readCharacter(source: PatternSource): string {
  const unit = source.units[source.at++];
  if (unit === undefined) throw invalidPattern("\\ at end of pattern");
  if (unit === "x") return readNumber(source, /^(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{0,2}))/, 16);
  if (unit === "0") return readNumber(source, /^([0-7]{0,2})/, 8);
  const control = Object.hasOwn(controls, unit) ? controls[unit] : undefined;
  if (control !== undefined) return control;
  if (/^[LlUu]$/.test(unit)) throw invalidPattern("PCRE does not support \\L, \\l, \\N{name}, \\U, or \\u");
  if (/^[A-Za-z0-9]$/.test(unit)) throw unsupportedPattern(`\\${unit}`);
  return unit;
}

function readNumber(source: PatternSource, digits: RegExp, base: number): string {
  const found = digits.exec(source.units.slice(source.at, source.at + 12).join(""));
  source.at += found?.[0].length ?? 0;
  const number = Number.parseInt(found?.[1] || found?.[2] || "0", base);
  if (number > 0x10ffff) throw invalidPattern("character value in \\x{} or \\o{} is too large");
  return String.fromCodePoint(number);
}

/** Behind `[`. */
function translateClass(source: PatternSource, flags: PatternFlags): string {
  const isNegated = source.units[source.at] === "^";
  if (isNegated) source.at++;
  let text = "";
  for (let isFirst = true; isFirst || source.units[source.at] !== "]"; isFirst = false) {
    if (source.at >= source.units.length) throw invalidPattern("missing terminating ] for character class");
    text += translateMember(source, flags);
  }
  source.at++;
  return `[${isNegated ? "^" : ""}${text}]`;
}

/** One character, a range of them, or a set. */
function translateMember(source: PatternSource, flags: PatternFlags): string {
  const set = readMemberSet(source);
  if (set !== null) return set;
  const from = readMemberCharacter(source);
  const [dash, next] = source.units.slice(source.at, source.at + 2);
  if (dash !== "-" || next === "]" || next === undefined) return letter(from, flags);
  source.at++;
  if (readMemberSet(source) !== null) throw invalidPattern("invalid range in character class");
  const to = readMemberCharacter(source);
  if ((from.codePointAt(0) ?? 0) > (to.codePointAt(0) ?? 0))
    throw invalidPattern("range out of order in character class");
  const cases = flags.i ? casesWithin(from, to).map(literal).join("") : "";
  return `${literal(from)}-${literal(to)}${cases}`;
}

function readMemberSet(source: PatternSource): string | null {
  if (source.units[source.at] === "\\") {
    source.at++;
    const set = readSet(source);
    if (set === null) source.at--;
    return set;
  }
  const found = /^\[:(\^?)([a-z]+):\]/.exec(source.units.slice(source.at, source.at + 16).join(""));
  if (found === null) return null;
  const [all = "", caret = "", name = ""] = found;
  if (!Object.hasOwn(posixSets, name)) throw invalidPattern("unknown POSIX class name");
  source.at += all.length;
  return `[${caret}${posixSets[name]}]`;
}

function readMemberCharacter(source: PatternSource): string {
  const unit = source.units[source.at++] ?? "";
  if (unit !== "\\") return unit;
  if (/^[1-9QE]$/.test(source.units[source.at] ?? "")) throw unsupportedPattern("this escape in a class");
  if (source.units[source.at] !== "b") return readCharacter(source);
  source.at++;
  return "\b";
}
