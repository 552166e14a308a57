// The messages inside an incident: claimed, then sent. A message whose sender died is claimed anew after its lease, so it
// is sent at least once; whoever gets it twice can tell by the incident's id.
import type { IncidentDocument, MessageDocument, NotifiedDocument } from "./collections.ts";
import type { Store } from "./connect.ts";
import { majorityWrite, repeatWhileUnknown } from "./coordination.ts";

/** One message as it was read: everything is decided against that. */
export interface SeenMessage {
  readonly incident: IncidentDocument;
  readonly index: number;
  readonly message: MessageDocument;
}

/**
 * Plain `null` would match always: the server takes `messages.0.sent_at` also for a field `0` inside each message, which
 * is missing, and a missing field equals null.
 */
const isNull = { $type: "null" } as const;

/** False when another agent claimed or settled it meanwhile. Throws what the driver throws: then nothing may be sent. */
export async function claimMessage(store: Store, seen: SeenMessage, instanceId: string): Promise<boolean> {
  const at = placeOf(seen);
  const { claimed_at, tries } = seen.message;
  const { matchedCount } = await store.incidents.updateOne(
    {
      _id: seen.incident._id,
      ...{ [`${at}.claimed_at`]: claimed_at ?? isNull, [`${at}.tries`]: tries },
      ...{ [`${at}.sent_at`]: isNull, [`${at}.given_up_at`]: isNull },
    },
    {
      $set: { [`${at}.claimed_by`]: instanceId, [`${at}.tries`]: tries + 1 },
      $currentDate: { [`${at}.claimed_at`]: true },
    } as never,
    majorityWrite,
  );
  return matchedCount === 1;
}

/** Also where another agent has claimed it meanwhile: it arrived, that is what counts. */
export async function markMessageSent(store: Store, seen: SeenMessage): Promise<void> {
  const at = placeOf(seen);
  const update = { $set: { [`${at}.error`]: null }, $currentDate: { [`${at}.sent_at`]: true } } as never;
  const filter = { _id: seen.incident._id, [`${at}.sent_at`]: isNull };
  await repeatWhileUnknown(() => store.incidents.updateOne(filter, update, majorityWrite));
}

/** Lets go of it until `dueAt`. Nothing happens where another agent has claimed it meanwhile. */
export async function putMessageOff(
  store: Store,
  seen: SeenMessage,
  { dueAt, error }: { readonly dueAt: Date; readonly error: string },
): Promise<void> {
  const at = placeOf(seen);
  const filter = { _id: seen.incident._id, [`${at}.tries`]: seen.message.tries + 1, [`${at}.sent_at`]: isNull };
  const set = { [`${at}.claimed_at`]: null, [`${at}.due_at`]: dueAt, [`${at}.error`]: error };
  await repeatWhileUnknown(() => store.incidents.updateOne(filter, { $set: set } as never, majorityWrite));
}

/** False when it was sent or given up meanwhile. */
export async function giveMessageUp(store: Store, seen: SeenMessage): Promise<boolean> {
  const at = placeOf(seen);
  const filter = { _id: seen.incident._id, [`${at}.sent_at`]: isNull, [`${at}.given_up_at`]: isNull };
  const update = { $currentDate: { [`${at}.given_up_at`]: true } } as never;
  return (await repeatWhileUnknown(() => store.incidents.updateOne(filter, update, majorityWrite))).matchedCount === 1;
}

/** Notes in the run what was told of it; once, however often it is told. */
export async function recordNotified(store: Store, runId: string, notified: NotifiedDocument): Promise<void> {
  const { incident_id, event, channel } = notified;
  const filter = { _id: runId, notified: { $not: { $elemMatch: { incident_id, event, channel } } } };
  await repeatWhileUnknown(() => store.runs.updateOne(filter, { $push: { notified } }, majorityWrite));
}

/** Messages are only ever appended: a position once read stays. */
function placeOf({ index }: SeenMessage): string {
  return `messages.${index}`;
}
