// getMore and killCursors.
import { Long } from "bson";
import { CommandError } from "../command-error.ts";
import { kindOf, type Value } from "../values/value.ts";
import { naturalOf, readArguments } from "./arguments.ts";
import { type Command, done } from "./command.ts";

export const getMoreCommand: Command = {
  names: ["getMore"],
  run({ server, db }, { body }) {
    const table = { collection: "string", batchSize: "number" } as const;
    const given = readArguments(body, table, { where: "getMore" });
    if (given.collection === undefined) throw missing("getMore.collection");
    // 0 = the client leaves it to us.
    const batchSize = naturalOf(given.batchSize, "getMore.batchSize") || Number.POSITIVE_INFINITY;
    return server.cursors.more(cursorIdOf(body.getMore, "getMore"), `${db}.${given.collection}`, batchSize);
  },
};

export const killCursorsCommand: Command = {
  names: ["killCursors"],
  run({ server }, { body }) {
    const { cursors } = readArguments(body, { cursors: "any" }, { where: "killCursors" });
    if (!Array.isArray(cursors)) throw missing("killCursors.cursors");
    const ids = cursors.map((id) => cursorIdOf(id, "killCursors.cursors"));
    const cursorsKilled = ids.filter((id) => server.cursors.kill(id));
    const cursorsNotFound = ids.filter((id) => !cursorsKilled.includes(id));
    return done({ cursorsKilled, cursorsNotFound, cursorsAlive: [], cursorsUnknown: [] });
  },
};

function cursorIdOf(value: Value, where: string): Long {
  if (value instanceof Long) return value;
  throw new CommandError(
    "TypeMismatch",
    `BSON field '${where}' is the wrong type '${kindOf(value)}', expected type 'long'`,
  );
}

function missing(field: string): CommandError {
  return new CommandError(40414, `BSON field '${field}' is missing but a required field`);
}
