import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { MongoClient } from "mongodb";
import { FleetCronError } from "../../src/errors.ts";
import { connectStore, type Store } from "../../src/store/connect.ts";
import { explainStoreError } from "../../src/store/explain-error.ts";
import { type MongoBinary, startStandalone, type TestServer } from "../helpers/mongo-servers.ts";
import { forEachTarget, ownMongod } from "../helpers/mongo-targets.ts";
import { startOldServer } from "../helpers/old-server.ts";

const connect = (uri: string): Promise<Store> =>
  connectStore({ uri, dbName: "fleetcron_test_connect", appName: "test", serverSelectionTimeoutMs: 1_000 });

/** The error, after a check that nothing of it tells a password. */
async function refusal(uri: string, secret = "s3cret"): Promise<FleetCronError> {
  const error = await connect(uri).then(
    () => assert.fail("connected"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof FleetCronError);
  assert.ok(![error.message, ...error.details].join().includes(secret));
  return error;
}

await forEachTarget("connect", (target) => {
  test("a store knows the server's version and kind, and closes", async () => {
    const store = await connectStore({ uri: target.uri, dbName: target.dbName, appName: "test" });
    assert.match(store.serverVersion, /^\d+\.\d+\.\d+/);
    assert.equal(store.isReplicaSet, target.uri.includes("replicaSet="));
    assert.equal(store.db.databaseName, target.dbName);
    await store.close();
    await store.close();
    await assert.rejects(store.meta.findOne({}));
  });

  test("an operation on a closed store is explained, and an error that is no database's is not", async () => {
    const store = await connectStore({ uri: target.uri, dbName: target.dbName, appName: "test" });
    await store.close();
    const error = await store.meta.findOne({}).catch((thrown: unknown) => thrown);
    assert.equal(explainStoreError(error)?.code, "store_failed");
    assert.equal(explainStoreError(new TypeError("bug")), null);
  });

  // A Unix socket has neither a name for others nor TLS.
  if (target.name === "embedded") return;
  const { host } = new URL(target.uri.replace("mongodb:", "http:").replace(/,[^/]*/, ""));

  test("a replica set name that no server has is told", async () => {
    const error = await refusal(`mongodb://${host}/?replicaSet=wrong`);
    assert.equal(error.code, "store_unreachable");
    assert.equal(error.message, `no server at ${host} is a member of the replica set "wrong"`);
  });

  test("TLS towards a server without TLS is told as such", async () => {
    const error = await refusal(`mongodb://${host}/?tls=true&directConnection=true`);
    assert.equal(error.code, "store_unreachable");
    assert.match(error.message, /^no TLS connection to MongoDB at /);
  });
});

describe("a database that cannot be used", { concurrency: 8 }, () => {
  test("nobody listens: the host is named, never the password", async () => {
    const error = await refusal("mongodb://user:s3cret@127.0.0.1:1/?authSource=admin");
    assert.equal(error.code, "store_unreachable");
    assert.equal(error.message, "MongoDB at 127.0.0.1:1 cannot be reached: connect ECONNREFUSED 127.0.0.1:1");
  });

  test("every host of a list is named", async () => {
    const error = await refusal("mongodb://127.0.0.1:1,127.0.0.1:2/?replicaSet=rs");
    assert.match(error.message, /^MongoDB at 127\.0\.0\.1:1,127\.0\.0\.1:2 cannot be reached/);
  });

  test("an unknown host", async () => {
    const error = await refusal("mongodb://user:s3cret@nowhere.invalid/");
    assert.equal(error.code, "store_unreachable");
    assert.match(error.message, /^MongoDB at nowhere\.invalid cannot be reached: getaddrinfo /);
  });

  for (const [name, uri] of [
    ["no MongoDB scheme", "http://user:s3cret@host/"],
    ["no host", "mongodb://"],
    ["an option of no driver", "mongodb://127.0.0.1:1/?colour=red"],
    ["a port beyond all ports", "mongodb://user:s3cret@host:99999/"],
    ["a bare % in the password", "mongodb://user:s3cret%zz@127.0.0.1:1/"],
    ["a bare @ in the password", "mongodb://user:s3cret@home@127.0.0.1:1/"],
    ["a bare # in the password", "mongodb://user:s3cret#1@127.0.0.1:1/"],
    ["nothing in it", ""],
  ] as const) {
    test(`a connection string with ${name} is a config error`, async () => {
      const error = await refusal(uri);
      assert.equal(error.code, "config_invalid");
      assert.match(error.message, /^mongodb_uri: /);
    });
  }

  test("a certificate file that is not there is named", async () => {
    const error = await refusal("mongodb://127.0.0.1:1/?tls=true&tlsCAFile=/nowhere/ca.pem");
    assert.equal(error.code, "config_invalid");
    assert.match(error.message, /\/nowhere\/ca\.pem/);
  });

  test("a server that hangs up on plain connections may want TLS", async () => {
    const server = createServer((socket) => socket.once("data", () => socket.end()));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const error = await refusal(`mongodb://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    server.close();
    assert.equal(error.code, "store_unreachable");
    assert.match(error.message, /closed the connection$/);
    assert.match(error.details.join(), /tls=true/);
  });

  for (const [version, wire] of [
    ["4.2", 8],
    ["4.0", 7],
    ["3.6", 6],
  ] as const) {
    test(`MongoDB ${version} is too old`, async () => {
      await using server = await startOldServer(`${version}.9`, wire);
      const error = await refusal(server.uri);
      assert.equal(error.code, "store_too_old");
      assert.match(error.message, new RegExp(`is version ${version}, FleetCron needs 4.4 or newer$`));
    });
  }
});

const binary = await ownMongod("a server that asks for a password");
if (binary !== null) describeAuth(binary);

const tlsBinary = await ownMongod("a server that asks for TLS");
const hasOpenSsl = spawnSync("openssl", ["version"]).status === 0;
if (tlsBinary !== null && hasOpenSsl) describeTls(tlsBinary);

function describeAuth(mongod: MongoBinary): void {
  describe("a server that asks for a password", () => {
    let server: TestServer;
    const as = (user: string) => server.uri.replace("//", `//${user}@`);
    before(async () => {
      server = await startStandalone(mongod, { root: { user: "root", password: "s3cret" } });
      await using admin = new MongoClient(as("root:s3cret"));
      const users = admin.db("admin");
      await users.command({ createUser: "elsewhere", pwd: "s3cret", roles: [{ role: "readWrite", db: "other" }] });
    });
    after(() => server.stop());

    test("the right password connects", async () => {
      await using store = await connect(as("root:s3cret"));
      assert.equal(await store.meta.countDocuments({}), 0);
    });

    test("a wrong password", async () => {
      const error = await refusal(as("root:wrong"), "wrong");
      assert.equal(error.code, "store_auth");
      assert.match(error.message, /refused the user name or password$/);
    });

    test("no user at all", async () => {
      const error = await refusal(server.uri);
      assert.equal(error.code, "store_auth");
      assert.match(error.message, /asks for a user and a password/);
    });

    test("a user without rights on this database is told which it needs", async () => {
      const error = await refusal(as("elsewhere:s3cret"));
      assert.equal(error.code, "store_permission");
      assert.equal(error.message, "this database user may not find on fleetcron_test_connect.meta");
      assert.deepEqual(error.details, ["it needs the role readWrite on the database fleetcron_test_connect"]);
    });
  });
}

function describeTls(mongod: MongoBinary): void {
  describe("a server that asks for TLS", () => {
    const dir = mkdtempSync(join(tmpdir(), "fleetcron-tls-"));
    const certificate = join(dir, "certificate.pem");
    let server: TestServer;
    before(async () => {
      const key = join(dir, "key.pem");
      const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
      const files = ["-keyout", key, "-out", certificate];
      const made = spawnSync("openssl", [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        ...files,
        ...subject,
      ]);
      assert.equal(made.status, 0, String(made.stderr));
      const both = join(dir, "both.pem");
      writeFileSync(both, readFileSync(key, "utf8") + readFileSync(certificate, "utf8"));
      const files2 = ["--tlsCertificateKeyFile", both, "--tlsCAFile", certificate];
      const args = ["--tlsMode", "requireTLS", ...files2, "--tlsAllowConnectionsWithoutCertificates"];
      server = await startStandalone(mongod, { args });
    });
    after(async () => {
      await server.stop();
      rmSync(dir, { recursive: true });
    });

    test("a certificate nobody vouches for", async () => {
      const error = await refusal(`${server.uri}?tls=true`);
      assert.equal(error.code, "store_unreachable");
      assert.match(error.message, /^no TLS connection to MongoDB at 127\.0\.0\.1:\d+: self-signed certificate/);
    });

    test("a certificate for another name", async () => {
      const error = await refusal(`${server.uri}?tls=true&tlsCAFile=${certificate}`);
      assert.match(error.message, /^no TLS connection .*altnames/);
    });

    test("the right certificate and name connect", async () => {
      const uri = `${server.uri.replace("127.0.0.1", "localhost")}?tls=true&tlsCAFile=${certificate}`;
      await using store = await connect(uri);
      assert.match(store.serverVersion, /^\d/);
    });

    test("without TLS", async () => {
      const error = await refusal(server.uri);
      assert.match(error.details.join(), /tls=true/);
    });
  });
}
