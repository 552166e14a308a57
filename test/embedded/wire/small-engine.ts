// Commands that show what the wire does with them: kept documents, big replies, slow ones, dropped connections and
// failures. The store's own commands have their own tests.
import { randomBytes } from "node:crypto";
import { Int32, Long } from "bson";
import { CommandError } from "../../../src/embedded/command-error.ts";
import { helloCommands } from "../../../src/embedded/commands/hello.ts";
import type { Authenticator } from "../../../src/embedded/engine.ts";
import { DropConnection, type Reply, type Request, type Session } from "../../../src/embedded/request.ts";
import { decode, encode, type ValueDocument } from "../../../src/embedded/values/value.ts";
import { createAuthenticator } from "../../../src/embedded/wire/scram.ts";
import { startServer, type WireServer } from "../../../src/embedded/wire/server.ts";

export const login = { user: "fleet cron", password: "p@ss:w/rd %" } as const;

export interface SmallEngine {
  run(request: Request, session: Session): Reply | Promise<Reply>;
  /** How many commands began. */
  readonly runs: () => number;
  /** Answers everything that waits. */
  release(): void;
}

const ok = { ok: new Int32(1) };

export function smallEngine(authenticator: Authenticator | null = null): SmallEngine {
  const hello = helloCommands(authenticator);
  const kept: Uint8Array[] = [];
  let runs = 0;
  let waiting: (() => void)[] = [];

  const commands: Readonly<Record<string, (request: Request) => Reply | Promise<Reply>>> = {
    ping: () => ({ fields: ok }),
    insert: ({ sequences }) => {
      const documents = sequences.get("documents") ?? [];
      for (const document of documents) decode(document);
      kept.push(...documents.map((document) => new Uint8Array(document)));
      return { fields: { n: new Int32(documents.length), ...ok } };
    },
    find: () => ({
      fields: ok,
      cursor: { batch: "firstBatch", documents: kept, id: Long.ZERO, ns: "db.kept" },
    }),
    /** `big: <bytes>`. */
    big: ({ body }) => {
      const document = encode({ text: "x".repeat((body.big as Int32).value) });
      return { fields: ok, raw: { field: "value", document } };
    },
    tooBig: () => ({ fields: { text: "x".repeat(18_000_000), ...ok } }),
    wait: () => new Promise((resolve) => waiting.push(() => resolve({ fields: ok }))),
    drop: () => {
      throw new DropConnection();
    },
    dropLater: () => Promise.reject(new DropConnection()),
    fail: () => {
      throw new Error("the disk is on fire");
    },
    failLater: () => Promise.reject(new Error("the disk is on fire")),
  };

  return {
    runs: () => runs,
    release: () => {
      for (const answer of waiting) answer();
      waiting = [];
    },
    run: (request, session) => {
      runs++;
      const name = Object.keys(request.body)[0] ?? "";
      const open = hello.find(({ names }) => names.includes(name));
      try {
        if (open !== undefined) {
          const context = { server: undefined as never, session, db: "admin", now: new Date() };
          const reply = open.run(context, request);
          return { ...reply, fields: { ...reply.fields, ...ok } };
        }
        if (authenticator !== null && session.user === null) {
          throw new CommandError("Unauthorized", `command ${name} requires authentication`);
        }
        const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
        if (command === undefined) throw new CommandError("CommandNotFound", `no such command: '${name}'`);
        return command(request);
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        return { fields: failed(error) };
      }
    },
  };
}

function failed({ message, code, codeName }: CommandError): ValueDocument {
  return { ok: new Int32(0), errmsg: message, code: new Int32(code), codeName };
}

export interface SmallServer extends AsyncDisposable {
  readonly engine: SmallEngine;
  readonly server: WireServer;
}

/** On a socket, or on a free port with a password. */
export async function startSmallServer(socket: string | null): Promise<SmallServer> {
  const authenticator = socket === null ? createAuthenticator({ ...login, randomBytes }) : null;
  const engine = smallEngine(authenticator);
  const address = socket === null ? { port: 0 } : { socket };
  const server = await startServer({ engine, address, needsPassword: authenticator !== null });
  return { engine, server, [Symbol.asyncDispose]: () => server.close() };
}
