// Job documents that are wrong, each in its own way, with the exact text a person reads. All can be stored in MongoDB.
import { Binary, Decimal128, Long, ObjectId } from "mongodb";

export interface BrokenJob {
  readonly title: string;
  readonly document: Readonly<Record<string, unknown>>;
  readonly problems: readonly string[];
}

type Changes = Readonly<Record<string, unknown>>;

const request = { url: "https://example.com/report" };

/** A good job with some fields replaced; `undefined` takes one away. */
function broken(title: string, changes: Changes, ...problems: readonly string[]): BrokenJob {
  const all = { _id: `broken: ${title}`, name: `broken: ${title}`, hour: 9, ...request, ...changes };
  const document = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return { title, document, problems };
}

function brokenAction(title: string, action: Changes, ...problems: readonly string[]): BrokenJob {
  return broken(title, { url: undefined, actions: [{ ...request, ...action }] }, ...problems);
}

const requestUrl = "expected a url that begins with http://, https:// or a template";

export const brokenJobs: readonly BrokenJob[] = [
  broken("no name", { name: undefined }, "name: expected the job's name, got nothing"),
  broken("empty name", { name: "" }, 'name: expected a text of 1-200 characters without control characters, got ""'),
  broken(
    "name with a line break",
    { name: "a\nb" },
    'name: expected a text of 1-200 characters without control characters, got "a\\nb"',
  ),
  broken("numeric name", { name: 7 }, "name: expected a text of 1-200 characters without control characters, got 7"),
  broken(
    "fractional _id",
    { _id: 9.7 },
    "_id: expected an ObjectId, a text of 1-200 characters, a UUID or a whole number, got 9.7",
  ),
  broken(
    "null _id",
    { _id: null },
    "_id: expected an ObjectId, a text of 1-200 characters, a UUID or a whole number, got null",
  ),

  broken(
    "no schedule",
    { hour: undefined },
    "hour: expected a schedule: hour and minute, every_sec, at or schedules, got nothing",
  ),
  broken("hour out of range", { hour: 24 }, "hour: expected a whole number 0-23 or null, got 24"),
  broken("negative hour", { hour: -1 }, "hour: expected a whole number 0-23 or null, got -1"),
  broken("fractional hour", { hour: 9.7 }, "hour: expected a whole number 0-23 or null, got 9.7"),
  broken("NaN hour", { hour: Number.NaN }, "hour: expected a whole number 0-23 or null, got NaN"),
  broken(
    "infinite hour",
    { hour: Number.POSITIVE_INFINITY },
    "hour: expected a whole number 0-23 or null, got Infinity",
  ),
  broken(
    "Decimal128 hour",
    { hour: Decimal128.fromString("9") },
    "hour: expected a whole number 0-23 or null, got Decimal128 9",
  ),
  broken(
    "Long hour beyond every number",
    { hour: Long.MAX_VALUE },
    "hour: expected a whole number 0-23 or null, got Long 9223372036854775807",
  ),
  broken("list of hours", { hour: [0, 12] }, "hour: expected a whole number 0-23 or null, got a list"),
  broken("hour in words", { hour: "nine" }, 'hour: expected a whole number 0-23 or null, got "nine"'),
  broken("hour as a text out of range", { hour: "25" }, 'hour: expected a whole number 0-23 or null, got "25"'),
  broken("hour as a clock time", { hour: "09:30" }, 'hour: expected a whole number 0-23 or null, got "09:30"'),
  broken("hour true", { hour: true }, "hour: expected a whole number 0-23 or null, got true"),
  broken(
    "minute null",
    { minute: null },
    "minute: expected a whole number 0-59, got null (leave it out for minute 0; for every minute write every_sec: 60)",
  ),
  broken("minute out of range", { minute: 60 }, "minute: expected a whole number 0-59, got 60"),
  broken("minute as a cron field", { minute: "*/5" }, 'minute: expected a whole number 0-59, got "*/5"'),
  broken("every_sec 0", { every_sec: 0 }, "every_sec: expected a whole number 1-31536000, got 0"),
  broken(
    "every_sec in quotes",
    { every_sec: "30" },
    'every_sec: expected a whole number 1-31536000, got "30" (write it without quotes)',
  ),
  broken(
    "at without an offset",
    { at: "2026-08-01T09:00:00" },
    'at: expected a date, or a text such as 2026-08-01T09:00:00Z or 2026-08-01T09:00:00+02:00, got "2026-08-01T09:00:00"',
  ),
  broken(
    "at on 30 February",
    { at: "2026-02-30T09:00:00Z" },
    'at: expected a date, or a text such as 2026-08-01T09:00:00Z or 2026-08-01T09:00:00+02:00, got "2026-02-30T09:00:00Z"',
  ),
  broken(
    "at as a number",
    { at: 1_785_574_800_000 },
    "at: expected a date, or a text such as 2026-08-01T09:00:00Z or 2026-08-01T09:00:00+02:00, got 1785574800000",
  ),
  broken("empty schedules", { schedules: [] }, "schedules: expected a list of 1-1000 schedules, got an empty list"),
  broken(
    "schedules as an object",
    { schedules: { hour: 9 } },
    "schedules: expected a list of 1-1000 schedules, got an object",
  ),
  broken(
    "empty entry in schedules",
    { schedules: [{ hour: 9 }, {}] },
    "schedules[1]: expected a schedule: hour and minute, every_sec or at, got an empty object",
  ),
  broken(
    "broken hour in schedules",
    { schedules: [{ hour: 9 }, { hour: 99 }] },
    "schedules[1].hour: expected a whole number 0-23 or null, got 99",
  ),
  broken(
    "two kinds in one entry of schedules",
    { schedules: [{ hour: 9, every_sec: 60 }] },
    "schedules[0]: expected one kind of schedule in each entry, got 2 kinds",
  ),
  broken(
    "zone in an entry of schedules",
    { schedules: [{ hour: 9, tz: "UTC" }] },
    "schedules[0].tz: expected no such field, got a text (it belongs into the job itself: all its schedules share a zone)",
  ),
  broken(
    "cron expression in schedules",
    { schedules: ["0 3 * * *"] },
    'schedules[0]: expected an object such as {"hour": 9, "minute": 30}, got "0 3 * * *" (cron schedules are not supported by this version)',
  ),
  broken(
    "misspelt zone",
    { tz: "Europe/Berln" },
    'tz: expected a time zone such as Europe/Berlin or UTC, got "Europe/Berln" (did you mean "Europe/Berlin"?)',
  ),
  broken("offset as a zone", { tz: "+09:00" }, 'tz: expected a time zone such as Europe/Berlin or UTC, got "+09:00"'),

  broken(
    "cron",
    { hour: undefined, cron: "0 3 * * *" },
    "cron: expected no such field: cron schedules are not supported by this version, got a text",
  ),
  broken(
    "fields of a later version",
    { jitter_sec: 5, start_at: new Date(0), notify: {}, deadline_sec: 60 },
    "jitter_sec: expected no such field: jitter_sec is not supported by this version, got 5",
    "start_at: expected no such field: start_at is not supported by this version, got date 1970-01-01T00:00:00.000Z",
    "notify: expected no such field: notify is not supported by this version, got an empty object",
    "deadline_sec: expected no such field: deadline_sec is not supported by this version, got 60",
  ),
  broken(
    "catch_up last",
    { catch_up: "last" },
    'catch_up: expected "none": others are not supported by this version, got "last"',
  ),
  broken("catch_up true", { catch_up: true }, 'catch_up: expected "none", got true'),
  broken("misspelt minute", { minutes: 30 }, 'minutes: expected no such field, got 30 (did you mean "minute"?)'),
  broken(
    "timeout without its unit",
    { timeout: 30 },
    'timeout: expected no such field, got 30 (did you mean "timeout_sec"?)',
  ),
  broken("unknown field", { colour: "red" }, "colour: expected no such field, got a text"),
  broken("retries beside retry", { retries: 3 }, "retries: expected no such field, got 3 (it belongs into retry)"),
  broken("enabled as a text", { enabled: "false" }, 'enabled: expected true or false, got "false"'),
  broken("enabled as a number", { enabled: 0 }, "enabled: expected true or false, got 0"),
  broken("unknown overlap", { overlap: "queue" }, 'overlap: expected "skip" or "allow", got "queue"'),
  broken(
    "negative start_grace_sec",
    { start_grace_sec: -1 },
    "start_grace_sec: expected a whole number of at least 0, got -1",
  ),
  broken("description as an object", { description: {} }, "description: expected a text, got an empty object"),

  broken("no url", { url: undefined }, "url: expected the url to request, or actions, got nothing"),
  broken(
    "misspelt url",
    { url: undefined, uri: "https://example.com" },
    'uri: expected no such field, got a text (did you mean "url"?)',
  ),
  broken("url without a scheme", { url: "example.com/x" }, `url: ${requestUrl}, got "example.com/x"`),
  broken("ftp url", { url: "ftp://example.com/" }, `url: ${requestUrl}, got "ftp://example.com/"`),
  broken("url without a host", { url: "https:///x" }, `url: ${requestUrl}, got "https:///x"`),
  broken(
    "url with a broken port",
    { url: "http://example.com:99999/" },
    'url: expected a url with a valid host and port, got "http://example.com:99999/"',
  ),
  broken(
    "url with a password",
    { url: "https://me:hunter2@example.com/?token=hunter2" },
    'url: expected no user name or password: use an Authorization header, got "https://***@example.com/?…"',
  ),
  broken(
    "url with a line break",
    { url: "https://example.com/\r\nX: y" },
    'url: expected a url without control characters, got "https://example.com/\\r\\nX: y"',
  ),
  broken(
    "endless url",
    { url: `https://a/${"x".repeat(8192)}` },
    "url: expected at most 8192 characters, got 8202 characters",
  ),
  broken("numeric url", { url: 80 }, "url: expected a text, got 80"),
  broken(
    "unknown method",
    { method: "FETCH" },
    'method: expected one of GET, HEAD, PUT, POST, PATCH, DELETE, OPTIONS, got "FETCH"',
  ),
  broken(
    "method CONNECT",
    { method: "CONNECT" },
    'method: expected one of GET, HEAD, PUT, POST, PATCH, DELETE, OPTIONS, got "CONNECT"',
  ),
  broken(
    "headers as a list",
    { headers: ["Accept: */*"] },
    "headers: expected an object of header names and values, got a list",
  ),
  broken(
    "header name with a blank",
    { headers: { "X Y": "1" } },
    'headers["X Y"]: expected a header name of letters, digits and -, got a text',
  ),
  broken(
    "header that frames the request",
    { headers: { "content-length": 3 } },
    "headers.content-length: expected no such header: the connection sets it itself, got 3",
  ),
  broken(
    "line break in a header's value",
    { headers: { Authorization: "Bearer x\r\nX-Admin: 1" } },
    "headers.Authorization: expected a value without the character U+000D, got a text",
  ),
  broken(
    "the same header twice",
    { headers: { Accept: "a", accept: "b" } },
    "headers.accept: expected each header once, upper and lower case being the same, got a text",
  ),
  broken(
    "null header",
    { headers: { Accept: null } },
    "headers.Accept: expected a text, a number, true or false, got null",
  ),
  broken(
    "list as a parameter",
    { params: { id: [1, 2] } },
    "params.id: expected a text, a number, true or false, got a list",
  ),
  broken(
    "body in a GET request",
    { body: { a: 1 } },
    'body: expected no body in a GET request, got an object (method is "GET" unless given)',
  ),
  broken("numeric body", { method: "POST", body: 5 }, "body: expected a text, an object or a list, got 5"),
  broken(
    "binary data in a body",
    { method: "POST", body: { a: [new Binary(new Uint8Array(3))] } },
    "body.a[0]: expected a value that JSON knows, got a BSON Binary",
  ),
  broken(
    "ObjectId in a body",
    { method: "POST", body: { ref: new ObjectId("0123456789abcdef01234567") } },
    "body.ref: expected a value that JSON knows, got ObjectId 0123456789abcdef01234567",
  ),
  broken(
    "__proto__ in a body",
    { method: "POST", body: JSON.parse('{"a": {"__proto__": {"admin": true}}}') },
    "body.a.__proto__: expected no key of this name, got one",
  ),
  broken("constructor as a field", { constructor: "x" }, "constructor: expected no key of this name, got one"),
  broken("timeout_sec 0", { timeout_sec: 0 }, "timeout_sec: expected a number above 0, at most 86400, got 0"),
  broken(
    "timeout_sec with a unit",
    { timeout_sec: "30s" },
    'timeout_sec: expected a number above 0, at most 86400, got "30s"',
  ),
  broken(
    "retry as a number",
    { retry: 3 },
    'retry: expected an object such as {"retries": 3}, got 3 (write {"retries": 3})',
  ),
  broken(
    "everything wrong in retry",
    { retry: { retries: 101, delay_sec: -1, backoff: 0.5, max_delay_sec: "1", jitter: "none", on: [500] } },
    "retry.on: expected no such field: a choice of what is retried is not supported by this version, got a list",
    'retry.jitter: expected "full": others are not supported by this version, got "none"',
    "retry.retries: expected a whole number 0-100, got 101",
    "retry.delay_sec: expected a number 0-86400, got -1",
    "retry.backoff: expected a number 1-100, got 0.5",
    'retry.max_delay_sec: expected a number 0-86400, got "1" (write it without quotes)',
  ),
  broken("when without a condition", { when: {} }, "when: expected hour_in or minute_in, got an empty object"),
  broken(
    "when with a number for a list",
    { when: { hour_in: 5 } },
    "when.hour_in: expected a list of 1-24 whole numbers 0-23, got 5",
  ),
  broken(
    "when with an hour out of range",
    { when: { hour_in: [0, 24] } },
    "when.hour_in[1]: expected a whole number 0-23, got 24",
  ),
  broken(
    "when with an empty list",
    { when: { minute_in: [] } },
    "when.minute_in: expected a list of 1-60 whole numbers 0-59, got an empty list",
  ),
  broken(
    "when with weekdays",
    { when: { weekday_in: ["MON"] } },
    "when.weekday_in: expected no such field: weekday_in is not supported by this version, got a list",
  ),

  broken(
    "url and actions",
    { actions: [request] },
    "url: expected no such field beside actions, got a text (put it into an action)",
  ),
  broken(
    "empty actions",
    { url: undefined, actions: [] },
    "actions: expected a list of 1-100 actions, got an empty list",
  ),
  broken(
    "too many actions",
    { url: undefined, actions: Array.from({ length: 101 }, () => request) },
    "actions: expected a list of 1-100 actions, got a list of 101",
  ),
  broken(
    "actions as an object",
    { url: undefined, actions: request },
    "actions: expected a list of 1-100 actions, got an object",
  ),
  broken(
    "text among actions",
    { url: undefined, actions: [request, "https://example.com"] },
    'actions[1]: expected an object, got "https://example.com"',
  ),
  broken(
    "two actions of one name",
    { url: undefined, actions: [{ ...request, name: "a" }, request, { ...request, name: "a" }] },
    'actions[2].name: expected a name no other action has, got "a"',
  ),
  brokenAction("action without a url", { url: null }, "actions[0].url: expected a text, got null"),
  brokenAction("numeric type", { type: 1 }, 'actions[0].type: expected a text such as "http", got 1'),
  brokenAction(
    "expect",
    { expect: { status: [200] } },
    "actions[0].expect: expected no such field: expect is not supported by this version, got an object",
  ),
  brokenAction(
    "save",
    { save: { token: "$.t" } },
    "actions[0].save: expected no such field: save is not supported by this version, got an object",
  ),
  brokenAction(
    "hour in an action",
    { hour: 3 },
    "actions[0].hour: expected no such field, got 3 (it belongs into the job itself)",
  ),
  brokenAction(
    "continue_on_failure as a text",
    { continue_on_failure: "yes" },
    'actions[0].continue_on_failure: expected true or false, got "yes"',
  ),
  brokenAction(
    "everything wrong at once",
    { methd: "GET", url: "x", retry: { retries: -1 }, when: { hour_in: ["x"] } },
    'actions[0].methd: expected no such field, got a text (did you mean "method"?)',
    `actions[0].url: ${requestUrl}, got "x"`,
    "actions[0].retry.retries: expected a whole number 0-100, got -1",
    'actions[0].when.hour_in[0]: expected a whole number 0-23, got "x"',
  ),
  broken("too much text", { description: "x".repeat(262_145) }, "document: expected at most 256 KiB of text, got more"),
];
