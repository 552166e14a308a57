// The database: whether it answers, and whether it does what agents ask of it.
import { checkPrivileges } from "../../store/check-privileges.ts";
import { inspectIndexes } from "../../store/ensure-indexes.ts";
import { checkWritable } from "../../store/meta.ts";
import { type Check, type Connected, failed, fine, warning } from "./check.ts";

export const checkServer: Check<Connected> = {
  name: "database",
  look: async ({ store, loaded: { config } }) => {
    await checkWritable(store);
    const kind = store.isReplicaSet ? "replica set" : "one server";
    const what = config.store === "embedded" ? "embedded store" : `MongoDB ${store.serverVersion}, ${kind}`;
    return [fine(`${what}, database ${store.db.databaseName}, takes writes`)];
  },
};

export const checkRights: Check<Connected> = {
  name: "privileges",
  look: async ({ store }) => {
    await checkPrivileges(store);
    return [fine("the database user may do what agents need")];
  },
};

export const checkIndexes: Check<Connected> = {
  name: "indexes",
  look: async ({ store }) => {
    const { missing, conflicts } = await inspectIndexes(store);
    if (missing.length === 0 && conflicts.length === 0) return [fine("all are there")];
    return [
      ...conflicts.map(({ text }) => failed(text, "fleetcron init-db")),
      ...(missing.length === 0 ? [] : [warning(`not there yet: ${missing.join(", ")}`, "fleetcron init-db")]),
    ];
  },
};
