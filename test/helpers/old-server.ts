// Speaks just enough of the wire protocol to be taken for a MongoDB of long ago: no such program runs on today's systems.

import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { BSON } from "mongodb";

const opMsg = 2013;
const headerBytes = 16;

export interface OldServer extends AsyncDisposable {
  readonly uri: string;
}

export async function startOldServer(version: string, maxWireVersion: number): Promise<OldServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let buffered = Buffer.alloc(0);
    socket.on("error", () => {});
    socket.on("data", (data) => {
      buffered = Buffer.concat([buffered, data]);
      while (buffered.length >= headerBytes && buffered.length >= buffered.readInt32LE(0)) {
        const message = buffered.subarray(0, buffered.readInt32LE(0));
        buffered = buffered.subarray(message.length);
        socket.write(reply(message.readInt32LE(4), answer(commandOf(message), version, maxWireVersion)));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    uri: `mongodb://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function commandOf(message: Buffer): string {
  // OP_MSG: flags, section kind, document. OP_QUERY: flags, name ending in 0, skip, limit, document.
  const afterName = message.indexOf(0, headerBytes + 4) + 1;
  const start = message.readInt32LE(12) === opMsg ? headerBytes + 5 : afterName + 8;
  const document = BSON.deserialize(message.subarray(start, start + message.readInt32LE(start)));
  return Object.keys(document)[0]?.toLowerCase() ?? "";
}

function answer(command: string, version: string, maxWireVersion: number): object {
  if (command === "buildinfo") return { ok: 1, version };
  if (command !== "hello" && command !== "ismaster") return { ok: 1 };
  const limits = { maxBsonObjectSize: 16_777_216, maxMessageSizeBytes: 48_000_000, maxWriteBatchSize: 100_000 };
  return { ok: 1, ismaster: true, isWritablePrimary: true, ...limits, minWireVersion: 0, maxWireVersion };
}

function reply(requestId: number, document: object): Buffer {
  const body = BSON.serialize(document);
  const head = Buffer.alloc(headerBytes + 5);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(requestId, 8);
  head.writeInt32LE(opMsg, 12);
  return Buffer.concat([head, body]);
}
