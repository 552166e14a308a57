// Every command by its names. What is not here does not exist: CommandNotFound.
import type { Authenticator } from "../engine.ts";
import { aggregateCommand } from "./aggregate.ts";
import type { Command } from "./command.ts";
import { countCommand } from "./count.ts";
import { databaseCommands } from "./databases.ts";
import { deleteCommand } from "./delete.ts";
import { distinctCommand } from "./distinct.ts";
import { explainCommand } from "./explain.ts";
import { configureFailPointCommand } from "./fail-points.ts";
import { findCommand } from "./find.ts";
import { findAndModifyCommand } from "./find-and-modify.ts";
import { getMoreCommand, killCursorsCommand } from "./get-more.ts";
import { helloCommands } from "./hello.ts";
import { indexCommands } from "./indexes.ts";
import { insertCommand } from "./insert.ts";
import { serverInfoCommands } from "./server-info.ts";
import { statsCommands } from "./stats.ts";
import { updateCommand } from "./update.ts";

export function createCommandTable(authenticator: Authenticator | null): ReadonlyMap<string, Command> {
  const commands: readonly Command[] = [
    ...helloCommands(authenticator),
    ...serverInfoCommands,
    insertCommand,
    findCommand,
    getMoreCommand,
    killCursorsCommand,
    updateCommand,
    deleteCommand,
    findAndModifyCommand,
    countCommand,
    distinctCommand,
    aggregateCommand,
    explainCommand,
    ...databaseCommands,
    ...indexCommands,
    ...statsCommands,
    configureFailPointCommand,
  ];
  return new Map(commands.flatMap((command) => command.names.map((name) => [name, command] as const)));
}
