// Secrets appear nowhere: not in any collection, not in any log entry, not on stdout or stderr, whatever targets send
// back. Without a run that really used and got back each of them this would prove nothing, so that is looked at too.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BSON } from "mongodb";
import { findCommand, insertCommand } from "../../src/store/commands.ts";
import type { Store } from "../../src/store/connect.ts";
import { startAgentProcess, temporaryDir } from "../helpers/agent-process.ts";
import { forEachTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { assertNoSecret, secretForms } from "../helpers/secret-forms.ts";
import { type LoggedRequest, startTarget, type Target } from "../helpers/target.ts";
import { startAgent, until } from "../helpers/test-agent.ts";

/** The first looks different in every encoding. */
const values = { ODD: `p@ss/wörd+"x"&=1`, TOKEN: "0a1B2c3D4e5F60718293a4B5c6D7e8F9", BOUND: "only-for-elsewhere-7Qz" };
const boundTo = ["api.example.com"];
const inConfig = { ...values, BOUND: { value: values.BOUND, hosts: boundTo } };
const secrets = new Map(
  Object.entries(values).map(([key, value]) => [key, { value, hosts: key === "BOUND" ? boundTo : null }]),
);

const encodings: Readonly<Record<string, (text: string) => string>> = {
  raw: (text) => text,
  percent: encodeURIComponent,
  base64: (text) => Buffer.from(text).toString("base64"),
  json: (text) => JSON.stringify(JSON.stringify(text)),
};

/** Every part of the request that carried a secret. */
function textOf({ url, headers, body }: LoggedRequest): string {
  return `${headers["x-odd"]}\n${headers.authorization}\n${url}\n${body}`;
}

function startEcho(target: Target): void {
  for (const [name, encode] of Object.entries(encodings)) {
    target.on(`/${name}/${encodeURIComponent(values.ODD)}`, (request, response) => {
      response.setHeader("x-echo", String(request.headers.authorization));
      response.end(encode(textOf(request)));
    });
  }
  target.on("/fails", (request, response) => response.writeHead(500, values.TOKEN).end(textOf(request)));
  target.on("/moves", (request, response) =>
    response.writeHead(302, { location: `/?${encodeURIComponent(values.ODD)}` }).end(textOf(request)),
  );
  target.on("/breaks", (request, response, { socket }) => {
    response.writeHead(200, { "content-length": "1000" });
    response.write(textOf(request), () => socket.resetAndDestroy());
  });
}

/** Everything that carries a secret. */
const carrier = {
  method: "POST",
  headers: { Authorization: "Bearer {{TOKEN}}", "X-Odd": "{{ODD}}" },
  params: { token: "{{TOKEN}}", odd: "{{ODD}}" },
  body: { token: "{{TOKEN}}", list: ["{{ODD}}", { both: "{{ODD}} {{TOKEN}}" }] },
};

interface Expected {
  readonly status: string;
  readonly code: string | null;
  readonly url: string;
}

const jobs: Readonly<Record<string, Expected & Readonly<Record<string, unknown>>>> = {
  ...Object.fromEntries(
    Object.keys(encodings).map((name) => [name, { ...carrier, url: `/${name}/{{ODD}}`, status: "ok", code: null }]),
  ),
  fails: { ...carrier, url: "/fails", retry: { retries: 1, delay_sec: 0.01 }, status: "error", code: "status" },
  moves: { ...carrier, url: "/moves", status: "error", code: "status" },
  breaks: { ...carrier, url: "/breaks", status: "error", code: "reset" },
  "unknown key": { ...carrier, url: "/{{ODD}}/{{NO_SUCH_KEY}}/{{TOKEN}}", status: "error", code: "template" },
  "no url": { ...carrier, url: "{{ODD}}", status: "error", code: "template" },
  "bound elsewhere": {
    ...{ ...carrier, url: "/{{BOUND}}/{{ODD}}", headers: { "X-Bound": "{{BOUND}}", "X-Token": "{{TOKEN}}" } },
    ...{ status: "error", code: "blocked" },
  },
};

await forEachTarget("secrets", (suite) => {
  let store: Store;
  let target: Target;

  before(async () => {
    ({ store } = await openTestStore(suite));
    target = await startTarget();
    startEcho(target);
  });
  after(async () => {
    await target.close();
    await store.close();
  });

  const insertJobs = async () => {
    await store.db.dropDatabase();
    const at = new Date();
    const documents = Object.entries(jobs).map(([name, { status: _, code: __, url, ...rest }]) => {
      const isPath = url.startsWith("/");
      return { retry: { retries: 0 }, ...rest, name, at, url: isPath ? target.url + url : url };
    });
    await store.jobs.insertMany(documents);
  };

  const runs = () => store.runs.find().toArray();
  const areOver = async () => (await runs()).filter((run) => run.end_at !== null).length === Object.keys(jobs).length;

  /** Each run ended as it must, its secrets were sent, and where they came back there is a mask in their place. */
  const assertUsed = async () => {
    const byName = new Map((await runs()).map((run) => [run.job_name, run]));
    for (const [name, { status, code }] of Object.entries(jobs)) {
      const run = byName.get(name);
      const step = run?.steps[0];
      assert.deepEqual([run?.status, step?.error?.code ?? null], [status, code], `${name}: ${run?.reason}`);
      assert.match(step?.url ?? "", /\{\{ODD\}\}/, name);
      if (code !== null && code !== "status" && code !== "reset") continue;
      for (const key of ["ODD", "TOKEN"]) {
        const count = step?.response_sample?.split(`{{${key}}}`).length ?? 0;
        assert.ok(count > 1, `${name}: ${key} came back: ${step?.response_sample}`);
      }
    }
    const received = target.requests.map(textOf).join("\n");
    for (const value of [values.ODD, values.TOKEN]) assert.ok(received.includes(value), `${value} was sent`);
    assert.ok(!received.includes(values.BOUND));
  };

  const assertCleanDatabase = async () => {
    const collections = await store.db.listCollections().toArray();
    assert.ok(collections.length >= 5, "there is something to look at");
    for (const { name } of collections) {
      for (const document of await store.db.collection(name).find().toArray()) {
        assertNoSecret(BSON.EJSON.stringify(document), values, name);
        assertNoSecret(Buffer.from(BSON.serialize(document)).toString("latin1"), values, `${name}, bytes`);
      }
    }
  };

  test("the search finds a secret in each of its forms", () => {
    for (const encode of Object.values(encodings)) {
      for (const [key, value] of Object.entries(values)) {
        const text = encode(`before ${value} after`);
        assert.throws(() => assertNoSecret(text, values, "here"), new RegExp(key));
        assert.throws(() => assertNoSecret(Buffer.from(text).toString("latin1"), values, "here"), new RegExp(key));
      }
    }
    assert.equal(new Set(secretForms(values.ODD)).size, secretForms(values.ODD).length);
  });

  test("no collection and no log entry of an agent holds one", async () => {
    await insertJobs();
    const agent = await startAgent(store, { secrets });
    await until(areOver, "all runs are over");
    const reload = await insertCommand(store, { type: "reload_config", target: "all" });
    await until(async () => (await findCommand(store, reload))?.acks[0]?.ok === true, "the config is read again");
    await agent.stop();
    await assertUsed();
    await assertCleanDatabase();
    assert.ok(agent.logged.filter((entry) => entry.msg === "run ended").length === Object.keys(jobs).length);
    for (const entry of agent.logged) assertNoSecret(JSON.stringify(entry), values, String(entry.msg));
  });

  test("neither do stdout and stderr of the program at its most talkative", async () => {
    await insertJobs();
    using dir = temporaryDir();
    const env = { FLEETCRON_SECRETS: JSON.stringify(inConfig), FLEETCRON_LOG: '{"level": "trace"}' };
    const settings = { poll_sec: 1 };
    await using agent = await startAgentProcess({
      ...{ uri: suite.uri, dbName: suite.dbName, stateDir: dir.path },
      ...{ env, settings },
    });
    await until(areOver, "all runs are over");
    await assertUsed();
    await assertCleanDatabase();

    // A person's mistake: the value itself in a job, where the report of what is wrong quotes it.
    await store.jobs.insertOne({ name: "pasted", at: new Date(), url: target.url, method: values.ODD });
    await insertCommand(store, { type: "reload_jobs", target: "all" });
    await agent.says("command executed");
    agent.kill("SIGTERM");
    const { code, stdout, stderr } = await agent.ended;
    assert.equal(code, 0);
    assert.match(stderr, /"job":"pasted","problems":\["method: expected .*got \\"\{\{ODD\}\}\\""\]/);
    assertNoSecret(stdout, values, "stdout");
    assertNoSecret(stderr, values, "stderr");
    await store.db.dropDatabase();
  });
});
