// The Retry-After header of a failed answer.

/** The wait in milliseconds that the header asks for (seconds or an HTTP date), or null when it says nothing usable. */
export function parseRetryAfter(header: string | null, nowMs: number): number | null {
  const text = header?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // An HTTP date names its zone, or is in C's asctime form, which means UTC; Date.parse would take "5 May" as local time.
  const isAsctime = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/.test(text);
  if (!isAsctime && !text.endsWith("GMT")) return null;
  const at = Date.parse(isAsctime ? `${text} GMT` : text);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}
