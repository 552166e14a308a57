// Undoes one layer of the escapes that stand for single characters: percent-encoding, those of strings in JSON and in
// programs, and those of HTML. Every encoder chooses for itself which characters to escape; undoing needs no list of them.

export interface Layer {
  readonly text: string;
  /** Where each character, and the end, stood in the text of the first layer; null: this is the first. */
  readonly origins: Uint32Array | null;
}

interface Escape {
  readonly codePoint: number;
  /** How many characters it takes. */
  readonly length: number;
}

const [percent, ampersand, backslash] = [37, 38, 92];

const plainEscapes = characterTable({
  ...{ n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" },
  ...{ '"': '"', "'": "'", "/": "/", "\\": "\\" },
});
const entities = characterTable({ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" });
const longestEntity = 9;

/** The next layer; null when nothing in the text is escaped. */
export function unescapeLayer({ text, origins }: Layer): Layer | null {
  if (!/[%&\\]/.test(text)) return null;
  const codes = new Uint16Array(text.length);
  const nextOrigins = new Uint32Array(text.length + 1);
  let length = 0;
  for (let at = 0; at < text.length; ) {
    const origin = origins === null ? at : (origins[at] ?? 0);
    const code = text.charCodeAt(at);
    const isEscape = code === percent || code === ampersand || code === backslash;
    const sign = isEscape ? readEscape(text, at, code) : null;
    at += sign?.length ?? 1;
    nextOrigins[length] = origin;
    if (sign === null || sign.codePoint <= 0xffff) {
      codes[length++] = sign?.codePoint ?? code;
      continue;
    }
    codes[length++] = 0xd800 + ((sign.codePoint - 0x10000) >> 10);
    nextOrigins[length] = origin;
    codes[length++] = 0xdc00 + ((sign.codePoint - 0x10000) & 0x3ff);
  }
  if (length === text.length) return null;
  nextOrigins[length] = origins?.[text.length] ?? text.length;
  const unescaped = Buffer.from(codes.buffer, 0, 2 * length).toString("utf16le");
  return { text: unescaped, origins: nextOrigins.subarray(0, length + 1) };
}

/** Without the part of an escape at the end, where reading stopped in the middle of one. */
export function withoutCutEscape({ text, origins }: Layer): Layer {
  const cut = cutEscape.exec(text.slice(-longestCutEscape))?.[0] ?? "";
  return { text: text.slice(0, text.length - cut.length), origins };
}

const [mark, hex, next] = ["(?:%|\\\\x)", "[0-9a-f]", "(?:%|\\\\x)[89ab][0-9a-f]"];
/** The first bytes of a character in UTF-8. */
const cutBytes = `${mark}(?:[cd]${hex}|e${hex}(?:${next})?|f${hex}(?:${next}){0,2})`;
/** An escape of one layer may be cut inside that of the next: `\&quo`. */
const cutSign = `\\\\*(?:%${hex}?|\\\\u${hex}{0,3}|\\\\x${hex}?|&#?[0-9a-z]{0,7})?`;
const cutEscape = new RegExp(`(?:${cutBytes})?${cutSign}$`, "i");
const longestCutEscape = 15;

function readEscape(text: string, at: number, code: number): Escape | null {
  if (code === backslash) return readBackslash(text, at);
  const sign = code === percent ? readBytes(text, at, "%") : readEntity(text, at);
  // `%5C` before a backslash waits: that one is of an outer layer, and the two together would seem an escape.
  const isEarly = sign?.codePoint === backslash && text.charCodeAt(at + sign.length) === backslash;
  return isEarly ? null : sign;
}

/** A byte, or several that are one character in UTF-8; what is no UTF-8 is Latin-1. */
function readBytes(text: string, at: number, mark: string): Escape | null {
  const length = mark.length + 2;
  const byteAt = (from: number) => (text.startsWith(mark, from) ? hexNumber(text, from + mark.length, 2) : null);
  const first = byteAt(at);
  if (first === null) return null;
  const size = first < 0xc2 || first > 0xf4 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  let codePoint = size === 1 ? first : first & (0xff >> (size + 1));
  for (let i = 1; i < size; i++) {
    const next = byteAt(at + length * i);
    if (next === null || next >> 6 !== 2) return { codePoint: first, length };
    codePoint = (codePoint << 6) | (next & 0x3f);
  }
  return codePoint > 0x10ffff ? { codePoint: first, length } : { codePoint, length: length * size };
}

function readBackslash(text: string, at: number): Escape | null {
  const kind = text.charAt(at + 1);
  const plain = plainEscapes.get(kind);
  if (plain !== undefined) return { codePoint: plain, length: 2 };
  if (kind === "x") return readBytes(text, at, "\\x");
  const codePoint = kind === "u" ? hexNumber(text, at + 2, 4) : null;
  return codePoint === null ? null : { codePoint, length: 6 };
}

function readEntity(text: string, at: number): Escape | null {
  const rest = text.slice(at + 1, at + 1 + longestEntity);
  const name = rest.slice(0, Math.max(0, rest.indexOf(";")));
  const [, hex, decimal] = name.startsWith("#") ? (/^#(?:x([0-9a-f]+)|([0-9]+))$/i.exec(name) ?? []) : [];
  const number = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  const codePoint = entities.get(name) ?? number;
  return codePoint <= 0x10ffff ? { codePoint, length: name.length + 2 } : null;
}

/** null: something else than hexadecimal digits stands there. */
function hexNumber(text: string, at: number, digits: number): number | null {
  let number = 0;
  for (let i = at; i < at + digits; i++) {
    const code = text.charCodeAt(i) | 0x20;
    const isDigit = code >= 48 && code <= 57;
    if (!isDigit && !(code >= 97 && code <= 102)) return null;
    number = number * 16 + (isDigit ? code - 48 : code - 87);
  }
  return number;
}

function characterTable(table: Readonly<Record<string, string>>): ReadonlyMap<string, number> {
  return new Map(Object.entries(table).map(([name, char]) => [name, char.charCodeAt(0)]));
}
