// What every command gets, and how one is declared.
import type { Clock } from "../../runtime/clock.ts";
import { evaluateExpression, evaluateVariables } from "../aggregation/expressions.ts";
import { CommandError } from "../command-error.ts";
import type { QueryScope } from "../query/scope.ts";
import type { Reply, Request, Session } from "../request.ts";
import type { Collection, Storage } from "../storage/storage.ts";
import { kindOf, type ValueDocument } from "../values/value.ts";
import type { FailPoints } from "./fail-points.ts";
import type { OpenCursors } from "./open-cursors.ts";

/** What lives as long as the server. */
export interface ServerState {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly cursors: OpenCursors;
  readonly failPoints: FailPoints;
  /** Monotonic milliseconds. */
  readonly startedAt: number;
  readonly testCommands: boolean;
}

export interface CommandContext {
  readonly server: ServerState;
  readonly session: Session;
  readonly db: string;
  /** One reading of the server's clock per command: `$$NOW`, `$currentDate` and `localTime` agree. */
  readonly now: Date;
}

export interface Command {
  /** As clients send it, synonyms included. */
  readonly names: readonly string[];
  /** Runs inside one transaction. */
  readonly writes?: true;
  /** Answered before a password was given. */
  readonly open?: true;
  run(context: CommandContext, request: Request): Reply;
}

export interface NamedCollection {
  readonly name: string;
  /** `<database>.<collection>`. */
  readonly ns: string;
  /** Null as long as nothing was inserted. */
  readonly collection: Collection | null;
}

/** The collection that the command's first field names. Throws InvalidNamespace. */
export function collectionOf({ server, db }: CommandContext, body: ValueDocument): NamedCollection {
  const command = Object.keys(body)[0] ?? "";
  const name = body[command];
  if (typeof name !== "string") {
    throw new CommandError("BadValue", `collection name has invalid type ${kindOf(name)}`);
  }
  judgeName(db, name);
  return { name, ns: `${db}.${name}`, collection: server.storage.findCollection(db, name) };
}

/** The collection, made where it is missing: a first insert needs no `create`. */
export function ensureCollection({ server, db }: CommandContext, { name, collection }: NamedCollection): Collection {
  return collection ?? server.storage.createCollection(db, name);
}

function judgeName(db: string, name: string): void {
  const isBad = name === "" || name.includes("\0") || name.includes("$") || name.startsWith(".");
  if (isBad) throw new CommandError("InvalidNamespace", `Invalid namespace specified '${db}.${name}'`);
  if (Buffer.byteLength(`${db}.${name}`) > 255) {
    throw new CommandError("InvalidNamespace", `Fully qualified namespace is too long. Namespace: ${db}.${name}`);
  }
  if (name.startsWith("system.")) {
    throw new CommandError("InvalidNamespace", `cannot use the reserved name ${db}.${name}`);
  }
}

/** What filters and expressions of this command may look at; `variables` is its `let`, whose values are expressions. */
export function scopeOf({ now }: CommandContext, variables: ValueDocument = {}): QueryScope {
  return { now, variables: evaluateVariables(variables, now), evaluate: evaluateExpression };
}

export const done = (fields: ValueDocument = {}): Reply => ({ fields });
