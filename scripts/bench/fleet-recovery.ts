// (f) How soon the fleet recovers when the first in line dies in the middle of a run.
import type { ServerResponse } from "node:http";
import type { Store } from "../../src/store/connect.ts";
import { type LoggedRequest, startTarget, type Target } from "../../test/helpers/target.ts";
import { until } from "../../test/helpers/test-agent.ts";
import { median, printTable, wallNow } from "./figures.ts";
import { type FleetAgents, startAgents } from "./fleet-agents.ts";

const staggerSec = 1;
const leaseSec = 15;
const quick = { stagger_sec: staggerSec, lease_sec: leaseSec, heartbeat_sec: 3, poll_sec: 5 };

/** Kills it again and again; the second one takes its place in time, and its run. */
export async function benchRecovery(store: Store, uri: string, kills: number): Promise<void> {
  await using target = await startTarget();
  target.on("/long", answerSecondOwner(target));
  const { insertedId } = await store.jobs.insertOne({
    ...{ name: "each second", every_sec: 1, overlap: "allow", method: "POST", url: `${target.url}/each` },
    headers: { "X-Due": "{{scheduled_for}}" },
  });
  await using agents = startAgents(store, uri, quick);
  await agents.add();
  await agents.add();
  const nextDelays: number[] = [];
  const resumedAfter: number[] = [];
  for (let i = 0; i < kills; i++) {
    const { key, killedAt } = await killFirst(store, target, agents);
    const dueAt = Math.ceil(killedAt / 1_000) * 1_000;
    await until(() => startOf(target, dueAt) !== undefined, "the next occurrence starts");
    nextDelays.push((startOf(target, dueAt) ?? 0) - dueAt);
    await until(() => requestsOf(target, key).length === 2, "the run is resumed");
    resumedAfter.push((requestsOf(target, key)[1]?.at ?? 0) - killedAt);
    await agents.add();
  }
  await store.jobs.deleteOne({ _id: insertedId });
  const render = (values: readonly number[]) =>
    `${median(values).toFixed(0)} ms, most ${Math.max(...values).toFixed(0)}`;
  printTable(`SIGKILL of the lowest serial, ${kills} times: median; lease ${leaseSec} s, beats 3 s`, [
    {
      what: "next occurrence, after it was due",
      measured: render(nextDelays),
      floor: `the stagger, ${staggerSec * 1_000} ms`,
      goal: "stagger + 2 s",
    },
    {
      what: "run of the dead agent resumed, after the kill",
      measured: render(resumedAfter),
      floor: `the lease less a beat, ${(leaseSec - 3) * 1_000} ms`,
      goal: "lease + 5 s",
    },
  ]);
}

/** The first owner of a run waits for ever. */
function answerSecondOwner(target: Target) {
  return ({ headers }: LoggedRequest, response: ServerResponse) => {
    if (requestsOf(target, headers["idempotency-key"]).length > 1) response.end("ok");
  };
}

function requestsOf(target: Target, key: LoggedRequest["headers"][string]): readonly LoggedRequest[] {
  return target.requests.filter(({ headers }) => headers["idempotency-key"] === key);
}

/** Kills it in the middle of a long run, half a second from any due instant. */
async function killFirst(
  store: Store,
  target: Target,
  agents: FleetAgents,
): Promise<{ key: string; killedAt: number }> {
  await until(
    async () => (await store.serials.countDocuments({ serial: { $in: [1, 2] }, assigned_to: { $ne: null } })) === 2,
    "both serials are held",
  );
  const { insertedId } = await store.jobs.insertOne({
    ...{ name: `long ${wallNow()}`, at: new Date(wallNow()), timeout_sec: 600, url: `${target.url}/long` },
  });
  await store.commands.insertOne({ type: "reload_jobs", target: "all" } as never);
  const findRun = () => store.runs.findOne({ job_id: insertedId as never });
  await until(async () => requestsOf(target, `${(await findRun())?._id}/0`).length > 0, "the long run is under way");
  const run = await findRun();
  const victim = agents.list.find(({ machineId }) => machineId === run?.claimed_by);
  if (run === null || victim === undefined) throw new Error("the owner of the long run is none of these agents");
  await until(() => wallNow() % 1_000 > 400 && wallNow() % 1_000 < 600, "it is between two instants");
  const killedAt = wallNow();
  await agents.kill(victim);
  return { key: `${run._id}/0`, killedAt };
}

function startOf(target: Target, dueAt: number): number | undefined {
  return target.requests.find(({ headers }) => Date.parse(String(headers["x-due"])) === dueAt)?.at;
}
