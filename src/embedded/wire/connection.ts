// One client: its messages in the order they came, each answered before the next is run. A client that does not read its
// answers is not read from either, so that what waits for it is one answer and not many.
import type { Socket } from "node:net";
import { CommandError, failureFields } from "../command-error.ts";
import type { Engine } from "../engine.ts";
import { DropConnection, type Reply, type Session } from "../request.ts";
import { BrokenMessage, largestMessage, MessageBuffer } from "./message-buffer.ts";
import { type Message, readMessage } from "./read-message.ts";
import { writeMessage } from "./write-message.ts";

export interface ConnectionOptions {
  readonly engine: Pick<Engine, "run">;
  readonly session: Session;
  /** True: who has not logged in can't make us hold more than a small message. */
  readonly needsPassword: boolean;
  /** The engine can't go on. */
  readonly onFailure: (error: unknown) => void;
}

/** A login with everything a driver tells about itself takes less than 2 KB. */
const largestBeforeLogin = 64 * 1024;

export function serveConnection(
  socket: Socket,
  { engine, session, needsPassword, onFailure }: ConnectionOptions,
): void {
  const buffer = new MessageBuffer();
  let isRunning = false;
  let isEnded = false;
  let sent = 0;

  const pump = (): void => {
    try {
      while (!isRunning && !socket.destroyed && !socket.writableNeedDrain) {
        const bytes = buffer.next(needsPassword && session.user === null ? largestBeforeLogin : largestMessage);
        if (bytes === null) {
          if (isEnded) socket.end();
          else socket.resume();
          return;
        }
        run(readMessage(bytes));
      }
      socket.pause();
    } catch (error) {
      end(error);
    }
  };

  const run = (message: Message): void => {
    const { request } = message;
    if (request instanceof CommandError) {
      send(message, { fields: failureFields(request) });
      return;
    }
    const reply = engine.run(request, session);
    if (!(reply instanceof Promise)) {
      send(message, reply);
      return;
    }
    isRunning = true;
    reply
      .then((late) => send(message, late))
      .catch(end)
      .finally(() => {
        isRunning = false;
        pump();
      });
  };

  const send = (message: Message, reply: Reply): void => {
    if (message.wantsReply && !socket.destroyed) socket.write(encodeReply(message, reply, ++sent));
  };

  const end = (error: unknown): void => {
    socket.destroy();
    if (!(error instanceof DropConnection) && !(error instanceof BrokenMessage)) onFailure(error);
  };

  // A client may go at any moment; `close` follows.
  socket.on("error", () => {});
  socket.on("drain", pump);
  // What it asked before it went is still answered: it may only have shut its sending side.
  socket.on("end", () => {
    isEnded = true;
    pump();
  });
  socket.on("data", (chunk: Buffer) => {
    buffer.push(chunk);
    pump();
  });
}

function encodeReply(message: Message, reply: Reply, id: number): Buffer {
  try {
    return writeMessage(reply, message, id);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return writeMessage({ fields: failureFields(error) }, message, id);
  }
}
