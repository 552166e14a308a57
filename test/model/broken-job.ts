// One row of the table of broken jobs.

export interface BrokenJob {
  readonly title: string;
  readonly document: Readonly<Record<string, unknown>>;
  readonly problems: readonly string[];
}

type Changes = Readonly<Record<string, unknown>>;

export const request = { url: "https://example.com/report" };

/** A good job with some fields replaced; `undefined` takes one away. */
export function broken(title: string, changes: Changes, ...problems: readonly string[]): BrokenJob {
  const all = { _id: `broken: ${title}`, name: `broken: ${title}`, hour: 9, ...request, ...changes };
  const document = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return { title, document, problems };
}

export function brokenAction(title: string, action: Changes, ...problems: readonly string[]): BrokenJob {
  return broken(title, { url: undefined, actions: [{ ...request, ...action }] }, ...problems);
}
