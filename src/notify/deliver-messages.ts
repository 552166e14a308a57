// Messages on their way: claimed, sent, noted in the run, marked as sent. In this order a crash in between sends it once
// more, with the same incident id, and never leaves it unsent.
import { userAgentOf } from "../model/user-agent.ts";
import type { IncidentDocument } from "../store/collections.ts";
import {
  claimMessage,
  giveMessageUp,
  markMessageSent,
  putMessageOff,
  recordNotified,
  type SeenMessage,
} from "../store/incident-messages.ts";
import { expireIncident } from "../store/incidents.ts";
import type { NotifyDeps } from "./notify-deps.ts";
import { renderMessage } from "./render-message.ts";
import { sendMessage, sendTimeoutMs } from "./send-message.ts";

/**
 * Others leave a claimed message alone for so long: more than its send and what is written about it take. Not `lease_sec`,
 * which may be shorter than a slow channel's answer.
 */
export const messageLeaseMs = 3 * sendTimeoutMs;
/** What a channel did not take within a day is of no use to anybody. */
const givenUpMs = 86_400_000;
const firstWaitMs = 5_000;
const longestWaitMs = 900_000;

/** Starts what is to be sent now and waits for none of it: a channel that hangs delays no other, and no run. */
export async function deliverMessages(
  deps: NotifyDeps,
  unsettled: readonly IncidentDocument[],
  /** What this process is sending already, by incident and position. */
  sending: Set<string>,
): Promise<void> {
  for (const incident of unsettled) {
    const waiting = nextMessages(incident);
    for (const seen of waiting) {
      const key = `${incident._id}/${seen.index}`;
      if (sending.has(key) || !isDue(deps, seen)) continue;
      sending.add(key);
      deps.start(() => deliver(deps, seen).finally(() => sending.delete(key)));
    }
    if (incident.state === "closed" && waiting.length === 0) {
      await expireIncident(deps.store, incident._id, new Date(deps.now() + deps.settings.retentionDays * 86_400_000));
    }
  }
}

/** Of each channel the first that is not settled: nobody shall hear of the end before the beginning. */
function nextMessages(incident: IncidentDocument): readonly SeenMessage[] {
  const seen = incident.messages.map((message, index) => ({ incident, index, message }));
  const unsettled = seen.filter(({ message }) => message.sent_at === null && message.given_up_at === null);
  return [...Map.groupBy(unsettled, ({ message }) => message.channel).values()].flatMap(([first]) => first ?? []);
}

function isDue({ settings, now }: NotifyDeps, { message, incident }: SeenMessage): boolean {
  const { channel, claimed_at, due_at } = message;
  const isLeft = claimed_at === null || claimed_at.getTime() + messageLeaseMs < now();
  const isKnown = settings.notify.has(channel) || isTooOld(incident, now());
  return isLeft && isKnown && due_at.getTime() <= now();
}

function isTooOld({ begin, end }: IncidentDocument, now: number): boolean {
  return now - (end ?? begin).at.getTime() > givenUpMs;
}

async function deliver(deps: NotifyDeps, seen: SeenMessage): Promise<void> {
  const { store, log, mask, settings, send, signal } = deps;
  const { incident, message } = seen;
  const { channel, event } = message;
  const fields = { incidentId: incident._id, event, channel, job: incident.job_name ?? null };
  const target = settings.notify.get(channel);
  if (target === undefined || isTooOld(incident, deps.now())) {
    await record(deps, seen, false);
    if (await giveMessageUp(store, seen)) log.error({ ...fields, error: message.error }, "notification given up");
    return;
  }
  if (!(await claimMessage(store, seen, deps.machine.instanceId))) return;
  const userAgent = userAgentOf(deps.machine.version);
  const sending = { send, mask, network: settings.network, userAgent, timeoutMs: sendTimeoutMs, signal };
  const error = await sendMessage(sending, target, renderMessage(incident, event, mask));
  // Nobody knows whether it arrived: it stays claimed, and another agent sends it after the lease.
  if (error !== null && signal.aborted) return;
  if (error === null) {
    await record(deps, seen, true);
    await markMessageSent(store, seen);
    return log.info(fields, "notification sent");
  }
  const waitMs = Math.min(longestWaitMs, Math.min(firstWaitMs, settings.heartbeatSec * 1_000) * 2 ** message.tries);
  await putMessageOff(store, seen, { dueAt: new Date(deps.now() + waitMs), error });
  log.warn({ ...fields, error, againInMs: waitMs }, "notification failed");
}

/** In the run that the message is about; a machine has none. */
async function record({ store, now }: NotifyDeps, { incident, message }: SeenMessage, ok: boolean): Promise<void> {
  const { event, channel } = message;
  const turn = incident.end?.event === event ? incident.end : incident.begin;
  if (turn.run_id === null) return;
  const notified = { event, incident_id: incident._id, channel, at: new Date(now()), ok };
  await recordNotified(store, turn.run_id, notified);
}
