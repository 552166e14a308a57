// Seeded mutants of valid messages. FLEETCRON_FUZZ_MESSAGES says how many (100,000 take half a minute),
// FLEETCRON_FUZZ_SEED where they start.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type NetConnectOpts } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { CommandError } from "../../../src/embedded/command-error.ts";
import { startEmbedded } from "../../../src/embedded/serve.ts";
import { BrokenMessage, MessageBuffer } from "../../../src/embedded/wire/message-buffer.ts";
import { readMessage } from "../../../src/embedded/wire/read-message.ts";
import { type Mutant, mutateMessages } from "./mutate-message.ts";
import { rawClient } from "./raw-client.ts";
import { command } from "./raw-messages.ts";
import { startSmallServer } from "./small-engine.ts";

const count = Number(process.env.FLEETCRON_FUZZ_MESSAGES ?? 5_000);
const seed = Number(process.env.FLEETCRON_FUZZ_SEED ?? 1);

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

/** What is held, not what waits to be collected. */
function heldBytes(): number {
  collectGarbage();
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}

const mayGrow = 64 * 1024 * 1024;

/** As the server would take it, in two pieces: how it ends. */
function outcomeOf({ bytes, what }: Mutant): "run" | "refused" | "closed" | "incomplete" {
  try {
    const buffer = new MessageBuffer();
    let at = 0;
    for (const end of [bytes.length >> 1, bytes.length]) {
      buffer.push(bytes.subarray(at, end));
      at = end;
      const next = buffer.next();
      if (next !== null) return readMessage(next).request instanceof CommandError ? "refused" : "run";
    }
    return "incomplete";
  } catch (error) {
    if (error instanceof BrokenMessage) return "closed";
    throw new Error(what, { cause: error });
  }
}

test(`${count} broken messages are read, refused or the end of their connection, and nothing else`, () => {
  const before = heldBytes();
  const outcomes = { run: 0, refused: 0, closed: 0, incomplete: 0 };
  let done = 0;
  for (const mutant of mutateMessages(seed, count)) {
    outcomes[outcomeOf(mutant)]++;
    if (++done % 5_000 === 0) assert.ok(heldBytes() - before < mayGrow);
  }
  assert.equal(Object.keys(Object.prototype).length, 0);
  // The mutations reach every layer.
  for (const [outcome, times] of Object.entries(outcomes)) assert.ok(times > count / 100, `${outcome}: ${times}`);
});

const folder = mkdtempSync(join(tmpdir(), "fleetcron-fuzz-"));
after(() => rmSync(folder, { recursive: true }));

interface Victim extends AsyncDisposable {
  readonly address: NetConnectOpts;
  /** Why it stopped, if it did. */
  readonly failed: Promise<Error>;
}

const victims: Readonly<Record<string, () => Promise<Victim>>> = {
  "a server on a socket": () => smallVictim(join(folder, "small.sock")),
  "a server that asks for a password": () => smallVictim(null),
  "the store": async () => {
    const path = join(folder, "store.sock");
    const store = await startEmbedded({ path: ":memory:", listen: { socket: path }, worker: false });
    return { address: { path }, failed: store.failed, [Symbol.asyncDispose]: store.close };
  },
};

async function smallVictim(socket: string | null): Promise<Victim> {
  const { server } = await startSmallServer(socket);
  const { address, failed, close } = server;
  const to = "socket" in address ? { path: address.socket } : { port: address.port, host: "127.0.0.1" };
  return { address: to, failed, [Symbol.asyncDispose]: close };
}

for (const [name, start] of Object.entries(victims)) {
  test(`${name} outlives broken messages, and serves others between them`, async () => {
    await using victim = await start();
    let failure: Error | undefined;
    void victim.failed.then((error) => {
      failure = error;
    });
    using other = await rawClient(victim.address);
    const before = heldBytes();
    let done = 0;
    for (const { bytes, what } of mutateMessages(seed + 1, Math.ceil(count / 5))) {
      await sendAlone(victim.address, bytes);
      assert.equal(failure, undefined, what);
      if (++done % 100 > 0) continue;
      other.send(command({ hello: 1 }));
      assert.equal((await other.reply())?.document.ok, 1, what);
      assert.ok(heldBytes() - before < mayGrow, what);
    }
    assert.equal(Object.keys(Object.prototype).length, 0);
  });
}

/** On a connection of its own. Its sending side is shut, so the server must come to an end with it, answered or not. */
function sendAlone(to: NetConnectOpts, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(to);
    socket.on("error", () => {});
    socket.on("close", () => resolve());
    socket.resume().end(bytes);
  });
}
