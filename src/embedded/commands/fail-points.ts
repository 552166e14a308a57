// configureFailPoint `failCommand`, MongoDB's own interface for tests: the same fault tests run on both servers.
import { Int32 } from "bson";
import { CommandError } from "../command-error.ts";
import { DropConnection, type Reply, type Session } from "../request.ts";
import { toDouble } from "../values/numbers.ts";
import { isDocument, isNumber, type Value, type ValueDocument } from "../values/value.ts";
import { readArguments } from "./arguments.ts";
import { type Command, done } from "./command.ts";

interface FailPoint {
  readonly commands: readonly string[];
  readonly closeConnection: boolean;
  readonly errorCode: number | null;
  readonly errorLabels: readonly Value[] | null;
  readonly writeConcernError: ValueDocument | null;
  readonly blockMs: number;
  readonly appName: string | null;
  readonly namespace: string | null;
  skip: number;
  times: number;
  readonly probability: number;
}

export interface Failure {
  /** The command waits so long before it is looked at. */
  readonly blockMs: number;
  /** Throws where the command must fail without being run. */
  before(): void;
  /** The reply as the client gets it. */
  after(reply: Reply): Reply;
}

const dataArguments = {
  failCommands: "any",
  closeConnection: "bool",
  errorCode: "number",
  errorLabels: "any",
  writeConcernError: "object",
  blockConnection: "bool",
  blockTimeMS: "number",
  appName: "string",
  namespace: "string",
} as const;

export class FailPoints {
  readonly #random: () => number;
  #active: FailPoint | null = null;
  #hits = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  configure(mode: Value, data: ValueDocument): number {
    const point = readFailPoint(data);
    if (mode === "off") this.#active = null;
    else this.#active = { ...point, ...readMode(mode) };
    const hits = this.#hits;
    this.#hits = 0;
    return hits;
  }

  /** What to do to this command; null for nearly all. */
  failureOf(command: string, ns: string | null, session: Session): Failure | null {
    const point = this.#active;
    if (point === null || !point.commands.includes(command)) return null;
    if (point.appName !== null && point.appName !== session.appName) return null;
    if (point.namespace !== null && point.namespace !== ns) return null;
    if (point.skip > 0) {
      point.skip--;
      return null;
    }
    if (point.times <= 0 || this.#random() >= point.probability) return null;
    point.times--;
    this.#hits++;
    return { blockMs: point.blockMs, before: () => fail(point), after: (reply) => spoil(reply, point) };
  }
}

function fail({ closeConnection, errorCode, errorLabels }: FailPoint): void {
  if (closeConnection) throw new DropConnection();
  if (errorCode === null) return;
  const extra = errorLabels === null ? {} : { errorLabels };
  throw new CommandError(errorCode, "Failing command via 'failCommand' failpoint", extra);
}

function spoil(reply: Reply, { writeConcernError }: FailPoint): Reply {
  return writeConcernError === null ? reply : { ...reply, fields: { ...reply.fields, writeConcernError } };
}

type Mode = Pick<FailPoint, "skip" | "times" | "probability">;

function readFailPoint(data: ValueDocument): Omit<FailPoint, keyof Mode> {
  const given = readArguments(data, dataArguments, { where: "data", isCommand: false });
  const { failCommands = [] } = given;
  if (!Array.isArray(failCommands)) throw new CommandError("TypeMismatch", "failCommands must be an array");
  return {
    commands: failCommands.map(String),
    closeConnection: given.closeConnection ?? false,
    errorCode: given.errorCode ?? null,
    errorLabels: Array.isArray(given.errorLabels) ? given.errorLabels : null,
    writeConcernError: given.writeConcernError ?? null,
    blockMs: given.blockConnection === true ? (given.blockTimeMS ?? 0) : 0,
    appName: given.appName ?? null,
    namespace: given.namespace ?? null,
  };
}

function readMode(mode: Value): Mode {
  const always: Mode = { skip: 0, times: Number.POSITIVE_INFINITY, probability: 1 };
  if (mode === "alwaysOn") return always;
  const { times, skip, activationProbability } = isDocument(mode) ? mode : {};
  if (isNumber(times)) return { ...always, times: toDouble(times) };
  if (isNumber(skip)) return { ...always, skip: toDouble(skip) };
  if (isNumber(activationProbability)) return { ...always, probability: toDouble(activationProbability) };
  throw new CommandError(
    "BadValue",
    "the mode of a fail point is off, alwaysOn, {times: n}, {skip: n} or {activationProbability: p}",
  );
}

export const configureFailPointCommand: Command = {
  names: ["configureFailPoint"],
  run({ server }, { body }) {
    if (!server.testCommands) {
      throw new CommandError("CommandNotFound", "no such command: 'configureFailPoint'");
    }
    if (body.configureFailPoint !== "failCommand") {
      throw new CommandError("BadValue", "the embedded store has the fail point failCommand only");
    }
    const { mode, data = {} } = readArguments(body, { mode: "any", data: "object" }, { where: "configureFailPoint" });
    return done({ count: new Int32(server.failPoints.configure(mode, data)) });
  },
};
