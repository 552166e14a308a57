// Runs one command at a time, each to its end: that is what makes every command atomic.

import { Int32 } from "bson";
import type { Clock } from "../runtime/clock.ts";
import { CommandError, failureFields } from "./command-error.ts";
import type { Command, CommandContext, ServerState } from "./commands/command.ts";
import { createCommandTable } from "./commands/command-table.ts";
import { FailPoints, type Failure } from "./commands/fail-points.ts";
import { judgeCommand } from "./commands/judge-command.ts";
import { OpenCursors } from "./commands/open-cursors.ts";
import { GroupCommit } from "./group-commit.ts";
import { DropConnection, type Reply, type Request, type Session } from "./request.ts";
import type { Storage } from "./storage/storage.ts";
import type { ValueDocument } from "./values/value.ts";

export interface EngineOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  /** Who may do anything; null where the socket's folder decides that. */
  readonly authenticator: Authenticator | null;
  /** `configureFailPoint` exists. */
  readonly testCommands: boolean;
  /** From 0 to below 1, for the chance of a fail point. */
  readonly random: () => number;
  /** Commands that arrive together share one commit; `run` then gives promises. */
  readonly groupCommits: boolean;
}

/** The server's side of SASL, as wire/scram.ts has it. */
export interface Authenticator {
  /** Fields of the reply to saslStart, or of `speculativeAuthenticate`. Throws AuthenticationFailed. */
  start(session: Session, command: ValueDocument): ValueDocument;
  /** The last step sets `session.user`. */
  continue(session: Session, command: ValueDocument): ValueDocument;
}

export interface Engine {
  /**
   * The reply to the command: for one that fails `ok: 0` with MongoDB's code. Throws DropConnection to end the client's
   * connection, and what the storage threw when it can't go on: then the server must stop.
   */
  run(request: Request, session: Session): Reply | Promise<Reply>;
  /** What is due from time to time: expired documents and idle cursors go. */
  sweep(): void;
  close(): void;
}

export function createEngine(options: EngineOptions): Engine {
  const { storage, clock, authenticator, testCommands, random } = options;
  const group = options.groupCommits ? new GroupCommit(storage) : null;
  const commands = createCommandTable(authenticator);
  const server: ServerState = {
    storage,
    clock,
    cursors: new OpenCursors(clock),
    failPoints: new FailPoints(random),
    startedAt: clock.monotonic(),
    testCommands,
  };
  const run = (request: Request, session: Session): Reply | Promise<Reply> => {
    const name = Object.keys(request.body)[0] ?? "";
    const command = commands.get(name);
    const failure = command && server.failPoints.failureOf(name, namespaceOf(request.body), session);
    const runIt = (): Reply | Promise<Reply> => {
      try {
        const reply = answer(() => execute(contextOf(server, request, session), { name, command, request, failure }));
        return group?.committed?.then(() => reply) ?? reply;
      } catch (error) {
        if (!(error instanceof DropConnection)) group?.fail(error);
        throw error;
      }
    };
    if (!failure || failure.blockMs === 0) return runIt();
    return clock.sleep(failure.blockMs).then(runIt);
  };

  const execute = (context: CommandContext, { name, command, request, failure }: Execution): Reply => {
    if (command === undefined) throw new CommandError("CommandNotFound", `no such command: '${name}'`);
    if (authenticator !== null && context.session.user === null && command.open !== true) {
      throw new CommandError("Unauthorized", `command ${name} requires authentication`);
    }
    judgeCommand(request.body);
    failure?.before();
    if (command.writes) group?.join();
    const reply = command.writes
      ? storage.transaction(() => command.run(context, request))
      : command.run(context, request);
    return failure ? failure.after(reply) : reply;
  };

  return {
    run,
    sweep: () => {
      server.cursors.dropIdle();
      storage.expire(new Date(clock.now()));
    },
    close: () => storage.close(),
  };
}

interface Execution {
  readonly name: string;
  readonly command: Command | undefined;
  readonly request: Request;
  readonly failure: Failure | null | undefined;
}

function contextOf(server: ServerState, { body }: Request, session: Session): CommandContext {
  const db = typeof body.$db === "string" ? body.$db : "admin";
  return { server, session, db, now: new Date(server.clock.now()) };
}

function namespaceOf(body: ValueDocument): string | null {
  const target = body[Object.keys(body)[0] ?? ""];
  return typeof target === "string" && typeof body.$db === "string" ? `${body.$db}.${target}` : null;
}

const succeeded = { ok: new Int32(1) } as const;

/** A command that fails is an answer too; anything else is the server's own trouble. */
function answer(work: () => Reply): Reply {
  try {
    const reply = work();
    return { ...reply, fields: { ...reply.fields, ...succeeded } };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { fields: failureFields(error) };
  }
}
