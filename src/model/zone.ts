// Which time zone names are accepted, in configs and jobs alike.

/** Asking Intl costs some 50 µs, and a fleet's jobs share a few zones. Holds accepted names only, so it stays small. */
const accepted = new Set<string>(["UTC"]);

/**
 * Whether `name` is "UTC" or an IANA name that Intl knows. Offsets (`+09:00`) and abbreviations (`EST`) are refused,
 * though Intl takes some: they know no daylight saving, so a job would be an hour off for half the year.
 */
export function isKnownZone(name: string): boolean {
  if (accepted.has(name)) return true;
  // Every abbreviation is of at most three letters, or in capitals, or has a digit (`EST5EDT`); `Japan` is none.
  if (!/^([A-Za-z_]+(\/[A-Za-z0-9_+-]+)+|[A-Z][a-z]{3,})$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
  } catch {
    return false;
  }
  accepted.add(name);
  return true;
}

/** Names to suggest for a mistyped zone. */
export function zoneNames(): readonly string[] {
  return ["UTC", ...Intl.supportedValuesOf("timeZone")];
}
