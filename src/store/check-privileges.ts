// What an agent's database user must be allowed, asked for at the start: a right that is missing for one collection
// alone would otherwise show only when something is due, as an error for each run.
import type { Document } from "mongodb";
import { FleetCronError } from "../errors.ts";
import { collectionNames } from "./collections.ts";
import type { Store } from "./connect.ts";

/** Agents read what people write, and acknowledge commands; all else is theirs. */
function neededOn(collection: string): readonly string[] {
  if (collection === collectionNames.jobs) return ["find"];
  if (collection === collectionNames.commands) return ["find", "update"];
  return ["find", "insert", "update"];
}

/**
 * Throws `store_permission` with the first collection and all actions that lack there. Says nothing where the server
 * does not tell (no password, the embedded store, a server that only resembles MongoDB): the first refusal will.
 */
export async function checkPrivileges(store: Store): Promise<void> {
  const status = await store.client
    .db("admin")
    .command({ connectionStatus: 1, showPrivileges: true })
    .catch(() => null);
  const privileges: unknown = status?.authInfo?.authenticatedUserPrivileges;
  if (!Array.isArray(privileges) || privileges.length === 0) return;
  const db = store.db.databaseName;
  for (const collection of Object.values(collectionNames)) {
    const granted = new Set(privileges.filter((one) => covers(one, db, collection)).flatMap((one) => one.actions));
    const missing = neededOn(collection).filter((action) => !granted.has(action));
    if (missing.length === 0 || granted.has("anyAction")) continue;
    throw new FleetCronError(
      "store_permission",
      `this database user may not ${missing.join(", ")} on ${db}.${collection}`,
      {
        details: [`it needs the role readWrite on the database ${db}`],
      },
    );
  }
}

/** An empty name stands for every database, or every collection that is not the server's own. */
function covers({ resource, actions }: Document, db: string, collection: string): boolean {
  if (!Array.isArray(actions)) return false;
  if (resource?.anyResource === true) return true;
  return ["", db].includes(resource?.db) && ["", collection].includes(resource?.collection);
}
