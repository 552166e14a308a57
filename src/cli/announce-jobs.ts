// What every command does after it wrote to `jobs`.
import type { Config } from "../config/config.ts";
import { insertCommand } from "../store/commands.ts";
import type { Store } from "../store/connect.ts";
import type { Cli } from "./cli.ts";

/** Tells all agents to read the jobs again, and does not wait for them. */
export async function announceJobs(cli: Cli, store: Store, { pollSec }: Config): Promise<void> {
  await insertCommand(store, { type: "reload_jobs", target: "all" });
  cli.output.note(`agents pick it up within ${pollSec} s; fleetcron reload waits for them`);
}
