// fleetcron init-db: what an administrator does once, and when the fleet's zone changes.
import type { Command } from "commander";
import { FleetCronError } from "../errors.ts";
import type { Store } from "../store/connect.ts";
import type { EnsuredIndexes } from "../store/ensure-indexes.ts";
import type { Cli } from "./cli.ts";
import { withStore } from "./open-store.ts";
import { readZone } from "./read-option.ts";

interface InitDbOptions {
  readonly tz?: string;
  readonly json?: boolean;
}

export function addInitDbCommand(program: Command, cli: Cli): void {
  program
    .command("init-db")
    .description("create collections and indexes, set the fleet's time zone; what is there already is left")
    .option("--tz <zone>", "change the fleet's time zone, such as Europe/Berlin", readZone("--tz"))
    .option("--json", "print JSON")
    .addHelpText("before", "Example: fleetcron init-db\n")
    .action((options: InitDbOptions) => initDb(cli, options));
}

async function initDb(cli: Cli, { tz, json }: InitDbOptions): Promise<void> {
  await withStore(cli, async (store, config) => {
    const { created, conflicts } = await ensure(store);
    const zone = await settleZone(store, tz ?? null, config.tz);
    if (json === true) cli.output.json({ created, conflicts, tz: zone.now, tz_before: zone.before });
    else print(cli, { created, dbName: store.db.databaseName, zone });
    if (zone.now !== config.tz) {
      cli.output.note(
        `warning: this machine's config says tz ${config.tz}: agents with another zone than the fleet's do not start`,
      );
    }
    if (conflicts.length === 0) return;
    const count = conflicts.length === 1 ? "an index is" : `${conflicts.length} indexes are`;
    throw new FleetCronError("index_conflict", `${count} not as needed`, {
      details: conflicts.map(({ text }) => text),
    });
  });
}

async function ensure(store: Store): Promise<EnsuredIndexes> {
  const { ensureIndexes } = await import("../store/ensure-indexes.ts");
  try {
    return await ensureIndexes(store);
  } catch (error) {
    if (!(error instanceof FleetCronError) || error.code !== "store_permission") throw error;
    throw new FleetCronError("store_permission", error.message, {
      cause: error,
      details: [
        "it needs the privilege createIndex, which is in the role readWrite; as an administrator, in mongosh:",
        ...roleCommands(store.db.databaseName),
      ],
    });
  }
}

interface FleetZone {
  /** null: no zone was set. */
  readonly before: string | null;
  readonly now: string;
}

async function settleZone(store: Store, wanted: string | null, configured: string): Promise<FleetZone> {
  const { claimFleetZone, findFleetZone, setFleetZone } = await import("../store/meta.ts");
  const before = await findFleetZone(store);
  if (wanted === null) return { before, now: await claimFleetZone(store, configured) };
  await setFleetZone(store, wanted);
  return { before, now: wanted };
}

interface Done {
  readonly created: readonly string[];
  readonly dbName: string;
  readonly zone: FleetZone;
}

function print({ output }: Cli, { created, dbName, zone }: Done): void {
  for (const index of created) output.data(`created index ${index}`);
  if (created.length === 0) output.data(`database ${dbName}: every index is there already`);
  if (zone.before === zone.now) output.data(`time zone of the fleet: ${zone.now}, as before`);
  else if (zone.before === null) output.data(`time zone of the fleet: ${zone.now}`);
  else
    output.data(
      `time zone of the fleet: ${zone.now}, was ${zone.before}; restart every agent with tz ${zone.now} in its config`,
    );
  output.note("a database user for agents and this program, made by an administrator in mongosh:");
  for (const line of roleCommands(dbName)) output.note(`  ${line}`);
}

function roleCommands(dbName: string): readonly string[] {
  const role = `{ role: "readWrite", db: ${JSON.stringify(dbName)} }`;
  return [
    `db.getSiblingDB("admin").createUser({ user: "fleetcron", pwd: passwordPrompt(), roles: [${role}] })`,
    `db.getSiblingDB("admin").grantRolesToUser("fleetcron", [${role}])  // for a user that is there already`,
  ];
}
