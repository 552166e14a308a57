// Which characters are one and the same to a case-insensitive pattern. JavaScript's own flag `i` would also fold `\w` and
// `\P{Lu}`, which PCRE leaves alone, and V8's `(?i:…)` misses matches, so the variants are written out.

/** All spellings of the character, itself included: `k`, `K` and the Kelvin sign. */
export function casesOf(character: string): readonly string[] {
  return caseGroups().get(keyOf(character)) ?? [character];
}

/** What the letters from one character to another are also spelled as. */
export function casesWithin(from: string, to: string): readonly string[] {
  const [first, last] = [from.codePointAt(0) ?? 0, to.codePointAt(0) ?? 0];
  const isWithin = (character: string) => {
    const code = character.codePointAt(0) ?? 0;
    return code >= first && code <= last;
  };
  return [...caseGroups().values()].filter((group) => group.some(isWithin)).flat();
}

let groups: ReadonlyMap<string, readonly string[]> | null = null;

/** Made when first asked for; no character has cases beyond the second plane. */
function caseGroups(): ReadonlyMap<string, readonly string[]> {
  if (groups !== null) return groups;
  const found = new Map<string, string[]>();
  for (let code = 0; code < 0x20000; code++) {
    const character = String.fromCodePoint(code);
    if (!/\p{Changes_When_Casemapped}/u.test(character)) continue;
    const key = keyOf(character);
    const group = found.get(key);
    if (group === undefined) found.set(key, [character]);
    else group.push(character);
  }
  groups = found;
  return found;
}

/** Through upper case to lower case, where these are one character; the Turkish i's are letters of their own. */
function keyOf(character: string): string {
  if (character === "\u0130" || character === "\u0131") return character;
  const upper = singleOr(character, character.toUpperCase());
  return singleOr(upper, upper.toLowerCase());
}

const singleOr = (character: string, mapped: string): string => ([...mapped].length === 1 ? mapped : character);
