// Regular expressions as MongoDB reads them (PCRE, UTF-8), written anew for JavaScript: same characters, other rules for
// `$`, `.`, `\s`, classes and flags. What JavaScript cannot say is refused.

import { isAssertion, translateAtom } from "./pattern-atoms.ts";
import { invalidPattern, type PatternFlags, type PatternSource, unsupportedPattern } from "./pattern-source.ts";

export interface CompiledPattern {
  test(text: string): boolean;
}

/** `options` are of `imsxu`. Throws CommandError 51091 for an invalid pattern, NotImplemented for one that cannot be said. */
export function compilePattern(pattern: string, options: string): CompiledPattern {
  const flags: PatternFlags = {
    i: options.includes("i"),
    m: options.includes("m"),
    s: options.includes("s"),
    x: options.includes("x"),
  };
  const source: PatternSource = { units: [...pattern], at: 0, behind: "no" };
  const leading = readLeadingFlags(source, flags);
  const translated = translateAlternatives(source, leading);
  if (source.at < source.units.length) throw invalidPattern("unmatched parentheses");
  try {
    return new RegExp(translated, "v");
  } catch (error) {
    throw unsupportedPattern(error instanceof Error ? error.message : String(error));
  }
}

/** `(?i)` in front is for the whole pattern. */
function readLeadingFlags(source: PatternSource, flags: PatternFlags): PatternFlags {
  const found = /^\(\?([imsx]*)(?:-([imsx]*))?\)/.exec(source.units.slice(source.at, source.at + 16).join(""));
  if (found === null) return flags;
  source.at += found[0].length;
  return readLeadingFlags(source, changedFlags(flags, found[1] ?? "", found[2] ?? ""));
}

function changedFlags(flags: PatternFlags, on: string, off: string): PatternFlags {
  const changed = (flag: keyof PatternFlags) => !off.includes(flag) && (flags[flag] || on.includes(flag));
  return { i: changed("i"), m: changed("m"), s: changed("s"), x: changed("x") };
}

/** Up to the closing parenthesis or the end. */
function translateAlternatives(source: PatternSource, flags: PatternFlags): string {
  let text = "";
  while (source.at < source.units.length && source.units[source.at] !== ")") {
    if (source.units[source.at] === "|") {
      if (source.behind === "inner") throw unsupportedPattern("an alternative in a group of a lookbehind");
      text += "|";
      source.at++;
    } else text += translatePiece(source, flags);
  }
  return text;
}

function translatePiece(source: PatternSource, flags: PatternFlags): string {
  if ((flags.x && skipBlank(source)) || skipComment(source)) return "";
  const rest = source.units.slice(source.at, source.at + 16).join("");
  if (repeats.test(rest)) throw invalidPattern("nothing to repeat");
  const atom = rest.startsWith("(") ? translateGroup(source, flags) : translateAtom(source, flags);
  while ((flags.x && skipBlank(source)) || skipComment(source));
  return atom + translateQuantifier(source, atom);
}

function skipBlank(source: PatternSource): boolean {
  const unit = source.units[source.at] ?? "";
  if (unit === "#") {
    const end = source.units.indexOf("\n", source.at);
    // MongoDB puts a parenthesis behind the pattern, which then belongs to the comment.
    if (end === -1) throw invalidPattern("missing )");
    source.at = end + 1;
    return true;
  }
  if (!/^[\t-\r ]$/.test(unit)) return false;
  source.at++;
  return true;
}

function skipComment(source: PatternSource): boolean {
  if (source.units.slice(source.at, source.at + 3).join("") !== "(?#") return false;
  const end = source.units.indexOf(")", source.at);
  if (end === -1) throw invalidPattern("missing ) after comment");
  source.at = end + 1;
  return true;
}

/** `{` that begins no count is a character, which translateAtom takes care of. */
function translateQuantifier(source: PatternSource, atom: string): string {
  const found = repeats.exec(source.units.slice(source.at, source.at + 16).join(""));
  if (found === null) return "";
  if (isAssertion(atom)) throw invalidPattern("nothing to repeat");
  if (source.behind !== "no" && !/^\{\d+\}$/.test(found[0])) {
    throw invalidPattern("lookbehind assertion is not fixed length");
  }
  const { least = "0", most = least } = found.groups ?? {};
  if (Math.max(Number(least), Number(most)) > 65_535) throw invalidPattern("number too big in {} quantifier");
  if (most !== "" && Number(least) > Number(most)) throw invalidPattern("numbers out of order in {} quantifier");
  source.at += found[0].length;
  const next = source.units[source.at];
  if (next === "+") throw unsupportedPattern("a possessive quantifier");
  if (next !== "?") return found[0];
  source.at++;
  return `${found[0]}?`;
}

const repeats = /^(?:[*+?]|\{(?<least>\d+)(?:,(?<most>\d*))?\})/;

/** No group is ever referred to, so every capturing group becomes a plain one. */
function translateGroup(source: PatternSource, flags: PatternFlags): string {
  const rest = source.units.slice(source.at, source.at + 80).join("");
  const found = groupOpening.exec(rest);
  if (found?.groups === undefined) throw unsupportedPattern(`the group ${rest.slice(0, 4)}`);
  source.at += found[0].length;
  const { look, on = "", off = "" } = found.groups;
  const inner = changedFlags(flags, on, off);
  const around = source.behind;
  source.behind = behindIn(look, around);
  const body = translateAlternatives(source, inner);
  source.behind = around;
  if (source.units[source.at] !== ")") throw invalidPattern("missing )");
  source.at++;
  if (look !== undefined) return `(?${look}${body})`;
  return `(?:${body})`;
}

function behindIn(look: string | undefined, around: PatternSource["behind"]): PatternSource["behind"] {
  if (look !== undefined) return look.startsWith("<") ? "outer" : "no";
  return around === "no" ? "no" : "inner";
}

/** `(`, `(?:`, `(?i-s:`, lookaround, and the three spellings of a name. */
const groupOpening =
  /^\((?:\?(?:(?<on>[imsx]*)(?:-(?<off>[imsx]*))?:|(?<look>=|!|<=|<!)|P?<[A-Za-z_]\w*>|'[A-Za-z_]\w*')|(?![?*]))/;
