// A database that refuses: what an operator reads and which exit code a service manager gets, by the real program on a
// real server that asks for a password and speaks TLS.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { MongoClient } from "mongodb";
import { runProgram, startAgentProcess } from "../helpers/agent-process.ts";
import { type MongoBinary, startStandalone, type TestServer } from "../helpers/mongo-servers.ts";
import { ownMongod } from "../helpers/mongo-targets.ts";
import { startTarget } from "../helpers/target.ts";

const password = "s3cret";
const hasOpenSsl = spawnSync("openssl", ["version"]).status === 0;
const mongod = await ownMongod("a database that refuses");
if (mongod !== null) describeRefusals(mongod);

function describeRefusals(binary: MongoBinary): void {
  describe("a database that refuses", { concurrency: 4, skip: !hasOpenSsl && "no openssl" }, () => {
    const dir = mkdtempSync(join(tmpdir(), "fleetcron-refusals-"));
    let server: TestServer;
    const hostOf = () => new URL(server.uri.replace("mongodb:", "http:")).host;
    const uriOf = (user: string, query = "") => `mongodb://${user}@${hostOf()}/?authSource=admin${query}`;
    const env = (uri: string, name: string) => ({
      FLEETCRON_MONGODB_URI: uri,
      FLEETCRON_DB_NAME: "fleet",
      FLEETCRON_STATE_DIR: join(dir, name),
      FLEETCRON_LOG_FORMAT: "json",
    });

    before(async () => {
      const args = ["--tlsMode", "preferTLS", "--tlsCertificateKeyFile", makeCertificate(dir)];
      server = await startStandalone(binary, { args, root: { user: "root", password } });
      await using client = new MongoClient(uriOf(`root:${password}`));
      const admin = client.db("admin");
      await admin.command({
        createRole: "noRuns",
        privileges: ["jobs", "machines", "serials", "commands", "meta"].map((collection) => ({
          resource: { db: "fleet", collection },
          actions: ["find", "insert", "update", "remove"],
        })),
        roles: [{ role: "read", db: "fleet" }],
      });
      for (const [user, role] of [
        ["writer", { role: "readWrite", db: "fleet" }],
        ["reader", { role: "read", db: "fleet" }],
        ["clerk", { role: "noRuns", db: "admin" }],
      ] as const) {
        await admin.command({ createUser: user, pwd: password, roles: [role] });
      }
    });
    after(async () => {
      await server.stop();
      rmSync(dir, { recursive: true });
    });

    test("readWrite on one database is all that init-db, commands and an agent need", async () => {
      await using target = await startTarget();
      const writer = env(uriOf(`writer:${password}`), "writer");
      assert.equal((await runProgram(["init-db"], writer)).code, 0);
      const job = JSON.stringify({ name: "tick", every_sec: 1, url: `${target.url}/tick` });
      assert.equal((await runProgram(["jobs", "add", "-"], writer, job)).code, 0);
      await using agent = await startAgentProcess({
        uri: uriOf(`writer:${password}`),
        dbName: "fleet",
        stateDir: join(dir, "writer"),
      });
      await target.waitForRequests(1);
      assert.equal((await runProgram(["reload"], writer)).code, 0);
      agent.kill("SIGTERM");
      const { code, stderr } = await agent.ended;
      assert.equal(code, 0);
      assert.doesNotMatch(stderr, /not authorized|may not/);
    });

    for (const [name, uri, code, message, advice] of [
      [
        "without the right to write",
        () => uriOf(`reader:${password}`),
        77,
        /may not insert, update on fleet\.job_runs$/,
        /readWrite on the database fleet/,
      ],
      [
        "without the right to write runs",
        () => uriOf(`clerk:${password}`),
        77,
        /may not insert, update on fleet\.job_runs$/,
        /readWrite on the database fleet/,
      ],
      [
        "with a wrong password",
        () => uriOf("writer:wr0ng"),
        77,
        /refused the user name or password$/,
        /check user, password and authSource/,
      ],
      ["without a user", () => server.uri, 77, /asks for a user and a password/, /USER:PASSWORD@HOST/],
      [
        "with the name of another replica set",
        () => uriOf(`writer:${password}`, "&replicaSet=other"),
        69,
        /is a member of the replica set "other"$/,
        /check replicaSet/,
      ],
      [
        "at a host that is not there",
        () => `mongodb://writer:${password}@127.0.0.1:1/`,
        69,
        /127\.0\.0\.1:1 cannot be reached/,
        /is it running/,
      ],
      [
        "with a certificate nobody vouches for",
        () => uriOf(`writer:${password}`, "&tls=true"),
        69,
        /no TLS connection .*self-signed certificate/,
        /check tls, tlsCAFile/,
      ],
    ] as const) {
      test(`${name}, one line says so and another what to do, and the program ends with ${code}`, async () => {
        // A person waits less than an agent for a server that does not answer.
        const command = code === 77 ? "agent" : "status";
        const end = await runProgram([command], env(uri(), name.replaceAll(" ", "-")));
        assert.equal(end.code, code, end.stderr);
        const [first = "", second = "", ...rest] = end.stderr
          .trimEnd()
          .split("\n")
          .filter((line) => !line.startsWith("{"));
        assert.match(first, message);
        assert.match(second, advice);
        assert.deepEqual(rest, []);
        assert.doesNotMatch(end.stderr + end.stdout, /s3cret|wr0ng/);
      });
    }
  });
}

/** Signed by itself. Answers the file that mongod wants: key and certificate in one. */
function makeCertificate(dir: string): string {
  const [key, certificate, both] = ["key.pem", "certificate.pem", "both.pem"].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"];
  const made = spawnSync("openssl", [
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"],
    ...["-keyout", key, "-out", certificate, ...subject],
  ]);
  assert.equal(made.status, 0, String(made.stderr));
  writeFileSync(both, readFileSync(key, "utf8") + readFileSync(certificate, "utf8"));
  return both;
}
