// Broken requests, retries, conditions and chains.
import { Binary, ObjectId } from "mongodb";
import { type BrokenJob, broken, brokenAction, request } from "./broken-job.ts";

const requestUrl = "expected a url that begins with http://, https:// or a template";

const statuses = 'a status 100-599, a class such as "5xx" or a range such as "400-404"';
const causes = `"network", "timeout", "expect", "exit", ${statuses}`;

export const brokenRequests: readonly BrokenJob[] = [
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
    "headers as a text",
    { headers: "Authorization: Bearer secret" },
    "headers: expected an object of header names and values, got a text",
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
    { retry: { retries: 101, delay_sec: -1, backoff: 0.5, max_delay_sec: "1", jitter: "some", on: ["status", 99] } },
    "retry.retries: expected a whole number 0-100, got 101",
    "retry.delay_sec: expected a number 0-86400, got -1",
    "retry.backoff: expected a number 1-100, got 0.5",
    'retry.max_delay_sec: expected a number 0-86400, got "1" (write it without quotes)',
    'retry.jitter: expected "full" or "none", got "some"',
    `retry.on[0]: expected ${causes}, got "status"`,
    `retry.on[1]: expected ${causes}, got 99`,
  ),
  broken(
    "retry on nothing",
    { retry: { on: [] } },
    `retry.on: expected a list of 1-20 of ${causes}, got an empty list`,
  ),
  broken(
    "when without a condition",
    { when: {} },
    "when: expected one of hour_in, minute_in, weekday_in, day_in, month_in, got an empty object",
  ),
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
    "when with days that are none",
    { when: { weekday_in: ["MO", 8], day_in: [0], month_in: [13, "JAN"] } },
    'when.weekday_in[0]: expected a whole number 0-7 or a name such as MON, got "MO"',
    "when.weekday_in[1]: expected a whole number 0-7 or a name such as MON, got 8",
    "when.day_in[0]: expected a whole number 1-31, got 0",
    "when.month_in[0]: expected a whole number 1-12, got 13",
    'when.month_in[1]: expected a whole number 1-12, got "JAN"',
  ),
  broken(
    "a job's when that asks for a step",
    { when: { previous: "ok", output: { name: "x", exists: true } } },
    "when.previous: expected no such field, got a text (it belongs into an action of actions)",
    "when.output: expected no such field, got an object (it belongs into an action of actions)",
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
    "conditions on steps that can't hold",
    { when: { previous: "failed", output: { name: "a b", gt: 1 } } },
    'actions[0].when.previous: expected "ok" or "error", got "failed"',
    "actions[0].when.output.gt: expected no such field, got 1",
    "actions[0].when.output: expected one of eq, ne, exists, got none of them",
    'actions[0].when.output.name: expected the name of an output that an earlier action saves, got "a b"',
  ),
  brokenAction(
    "an expectation of nothing",
    { expect: {} },
    "actions[0].expect: expected status, body_contains or json, got an empty object",
  ),
  brokenAction(
    "everything wrong in expect",
    {
      expect: {
        status: [200, "6xx", "404-400"],
        body_contains: "",
        json: [
          { path: "ok", eq: true },
          { path: "$.a" },
          { path: "$.a", gt: "1", exists: 1, type: "text" },
          { eq: 1 },
          5,
        ],
      },
    },
    `actions[0].expect.status[1]: expected ${statuses}, got "6xx"`,
    `actions[0].expect.status[2]: expected ${statuses}, got "404-400"`,
    'actions[0].expect.body_contains: expected a text of 1-1000 characters, got ""',
    `actions[0].expect.json[0].path: expected a JSONPath such as "$.items[0].id": expected '$', found 'o' ('ok':0), got "ok"`,
    "actions[0].expect.json[1]: expected one of eq, ne, gt, gte, lt, lte, contains, exists, type, got none of them",
    'actions[0].expect.json[2].gt: expected a number, got "1"',
    "actions[0].expect.json[2].exists: expected true or false, got 1",
    'actions[0].expect.json[2].type: expected one of string, number, boolean, null, array, object, as a text, got "text"',
    'actions[0].expect.json[3].path: expected a JSONPath such as "$.items[0].id", got nothing',
    'actions[0].expect.json[4]: expected an object such as {"path": "$.ok", "eq": true}, got 5',
  ),
  brokenAction(
    "a path with a regular expression, and one that is too long",
    { expect: { json: [{ path: "$[?match(@.a, 'x')]", exists: true }] }, save: { a: `$.${"a".repeat(200)}` } },
    `actions[0].expect.json[0].path: expected a JSONPath such as "$.items[0].id": no such function 'match' ('$[?match(':3), got "$[?match(@.a, 'x')]"`,
    `actions[0].save.a: expected a JSONPath of at most 200 characters, got "$.${"a".repeat(58)}…"`,
  ),
  brokenAction(
    "save of nothing and under no name",
    { save: { "a.b": "$.t", c: 5 } },
    'actions[0].save["a.b"]: expected a name of up to 64 letters, digits and _ that does not begin with a digit, got another one',
    'actions[0].save.c: expected a JSONPath such as "$.items[0].id", got 5',
  ),
  brokenAction("save without a name", { save: {} }, "actions[0].save: expected 1-50 names, got 0"),
  brokenAction(
    "save_secret",
    { save_secret: { token: "$.t" } },
    "actions[0].save_secret: expected no such field: save_secret is not supported by this version, got an object",
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
