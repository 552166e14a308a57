import { randomUUID } from "node:crypto";
import { connectStore, type Store } from "../../src/store/connect.ts";
import type { SuiteTarget } from "./mongo-targets.ts";

/** A store on the suite's own database. Its appName is unique, so that a fail point can be meant for it alone. */
export async function openTestStore(target: SuiteTarget): Promise<{ readonly store: Store; readonly appName: string }> {
  const appName = `test-${randomUUID()}`;
  return { store: await connectStore({ uri: target.uri, dbName: target.dbName, appName }), appName };
}
