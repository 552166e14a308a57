// What the whole fleet shares before this agent joins it: indexes, and one time zone.
import { FleetCronError } from "../errors.ts";
import { ensureIndexes } from "../store/ensure-indexes.ts";
import { claimFleetZone } from "../store/meta.ts";
import type { AgentContext } from "./context.ts";

/** Throws `fleet_tz_differs` when this config's zone is not the fleet's; a missing right to make indexes is only said. */
export async function ensureFleet(context: AgentContext): Promise<void> {
  const { store, log } = context.deps;
  try {
    const { created, conflicts } = await ensureIndexes(store);
    if (created.length > 0) log.info({ created }, "indexes created");
    for (const { text } of conflicts) log.error({ index: text }, "index differs");
  } catch (error) {
    if (!(error instanceof FleetCronError) || error.code !== "store_permission") throw error;
    log.warn({ problem: error.message, mend: error.details }, "indexes missing");
  }
  await checkFleetZone(context, context.settings.tz);
}

/** Throws unless `tz` is the zone of the fleet; the first agent of a fleet sets it. */
export async function checkFleetZone(context: AgentContext, tz: string): Promise<void> {
  const fleetZone = await claimFleetZone(context.deps.store, tz);
  if (fleetZone === tz) return;
  throw new FleetCronError(
    "fleet_tz_differs",
    `tz: this machine's config says "${tz}", the fleet's zone is "${fleetZone}". Set tz to "${fleetZone}" here, ` +
      `or change the fleet's with: fleetcron init-db --tz ${tz}`,
  );
}
