// Documents that no agent writes like this: made or edited by hand, or by another program. They stop nobody; this finds
// them, so that a person hears which they are. Only the types of their fields are read, however large they are.
import type { Document } from "mongodb";
import { collectionNames } from "./collections.ts";
import type { Store } from "./connect.ts";
import { majorityRead } from "./coordination.ts";

export interface DamagedDocument {
  readonly collection: string;
  /** As text. */
  readonly id: string;
  /** Such as `beat_at: expected date, got string`. */
  readonly problems: readonly string[];
}

interface Expectation {
  readonly collection: string;
  /** Which documents are looked at. */
  readonly match: Document;
  /** Field → its types, as `$type` calls them; "missing" where it may be. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

const number = ["int", "long", "double"];
const runStatuses = ["running", "ok", "error", "aborted", "lost", "missed", "skipped"];

const expectations: readonly Expectation[] = [
  {
    collection: collectionNames.serials,
    match: {},
    fields: {
      ...{ serial: number, assigned_to: ["string", "null"], instance_id: ["string", "null"], epoch: number },
      ...{ beat_at: ["date"], lease_ms: number, hostname: ["string"], last_assigned_to: ["string"] },
    },
  },
  {
    collection: collectionNames.machines,
    match: {},
    fields: {
      ...{ machine_id: ["string"], instance_id: ["string"], hostname: ["string"], state: ["string"] },
      ...{ last_seen: ["date", "null"], serial: [...number, "null"], jobs: ["object"], tags: ["object"] },
      ...{ version: ["string"], node: ["string"], tzdata: ["string"], offset_ms: [...number, "null"] },
      ...{ started_at: ["date"], stopped_at: ["date", "null", "missing"] },
    },
  },
  {
    collection: collectionNames.runs,
    // Those that agents act on, and those of no known status: the index on it makes both quick to find.
    match: { $or: [{ status: "running" }, { status: { $nin: runStatuses } }] },
    fields: {
      ...{
        status: ["string"],
        job_name: ["string"],
        scheduled_for: ["date"],
        trigger: ["string"],
        job_rev: ["string"],
      },
      ...{ claim_id: ["string"], claimed_by: ["string"], instance_id: ["string"], hostname: ["string"] },
      ...{ claimed_at: ["date"], beat_at: ["date"], lease_ms: number, attempt: number, exclusive: ["bool"] },
      ...{ executed_by_serial: [...number, "null"], late_ms: number, start_at: ["date", "null"] },
      ...{ end_at: ["date", "null"], elapsed_ms: [...number, "null"], reason: ["string", "null"] },
      ...{ steps: ["array"], takeovers: ["array", "missing"], outputs: ["object"], expires_at: ["date"] },
    },
  },
  {
    collection: collectionNames.commands,
    match: {},
    fields: {
      ...{ type: ["string"], target: ["string"], args: ["object", "missing"], acks: ["array", "missing"] },
      // One without a date is dated by the first agent that sees it.
      created_at: ["date", "missing"],
    },
  },
  {
    collection: collectionNames.incidents,
    // Those that are not over, and those that nothing would ever remove.
    match: { expires_at: { $not: { $type: "date" } } },
    fields: {
      ...{ subject: ["string"], number, state: ["string"], job_name: ["string", "missing"] },
      ...{ machine_id: ["string", "missing"], begin: ["object"], end: ["object", "null"], last_run_for: ["date"] },
      ...{ slow_ms: [...number, "null"], channels: ["array"], recovered: ["bool"], messages: ["array"] },
      expires_at: ["null"],
    },
  },
  { collection: collectionNames.meta, match: { _id: "fleet" }, fields: { tz: ["string"] } },
];

/** More in one collection are one mistake, not as many. */
const mostEach = 20;
const longestId = 200;

/** At most 20 of each collection; one small query for each. */
export async function findDamagedDocuments(store: Store): Promise<readonly DamagedDocument[]> {
  const found = await Promise.all(expectations.map((expectation) => findDamaged(store, expectation)));
  return found.flat();
}

async function findDamaged(store: Store, { collection, match, fields }: Expectation): Promise<DamagedDocument[]> {
  const names = Object.keys(fields);
  const types = Object.fromEntries(names.map((name) => [name, { $type: `$${name}` }]));
  const isWrong = names.map((name) => ({ [`types.${name}`]: { $nin: fields[name] } }));
  const rows = await store.db
    .collection(collection)
    .aggregate<{ readonly _id: unknown; readonly types: Readonly<Record<string, string>> }>(
      [{ $match: match }, { $project: { types } }, { $match: { $or: isWrong } }, { $limit: mostEach }],
      majorityRead,
    )
    .toArray();
  return rows.map(({ _id, types: got }) => ({
    collection,
    id: idText(_id),
    problems: names
      .filter((name) => !fields[name]?.includes(got[name] ?? "missing"))
      .map((name) => `${name}: expected ${fields[name]?.join(" or ")}, got ${got[name] ?? "missing"}`),
  }));
}

function idText(id: unknown): string {
  const text = typeof id === "object" && id !== null && !("_bsontype" in id) ? JSON.stringify(id) : String(id);
  return text.slice(0, longestId);
}
