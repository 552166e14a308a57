// The zone of jobs that name none.
import type { Config } from "../config/config.ts";
import type { Store } from "../store/connect.ts";
import { findFleetZone } from "../store/meta.ts";

/** The fleet's own counts; a config is often read on a machine that runs no agent and names no zone. */
export async function fleetZone(store: Store, config: Config): Promise<string> {
  return (await findFleetZone(store)) ?? config.tz;
}
