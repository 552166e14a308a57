// Options and commands that a smaller server may lack. It then refuses them with an error code; to take an option and
// answer as if it were not there is what must not happen.
import type { Db, Document } from "mongodb";
import { renderValue, typed } from "../render-value.ts";
import { type OperatorTable, type Probes, refill } from "./probes.ts";

/** Sent one after the other; the last answer counts. */
export type Commands = readonly Document[];

const things: readonly Document[] = [
  { _id: 1, a: "x", n: 1 },
  { _id: 2, a: "X", n: 2 },
  { _id: 3, a: "é", n: 3 },
];

/** The collection `things` is there with three documents; `made` is not. */
export function optionTable(title: string, probes: Probes<Commands>): OperatorTable<Commands> {
  return {
    title,
    probes,
    setUp: async () => {},
    ask: async (db, commands) => {
      await refill(db, "things", things);
      await dropMade(db);
      let answer: Document = {};
      for (const command of commands) answer = await db.command(command, typed);
      const error = answer.writeErrors?.[0] ?? answer.writeConcernError;
      return error === undefined ? renderAnswer(answer) : `refused ${error.code}`;
    },
  };
}

async function dropMade(db: Db): Promise<void> {
  for (const name of ["made", "made_too"]) await db.collection(name).drop();
  const indexes = await db.collection("things").listIndexes().toArray();
  if (indexes.length > 1) await db.collection("things").dropIndexes();
}

/** What differs from server to server, and says nothing of the option. */
const noise = new Set([
  "ok",
  "$clusterTime",
  "operationTime",
  "electionId",
  "opTime",
  "lastErrorObject",
  "commitQuorum",
]);

function renderAnswer(answer: Document): string {
  if (answer.cursor !== undefined) return answer.cursor.firstBatch.map(renderValue).join(", ");
  if ("queryPlanner" in answer || "stages" in answer) return "explained";
  return renderValue(Object.fromEntries(Object.entries(answer).filter(([name]) => !noise.has(name))));
}
