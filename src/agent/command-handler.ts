// What every remote command is: something done once, with a report for the acknowledgement.
import type { CommandDocument } from "../store/collections.ts";
import type { AgentContext } from "./context.ts";

/** What an acknowledgement says beside `ok`: kept short, for a person. */
export type Report = Readonly<Record<string, unknown>>;

/** What it throws is acknowledged as the reason of a refusal. */
export type CommandHandler = (context: AgentContext, command: CommandDocument) => Promise<Report>;

/** The server's time of the command; fleet time for one that has none yet. */
export function createdAt(context: AgentContext, command: CommandDocument): number {
  return command.created_at instanceof Date ? command.created_at.getTime() : context.clock.now();
}
