import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BSON, Double, Int32, Long, ObjectId } from "mongodb";
import type { HttpAction } from "../../src/model/job.ts";
import { parseJob } from "../../src/model/parse-job.ts";
import { condition } from "../helpers/chain-fixtures.ts";
import { retryPolicy } from "../helpers/retry-policy.ts";
import { brokenJobs } from "./broken-jobs.ts";
import { defaults, jobOf, problemsOf, retry, simple } from "./parse-fixtures.ts";

function actionOf(document: unknown, index = 0): HttpAction {
  const action = jobOf(document).actions[index];
  assert.ok(action?.type === "http");
  return action;
}

describe("a broken job document tells what is wrong:", () => {
  for (const { title, document, problems } of brokenJobs) {
    test(title, () => assert.deepEqual(problemsOf(document), problems));
  }

  test("in the same words after it was stored and read", () => {
    for (const { title, document, problems } of brokenJobs) {
      assert.deepEqual(problemsOf(BSON.deserialize(BSON.serialize(document))), problems, title);
    }
  });

  test("each in its own words", () => {
    assert.equal(new Set(brokenJobs.map(({ title }) => title)).size, brokenJobs.length);
    assert.ok(brokenJobs.length >= 45);
  });

  test("at most 100 problems are listed, and that there are more", () => {
    const fields = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`unknown_${i}`, i]));
    const problems = problemsOf({ ...simple, ...fields });
    assert.equal(problems.length, 101);
    assert.equal(problems.at(-1), "document: expected at most 100 problems, got more");
  });

  test("an invalid job keeps its id and, when it is usable, its name", () => {
    const _id = new ObjectId();
    assert.deepEqual(parseJob({ ...simple, _id, hour: 99 }, defaults), {
      invalid: {
        id: _id,
        idText: _id.toHexString(),
        name: "report",
        problems: [{ path: "hour", expected: "a whole number 0-23 or null", got: "99" }],
      },
    });
    const parsed = parseJob({ name: 5 }, defaults);
    assert.ok("invalid" in parsed);
    assert.equal(parsed.invalid.idText, "(no usable _id)");
    assert.equal(parsed.invalid.name, null);
  });
});

describe("the one-request form", () => {
  test("gives a job with everything filled in", () => {
    const { rev, ...job } = jobOf({
      _id: "report",
      name: "nightly report",
      description: "sends the report",
      group: "reports",
      hour: 3,
      minute: 30,
      tz: "Europe/Berlin",
      method: "post",
      url: "{{BASE_URL}}/report",
      headers: { Authorization: "Bearer {{API_SECRET}}", "X-Retries": 3 },
      params: { day: "{{scheduled_for.date}}", full: true, limit: 10.5 },
      body: { a: [1, null, { b: "{{job.name}}" }], at: new Date(0) },
      follow_redirects: 2,
      timeout_sec: 0.5,
      retry: { retries: 5, delay_sec: 10, jitter: "full" },
      when: { hour_in: [3, 4] },
      overlap: "allow",
      start_grace_sec: 60,
      deadline_sec: 900,
      on_crash: "retry",
      catch_up: "all",
      notify: { channels: ["ops"], after: 3, on: ["failed", "slow"], slow_sec: 0.5 },
      ping_url: "https://ping.example.com/{{PING_ID}}",
      "// why": "comments are allowed",
    });
    assert.match(rev, /^[0-9a-f]{16}$/);
    assert.deepEqual(job, {
      id: "report",
      idText: "report",
      name: "nightly report",
      enabled: true,
      tz: "Europe/Berlin",
      schedule: { tz: "Europe/Berlin", rules: [{ kind: "classic", hour: 3, minute: 30 }] },
      when: condition({ hourIn: [3, 4], minuteIn: null }),
      overlap: "allow",
      catchUp: "all",
      startGraceSec: 60,
      deadlineSec: 900,
      actions: [
        {
          type: "http",
          name: "step-1",
          method: "POST",
          url: "{{BASE_URL}}/report",
          headers: { Authorization: "Bearer {{API_SECRET}}", "X-Retries": "3" },
          params: { day: "{{scheduled_for.date}}", full: "true", limit: "10.5" },
          body: { a: [1, null, { b: "{{job.name}}" }], at: "1970-01-01T00:00:00.000Z" },
          form: null,
          followRedirects: 2,
          timeoutSec: 0.5,
          retry: retryPolicy({ retries: 5, delaySec: 10, backoff: 2, maxDelaySec: 300 }),
          onCrash: "retry",
          expect: null,
          save: [],
          when: null,
          continueOnFailure: false,
        },
      ],
      notify: { channels: ["ops"], after: 3, on: ["failed", "slow"], slowSec: 0.5 },
      pingUrl: "https://ping.example.com/{{PING_ID}}",
      hints: [],
    });
  });

  test("is told of as the config says, as far as it says nothing itself", () => {
    const policy = { channels: ["ops"], after: 2, on: ["failed"] as const, slowSec: 60 };
    const notifyOf = (notify?: unknown) =>
      jobOf(
        { ...simple, ...(notify === undefined ? {} : { notify }) },
        { notify: { policy, channels: ["ops", "dev"] } },
      );
    assert.deepEqual(notifyOf().notify, policy);
    assert.deepEqual(notifyOf([]).notify.channels, []);
    assert.deepEqual(notifyOf(["dev", "dev"]).notify, { ...policy, channels: ["dev"] });
    assert.deepEqual(notifyOf({ after: 5 }).notify, { ...policy, after: 5 });
    assert.deepEqual(notifyOf(["ops"]).hints, []);
    assert.deepEqual(notifyOf(["opps"]).hints, [
      'notify: the config of this machine has no channel "opps" (did you mean "ops"?)',
    ]);
    assert.deepEqual(jobOf(simple).notify.channels, [], "nobody hears anything unless somebody says so");
  });

  test("takes zone, time-out and retries from the config, GET, no grace and skip when it says nothing", () => {
    const job = jobOf(simple);
    assert.equal(job.tz, "Asia/Seoul");
    assert.equal(job.schedule.tz, "Asia/Seoul");
    assert.equal(job.overlap, "skip");
    assert.equal(job.catchUp, "none");
    assert.equal(jobOf({ ...simple, catch_up: "last" }).catchUp, "last");
    assert.equal(job.startGraceSec, null);
    const { method, timeoutSec, retry: policy, body } = actionOf(simple);
    assert.deepEqual(
      { method, timeoutSec, policy, body },
      { method: "GET", timeoutSec: 30, policy: retry, body: null },
    );
  });

  test("may send again after a crash what HTTP calls idempotent, and anything else only when told so", () => {
    const onCrash = (fields: object) => actionOf({ ...simple, ...fields }).onCrash;
    const byMethod = ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "POST", "PATCH"].map((method) => onCrash({ method }));
    assert.deepEqual(byMethod, ["retry", "retry", "retry", "retry", "retry", "fail", "fail"]);
    assert.equal(onCrash({ method: "POST", on_crash: "retry" }), "retry");
    assert.equal(onCrash({ on_crash: "fail" }), "fail");
    assert.equal(jobOf(simple).deadlineSec, null);
  });

  test("says that a delay above the longest one is cut", () => {
    const { hints } = jobOf({ ...simple, retry: { delay_sec: 600 } });
    assert.deepEqual(hints, ["retry.delay_sec: 600 is cut to max_delay_sec, 300"]);
  });
});

test("a form takes what params take, and no redirect is followed unless asked for", () => {
  const { form, body, followRedirects } = actionOf({ ...simple, method: "POST", form: { a: 1, b: "{{X}}", c: true } });
  assert.deepEqual([form, body, followRedirects], [{ a: "1", b: "{{X}}", c: "true" }, null, 0]);
});

describe("the chain form", () => {
  const chain = {
    _id: new ObjectId("0123456789abcdef01234567"),
    name: "chain",
    hour: null,
    timeout_sec: 10,
    retry: { retries: 7 },
    actions: [
      { name: "login", method: "POST", url: "https://example.com/login", body: "x", timeout_sec: 5 },
      {
        url: "https://example.com/{{KEY}}",
        when: { hour_in: [0, 12] },
        continue_on_failure: true,
        retry: { backoff: 1 },
      },
      { type: "mail", to: ["ops@example.com"], name: 7, when: { minute_in: [5] } },
    ],
  };

  test("takes what an action does not say from the job, and then from the config", () => {
    assert.equal(jobOf(chain).idText, "0123456789abcdef01234567");
    const login = actionOf(chain, 0);
    assert.deepEqual([login.timeoutSec, login.retry], [5, { ...retry, retries: 7 }]);
    const second = actionOf(chain, 1);
    assert.equal(second.name, "step-2");
    assert.deepEqual([second.timeoutSec, second.retry], [10, { ...retry, retries: 7, backoff: 1 }]);
    assert.deepEqual(second.when, condition({ hourIn: [0, 12], minuteIn: null }));
    assert.equal(second.continueOnFailure, true);
  });

  test("keeps an action of an unknown type as one to be skipped, with a hint", () => {
    const job = jobOf(chain);
    assert.deepEqual(job.actions[2], {
      type: "unsupported",
      unsupportedType: "mail",
      name: "step-3",
      when: condition({ hourIn: null, minuteIn: [5] }),
    });
    assert.deepEqual(job.hints, ['actions[2].type: "mail" is not supported by this version; the step will be skipped']);
    const [hint] = jobOf({ ...chain, actions: [{ type: "HTTP" }] }).hints;
    assert.match(hint ?? "", /did you mean "http"\?/);
  });

  test("has a when of its own beside those of its actions", () => {
    assert.deepEqual(jobOf({ ...chain, when: { minute_in: [0] } }).when, condition({ hourIn: null, minuteIn: [0] }));
  });
});

describe("schedules of a job:", () => {
  const { hour: _, ...unscheduled } = simple;
  const rows: readonly [title: string, fields: object, rules: readonly object[]][] = [
    ["hour alone is its minute 0", { hour: 5 }, [{ kind: "classic", hour: 5, minute: 0 }]],
    ["hour null is every hour", { hour: null }, [{ kind: "classic", hour: null, minute: 0 }]],
    ["minute alone is every hour", { minute: 15 }, [{ kind: "classic", hour: null, minute: 15 }]],
    ["every_sec", { every_sec: 20 }, [{ kind: "every", everySec: 20 }]],
    ["at as a date", { at: new Date(5) }, [{ kind: "once", at: 5 }]],
    ["at as UTC", { at: "2026-08-01T09:00:00Z" }, [{ kind: "once", at: 1_785_574_800_000 }]],
    ["at with an offset", { at: "2026-08-01T11:00:00.1239+02:00" }, [{ kind: "once", at: 1_785_574_800_123 }]],
    ["at west of Greenwich", { at: "2026-08-01t04:00-05:00" }, [{ kind: "once", at: 1_785_574_800_000 }]],
    [
      "several count together",
      {
        hour: 9,
        every_sec: 60,
        schedules: [{ hour: 1, minute: 2 }, { every_sec: 5 }, { at: new Date(0) }, { minute: 7 }],
      },
      [
        { kind: "classic", hour: 9, minute: 0 },
        { kind: "every", everySec: 60 },
        { kind: "classic", hour: 1, minute: 2 },
        { kind: "every", everySec: 5 },
        { kind: "once", at: 0 },
        { kind: "classic", hour: null, minute: 7 },
      ],
    ],
  ];
  for (const [title, fields, rules] of rows) {
    test(title, () => assert.deepEqual(jobOf({ ...unscheduled, ...fields }).schedule.rules, rules));
  }
});

describe("numbers arrive as different tools write them:", () => {
  const rows: readonly [title: string, hour: unknown][] = [
    ["a number", 9],
    ["Int32", new Int32(9)],
    ["Double", new Double(9)],
    ["Long", Long.fromNumber(9)],
    ["unsigned Long", Long.fromNumber(9, true)],
    ["Long as bare data", { low: 9, high: 0, unsigned: false, _bsontype: "Long" }],
    ["bigint", 9n],
  ];
  for (const [title, hour] of rows) {
    test(title, () => {
      const job = jobOf({ ...simple, hour });
      assert.deepEqual(job.schedule.rules, [{ kind: "classic", hour: 9, minute: 0 }]);
      assert.deepEqual(job.hints, []);
      assert.equal(job.rev, jobOf(simple).rev);
    });
  }

  test("a negative Long keeps its sign", () => {
    assert.deepEqual(problemsOf({ ...simple, hour: Long.fromNumber(-3) }), [
      "hour: expected a whole number 0-23 or null, got -3",
    ]);
  });

  test("texts of one or two digits count for clock fields, with a hint", () => {
    const job = jobOf({ ...simple, hour: "09", minute: "5", when: { hour_in: ["9", 10] } });
    assert.deepEqual(job.schedule.rules, [{ kind: "classic", hour: 9, minute: 5 }]);
    assert.deepEqual(job.when, condition({ hourIn: [9, 10], minuteIn: null }));
    assert.deepEqual(job.hints, [
      'hour: read the text "09" as the number 9',
      'minute: read the text "5" as the number 5',
      'when.hour_in[0]: read the text "9" as the number 9',
    ]);
  });
});
