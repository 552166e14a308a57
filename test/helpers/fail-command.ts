// Makes a real server fail commands of one client. A server has one such fail point and test files share servers, so
// whoever wants it waits in line.
import { MongoClient } from "mongodb";
import type { MongoTarget } from "./mongo-targets.ts";

export interface Failure {
  readonly failCommands: readonly string[];
  readonly appName: string;
  /** Never applied. */
  readonly closeConnection?: boolean;
  /** Never applied. */
  readonly errorCode?: number;
  /** Applied. */
  readonly writeConcernError?: { readonly code: number; readonly errmsg: string };
  /** Of this one alone, `database.collection`. */
  readonly namespace?: string;
  /** Not failed but begun so much later; with `blockTimeMS`, on a real server. */
  readonly blockConnection?: boolean;
  readonly blockTimeMS?: number;
}

const lineMs = 120_000;

/** Fails the next `times` matching commands, or all until disposed. */
export async function failCommand(
  target: MongoTarget,
  failure: Failure,
  times: number | "always" = "always",
): Promise<AsyncDisposable> {
  const client = new MongoClient(target.uri);
  const locks = client.db("fleetcron_test_locks").collection<{ _id: string }>("locks");
  const deadline = Date.now() + lineMs;
  while (
    !(await locks.insertOne({ _id: "failCommand" }).then(
      () => true,
      () => false,
    ))
  ) {
    if (Date.now() > deadline) throw new Error("the fail point was held by another test for too long");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const admin = client.db("admin");
  const mode = times === "always" ? "alwaysOn" : { times };
  await admin.command({ configureFailPoint: "failCommand", mode, data: failure });
  return {
    [Symbol.asyncDispose]: async () => {
      await admin.command({ configureFailPoint: "failCommand", mode: "off" });
      await locks.deleteOne({ _id: "failCommand" });
      await client.close();
    },
  };
}
