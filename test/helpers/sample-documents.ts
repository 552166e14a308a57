// One whole document of each collection as agents write it, and the same with one field that no agent would write.
import { randomUUID } from "node:crypto";
import type { Document } from "mongodb";
import { collectionNames } from "../../src/store/collections.ts";
import { insertCommand } from "../../src/store/commands.ts";
import type { Store } from "../../src/store/connect.ts";
import { beginIncident } from "../../src/store/incidents.ts";
import { registerMachine } from "../../src/store/machines.ts";
import { claimFleetZone } from "../../src/store/meta.ts";
import { acquireSerial } from "../../src/store/serials.ts";
import { sampleIncident } from "./sample-incident.ts";
import { sampleRun } from "./sample-run.ts";

const { machines, serials, commands, meta, runs, incidents } = collectionNames;
const hostname = "sample-host";

/** Writes them into an empty database by the store's own functions, and answers them by collection. */
export async function writeSamples(store: Store): Promise<Readonly<Record<string, Document>>> {
  const [machineId, instanceId] = [randomUUID(), randomUUID()];
  const facts = { tags: { rack: "a" }, version: "0.0.0", node: "24.0.0", tzdata: "2026a" };
  await registerMachine(store, { machineId, instanceId, hostname, ...facts }, 60_000);
  await acquireSerial(store, 1, { machineId, instanceId, hostname, leaseMs: 60_000 });
  await insertCommand(store, { type: "reload_jobs", target: "nobody" });
  await claimFleetZone(store, "UTC");
  await store.runs.insertOne({ ...sampleRun(), takeovers: [] });
  const incident = sampleIncident({ state: "closed" });
  await beginIncident(store, { ...incident, end: incident.begin });
  const found: Record<string, Document> = {};
  for (const name of [machines, serials, commands, meta, runs, incidents]) {
    const [document] = await store.db.collection<Document>(name).find().toArray();
    if (document === undefined) throw new Error(`no sample in ${name}`);
    found[name] = document;
  }
  return found;
}

export interface DamagedField {
  readonly collection: string;
  readonly field: string;
  readonly document: Document;
}

/** Any type may be a job's id. */
const anything = ["_id", "job_id"];

/** Each sample as often as it has fields, with one of them wrong; those that are unique in a collection stay so. */
export function damageEachField(samples: Readonly<Record<string, Document>>): readonly DamagedField[] {
  return Object.entries(samples).flatMap(([collection, sample]) =>
    Object.keys(sample)
      .filter((field) => !anything.includes(field))
      .map((field, i) => {
        const wrong = isPlain(sample[field]) ? "a text" : { a: i };
        const id = collection === meta ? sample._id : `${collection}-${field}`;
        const keys = {
          ...(sample.serial && { serial: 100 + i }),
          ...(sample.machine_id && { machine_id: `m-${i}` }),
          ...(sample.subject && { number: 100 + i }),
        };
        return { collection, field, document: { ...sample, ...keys, _id: id, [field]: wrong } };
      }),
  );
}

function isPlain(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
