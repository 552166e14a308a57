// hello and the login. The wire version says which commands and options a driver may use.
import { Int32 } from "bson";
import { CommandError } from "../command-error.ts";
import type { Authenticator } from "../engine.ts";
import { isDocument, type ValueDocument } from "../values/value.ts";
import { type Command, type CommandContext, done } from "./command.ts";

/** No `topologyVersion`: a driver then asks again instead of waiting in a stream. No `compression` either. */
const facts = {
  maxBsonObjectSize: new Int32(16 * 1024 * 1024),
  maxMessageSizeBytes: new Int32(48_000_000),
  maxWriteBatchSize: new Int32(100_000),
  logicalSessionTimeoutMinutes: new Int32(30),
  minWireVersion: new Int32(0),
  maxWireVersion: new Int32(21),
  readOnly: false,
};

export function helloCommands(authenticator: Authenticator | null): readonly Command[] {
  const answer = (context: CommandContext, body: ValueDocument, primary: ValueDocument) => {
    noteClient(context, body);
    const fields = {
      ...primary,
      ...facts,
      localTime: context.now,
      connectionId: new Int32(context.session.connectionId),
    };
    return done({ ...fields, ...speculate(context, body, authenticator), ...mechanisms(body, authenticator) });
  };
  const login = (step: "start" | "continue", context: CommandContext, body: ValueDocument) => {
    if (authenticator === null) throw new CommandError("AuthenticationFailed", "this server asks for no password");
    return done(authenticator[step](context.session, body));
  };
  return [
    {
      names: ["hello"],
      open: true,
      run: (context, { body }) => answer(context, body, { helloOk: true, isWritablePrimary: true }),
    },
    {
      names: ["isMaster", "ismaster"],
      open: true,
      run: (context, { body }) => answer(context, body, { helloOk: true, ismaster: true }),
    },
    { names: ["saslStart"], open: true, run: (context, { body }) => login("start", context, body) },
    { names: ["saslContinue"], open: true, run: (context, { body }) => login("continue", context, body) },
    {
      names: ["logout"],
      run: ({ session }) => {
        session.user = null;
        return done();
      },
    },
  ];
}

function noteClient({ session }: CommandContext, { client }: ValueDocument): void {
  if (!isDocument(client) || !isDocument(client.application)) return;
  const { name } = client.application;
  if (typeof name === "string") session.appName = name;
}

/** A wrong guess is no answer: the driver then begins the login by itself. */
function speculate(
  { session }: CommandContext,
  { speculativeAuthenticate }: ValueDocument,
  authenticator: Authenticator | null,
): ValueDocument {
  if (authenticator === null || !isDocument(speculativeAuthenticate)) return {};
  try {
    return { speculativeAuthenticate: authenticator.start(session, speculativeAuthenticate) };
  } catch (error) {
    if (error instanceof CommandError) return {};
    throw error;
  }
}

function mechanisms({ saslSupportedMechs }: ValueDocument, authenticator: Authenticator | null): ValueDocument {
  if (authenticator === null || saslSupportedMechs === undefined) return {};
  return { saslSupportedMechs: ["SCRAM-SHA-256"] };
}
