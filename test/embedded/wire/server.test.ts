// The server over real sockets, with the official driver and with clients that no driver would be.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { Binary, MongoClient, MongoServerError } from "mongodb";
import { startServer } from "../../../src/embedded/wire/server.ts";
import { type RawClient, type RawReply, rawClient } from "./raw-client.ts";
import { body, bson, command, message, opMsg, opQuery, sequence } from "./raw-messages.ts";
import { login, smallEngine, startSmallServer } from "./small-engine.ts";

const folder = mkdtempSync(join(tmpdir(), "fleetcron-wire-"));
after(() => rmSync(folder, { recursive: true }));
let sockets = 0;
const newSocket = () => join(folder, `${++sockets}.sock`);

const uriOf = (socket: string) => `mongodb://${encodeURIComponent(socket)}/?serverSelectionTimeoutMS=5000`;

function tcpUri(port: number, { user, password } = login as { user: string; password: string }): string {
  const account = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  return `mongodb://${account}@127.0.0.1:${port}/?serverSelectionTimeoutMS=5000`;
}

const portOf = (address: object) => ("port" in address ? Number(address.port) : assert.fail("no port"));

async function ask(client: RawClient, document: object) {
  client.send(command(document));
  return (await client.reply())?.document;
}

const textLength = (reply: RawReply | null) => (reply?.document.value as { text: string } | undefined)?.text.length;

test("the driver inserts and finds over a Unix socket", async () => {
  const path = newSocket();
  await using _server = await startSmallServer(path);
  await using client = new MongoClient(uriOf(path));
  const documents = client.db("db").collection<{ _id: number }>("kept");
  await documents.insertMany([{ _id: 1 }, { _id: 2 }]);
  await documents.insertOne({ _id: 3 });
  assert.deepEqual(await documents.find().toArray(), [{ _id: 1 }, { _id: 2 }, { _id: 3 }]);
});

test("the driver gets a reply of 16 MiB and sends a message of as much", async () => {
  const path = newSocket();
  await using _server = await startSmallServer(path);
  await using client = new MongoClient(uriOf(path));
  const bytes = 16 * 1024 * 1024 - 100;
  const { value } = await client.db("db").command({ big: bytes });
  assert.equal(value.text.length, bytes);
  const documents = client.db("db").collection<{ _id: number; bytes: Binary }>("kept");
  await documents.insertMany([1, 2].map((_id) => ({ _id, bytes: new Binary(Buffer.alloc(bytes, _id)) })));
  const found = await documents.find().toArray();
  assert.deepEqual(
    found.map(({ bytes }) => [bytes.length(), bytes.value()[bytes.length() - 1]]),
    [
      [bytes, 1],
      [bytes, 2],
    ],
  );
});

test("a reply that no message can carry is the command's failure", async () => {
  const path = newSocket();
  await using _server = await startSmallServer(path);
  using client = await rawClient({ path });
  assert.equal((await ask(client, { tooBig: 1 }))?.code, 10334);
  assert.equal((await ask(client, { ping: 1 }))?.ok, 1);
});

test("the driver logs in over TCP, by the mechanism it chooses and by the one it is told", async () => {
  await using small = await startSmallServer(null);
  const uri = tcpUri(portOf(small.server.address));
  for (const options of ["", "&authSource=admin&authMechanism=SCRAM-SHA-256"]) {
    await using client = new MongoClient(uri + options);
    assert.equal((await client.db("db").command({ ping: 1 })).ok, 1);
  }
});

for (const [what, account] of [
  ["a wrong password", { ...login, password: "wrong" }],
  ["an unknown user", { ...login, user: "nobody" }],
] as const) {
  test(`${what}: the driver is told that the login failed, and not what was wrong`, async () => {
    await using small = await startSmallServer(null);
    await using client = new MongoClient(tcpUri(portOf(small.server.address), account));
    await assert.rejects(
      client.connect(),
      (error) => error instanceof MongoServerError && error.code === 18 && error.message === "Authentication failed.",
    );
  });
}

test("without a login nothing runs, and nothing large is taken", async () => {
  await using small = await startSmallServer(null);
  const port = portOf(small.server.address);
  await using client = new MongoClient(`mongodb://127.0.0.1:${port}/?serverSelectionTimeoutMS=5000`);
  await assert.rejects(client.db("db").command({ find: "t" }), {
    code: 13,
    codeName: "Unauthorized",
    message: "command find requires authentication",
  });
  using raw = await rawClient({ port, host: "127.0.0.1" });
  raw.send(message(2013, Buffer.alloc(0), 70_000));
  assert.equal(await raw.reply(), null);
});

test("a hello in the old form is answered in the old form", async () => {
  const path = newSocket();
  await using _server = await startSmallServer(path);
  using client = await rawClient({ path });
  client.send(opQuery("admin.$cmd", { ismaster: 1, helloOk: true }));
  const reply = await client.reply();
  assert.deepEqual([reply?.opcode, reply?.to, reply?.document.ismaster], [1, 7, true]);
});

test("replies come in the order of the requests, also behind one that takes long", async () => {
  const path = newSocket();
  await using small = await startSmallServer(path);
  using client = await rawClient({ path });
  client.send(Buffer.concat([command({ wait: 1 }), command({ nonsense: 1 }), command({ ping: 1 })]));
  using other = await rawClient({ path });
  assert.equal((await ask(other, { ping: 1 }))?.ok, 1);
  assert.equal(small.engine.runs(), 2);
  small.engine.release();
  const codes = [await client.reply(), await client.reply(), await client.reply()].map((reply) => reply?.document);
  assert.deepEqual(
    codes.map((document) => [document?.ok, document?.code]),
    [
      [1, undefined],
      [0, 59],
      [1, undefined],
    ],
  );
});

test("a message that says more is to come is run and not answered", async () => {
  const path = newSocket();
  await using _server = await startSmallServer(path);
  using client = await rawClient({ path });
  const silent = opMsg(2, body({ insert: "kept", $db: "db" }), sequence("documents", [bson({ _id: 1 })]));
  client.send(Buffer.concat([silent, opMsg(2), command({ find: "kept" }, "db")]));
  const reply = await client.reply();
  assert.deepEqual(reply?.document.cursor, { firstBatch: [{ _id: 1 }], id: 0, ns: "db.kept" });
});

test("a command that is wrong is answered, a message that is none ends the connection", async () => {
  const path = newSocket();
  await using _server = await startSmallServer(path);
  using client = await rawClient({ path });
  client.send(opMsg(0, body({ ping: 1 })));
  assert.equal((await client.reply())?.document.code, 40571);
  client.send(Buffer.concat([command({ ping: 1 }), Buffer.from("GET / HTTP/1.0\r\n\r\n")]));
  assert.equal((await client.reply())?.document.ok, 1);
  assert.equal(await client.reply(), null);
});

for (const drop of ["drop", "dropLater"]) {
  test(`a command may end its client's connection and no other (${drop})`, async () => {
    const path = newSocket();
    await using _server = await startSmallServer(path);
    using client = await rawClient({ path });
    using other = await rawClient({ path });
    assert.equal(await ask(client, { [drop]: 1 }), undefined);
    assert.equal((await ask(other, { ping: 1 }))?.ok, 1);
  });
}

for (const fail of ["fail", "failLater"]) {
  test(`the server stops and tells why when the engine can't go on (${fail})`, async () => {
    const path = newSocket();
    await using small = await startSmallServer(path);
    using client = await rawClient({ path });
    using other = await rawClient({ path });
    assert.equal(await ask(client, { [fail]: 1 }), undefined);
    assert.equal((await small.server.failed).message, "the disk is on fire");
    assert.equal(await other.reply(), null);
    assert.equal(existsSync(path), false);
  });
}

test("a client that does not read waits alone, and is not run ahead of", async () => {
  const path = newSocket();
  await using small = await startSmallServer(path);
  using stalled = await rawClient({ path });
  stalled.socket.pause();
  const bytes = 1024 * 1024;
  const requests = 200;
  stalled.send(Buffer.concat(Array.from({ length: requests }, () => command({ big: bytes }))));
  using other = await rawClient({ path });
  for (let i = 0; i < 50; i++) assert.equal((await ask(other, { ping: 1 }))?.ok, 1);
  const ahead = small.engine.runs() - 50;
  assert.ok(ahead < 10, `${ahead} replies of 1 MiB were made for a client that reads none`);
  stalled.socket.resume();
  for (let i = 0; i < requests; i++) assert.equal(textLength(await stalled.reply()), bytes);
});

test("clients that go at any moment harm nobody", async () => {
  const path = newSocket();
  await using small = await startSmallServer(path);
  const whole = command({ big: 300_000 });
  for (const bytes of [Buffer.alloc(0), whole.subarray(0, 3), whole.subarray(0, 20), whole, command({ wait: 1 })]) {
    for (const leave of ["end", "destroy", "resetAndDestroy"] as const) {
      const socket = connect(path);
      await once(socket, "connect");
      socket.on("error", () => {});
      socket.write(bytes);
      if (leave === "resetAndDestroy") socket.destroySoon();
      else socket[leave]();
      let isClosed = false;
      socket.resume().once("close", () => {
        isClosed = true;
      });
      while (!isClosed) {
        small.engine.release();
        await setImmediate();
      }
    }
  }
  using client = await rawClient({ path });
  assert.equal((await ask(client, { ping: 1 }))?.ok, 1);
});

test("a client that shuts its sending side still gets its reply", async () => {
  const path = newSocket();
  await using _server = await startSmallServer(path);
  using client = await rawClient({ path, allowHalfOpen: true });
  client.socket.end(Buffer.concat([command({ big: 1_000_000 }), command({ ping: 1 })]));
  assert.equal(textLength(await client.reply()), 1_000_000);
  assert.equal((await client.reply())?.document.ok, 1);
  assert.equal(await client.reply(), null);
});

test("more than 1,000 clients are turned away, until one goes", async () => {
  const path = newSocket();
  await using _server = await startSmallServer(path);
  const clients: RawClient[] = [];
  for (let i = 0; i < 1_000; i++) clients.push(await rawClient({ path }));
  for (const client of clients) assert.equal((await ask(client, { ping: 1 }))?.ok, 1);
  using refused = await rawClient({ path });
  assert.equal(await refused.reply(), null);
  for (const client of clients) client[Symbol.dispose]();
  for (;;) {
    using client = await rawClient({ path });
    if ((await ask(client, { ping: 1 }))?.ok === 1) break;
  }
});

test("a socket that a dead server left is replaced, a file is not", async () => {
  const path = newSocket();
  const leave = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  spawnSync(process.execPath, ["-e", leave]);
  assert.ok(existsSync(path));
  await using _server = await startSmallServer(path);
  using client = await rawClient({ path });
  assert.equal((await ask(client, { ping: 1 }))?.ok, 1);

  const file = newSocket();
  writeFileSync(file, "precious");
  await assert.rejects(startSmallServer(file), { code: "EADDRINUSE" });
  assert.ok(existsSync(file));
});

test("a path that the system would cut off is refused", async () => {
  await assert.rejects(startSmallServer(join(folder, "x".repeat(104))), RangeError);
});

test("a port that is taken is told", async () => {
  await using small = await startSmallServer(null);
  const address = small.server.address;
  await assert.rejects(startServer({ engine: smallEngine(), address, needsPassword: false }), { code: "EADDRINUSE" });
});

test("closing ends every connection, takes the socket away and is harmless when repeated", async () => {
  const path = newSocket();
  const { server } = await startSmallServer(path);
  using client = await rawClient({ path });
  await Promise.all([server.close(), server.close()]);
  await server.close();
  assert.equal(await client.reply(), null);
  assert.equal(existsSync(path), false);
});
