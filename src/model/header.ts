// What an HTTP header may be called and hold.

/** Set by the connection itself: a job that could would break the framing of its own request. */
export const reservedHeaders: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
]);

/** What they hold lets whoever reads it act as somebody else; in lower case. */
export const privateHeaders: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "proxy-authorization",
  "set-cookie",
  "x-api-key",
]);

/** RFC 9110: a token. */
export function isHeaderName(name: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name);
}

/** The first character that a header's value can't carry, as `U+000A`; null when it can be sent. */
export function unsendableCharacter(value: string): string | null {
  const [bad] = /[^\t\x20-\x7e\x80-\xff]/u.exec(value) ?? [];
  return bad === undefined ? null : `U+${(bad.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
