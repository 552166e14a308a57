// A client of bytes: sends what it is told to and reads whole replies.
import { once } from "node:events";
import { connect, type NetConnectOpts, type Socket } from "node:net";
import { deserialize } from "bson";
import { MessageBuffer } from "../../../src/embedded/wire/message-buffer.ts";

export interface RawReply {
  readonly to: number;
  readonly opcode: number;
  readonly document: Record<string, unknown>;
}

export interface RawClient extends Disposable {
  readonly socket: Socket;
  send(bytes: Buffer): void;
  /** The next reply; null once the server closed the connection. */
  reply(): Promise<RawReply | null>;
}

export async function rawClient(to: NetConnectOpts): Promise<RawClient> {
  const socket = connect(to);
  const buffer = new MessageBuffer();
  await once(socket, "connect");
  let isClosed = false;
  let wake = (): void => {};
  socket.on("error", () => {});
  socket.on("close", () => {
    isClosed = true;
    wake();
  });
  socket.on("data", (chunk: Buffer) => {
    buffer.push(chunk);
    wake();
  });
  const reply = async (): Promise<RawReply | null> => {
    for (;;) {
      const bytes = buffer.next();
      if (bytes !== null) return read(bytes);
      if (isClosed) return null;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { socket, send: (bytes) => void socket.write(bytes), reply, [Symbol.dispose]: () => socket.destroy() };
}

function read(bytes: Buffer): RawReply {
  const opcode = bytes.readInt32LE(12);
  const document = deserialize(bytes.subarray(opcode === 1 ? 36 : 21));
  return { to: bytes.readInt32LE(8), opcode, document };
}
