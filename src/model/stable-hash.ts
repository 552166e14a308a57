// A number that a text always has: on every machine, in every version. What is spread by it must never move.

/** 0 to 2^32 - 1, evenly spread: FNV-1a over UTF-16 units, then murmur3's finish, so that close texts lie far apart. */
export function stableHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
