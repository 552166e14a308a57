// JSON and YAML have no dates, a job has them in three fields: an instant written as text is one there.

const instantFields = ["at", "start_at", "end_at"];
const instantPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** Instants as dates, as the database keeps them. What is no instant stays, for the checks to refuse. */
export function withDates(document: unknown): unknown {
  return mapInstants(document, (value) => {
    const isInstant = typeof value === "string" && instantPattern.test(value) && !Number.isNaN(Date.parse(value));
    return isInstant ? new Date(value) : value;
  });
}

/** Dates as the text that a person writes in a file; the opposite of `withDates`. */
export function withDateTexts(document: unknown): unknown {
  return mapInstants(document, (value) => {
    return value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString().replace(".000Z", "Z") : value;
  });
}

type Change = (value: unknown) => unknown;

function mapInstants(document: unknown, change: Change): unknown {
  if (!isObject(document)) return document;
  const { schedules } = document;
  const changed = mapFields(document, change);
  if (!Array.isArray(schedules)) return changed;
  return { ...changed, schedules: schedules.map((rule) => (isObject(rule) ? mapFields(rule, change) : rule)) };
}

function mapFields(object: Readonly<Record<string, unknown>>, change: Change): Readonly<Record<string, unknown>> {
  const present = instantFields.filter((field) => Object.hasOwn(object, field));
  return { ...object, ...Object.fromEntries(present.map((field) => [field, change(object[field])])) };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
