// (f) What the fleet costs and how soon it recovers: agents as processes of their own, as they are shipped.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Store } from "../../src/store/connect.ts";
import { agentEnvironment, ProgramProcess, temporaryDir } from "../../test/helpers/agent-process.ts";
import { startTarget, type Target } from "../../test/helpers/target.ts";
import { until } from "../../test/helpers/test-agent.ts";
import { median, printTable, type Row, wait, wallNow } from "./figures.ts";
import { countCommands } from "./server-figures.ts";

const staggerSec = 1;
const leaseSec = 15;
const quick = { stagger_sec: staggerSec, lease_sec: leaseSec, heartbeat_sec: 3, poll_sec: 5 };

export interface FleetBench {
  readonly seconds: number;
  readonly kills: number;
}

export async function benchFleet(store: Store, uri: string, { seconds, kills }: FleetBench): Promise<void> {
  await benchRecovery(store, uri, kills);
  await benchCost(store, uri, seconds);
}

interface Agents extends AsyncDisposable {
  /** The agent that holds the lowest serial comes first. */
  readonly list: ProgramProcess[];
  add(): Promise<void>;
}

function startAgents(store: Store, uri: string, settings: Readonly<Record<string, number>>): Agents {
  const dir = temporaryDir();
  const list: ProgramProcess[] = [];
  let count = 0;
  return {
    list,
    async add() {
      const stateDir = join(dir.path, String(count++));
      const agent = new ProgramProcess(
        ["agent"],
        agentEnvironment({ uri, dbName: store.db.databaseName, stateDir, settings }),
      );
      list.push(agent);
      await agent.says("agent ready");
    },
    async [Symbol.asyncDispose]() {
      for (const agent of list) agent.kill("SIGTERM");
      await Promise.all(list.map((agent) => agent.ended));
      dir[Symbol.dispose]();
    },
  };
}

/** The first in line dies in the middle of a run, again and again; the second one takes its place in time. */
async function benchRecovery(store: Store, uri: string, kills: number): Promise<void> {
  await using target = await startTarget();
  target.on("/long", () => undefined);
  const { insertedId } = await store.jobs.insertOne({
    ...{ name: "each second", every_sec: 1, overlap: "allow", method: "POST", url: `${target.url}/each` },
    headers: { "X-Due": "{{scheduled_for}}" },
  });
  await using agents = startAgents(store, uri, quick);
  await agents.add();
  await agents.add();
  const nextDelays: number[] = [];
  const lostAfter: number[] = [];
  for (let i = 0; i < kills; i++) {
    const { id, killedAt } = await killFirst(store, target, agents);
    const dueAt = Math.ceil(killedAt / 1_000) * 1_000;
    await until(() => startOf(target, dueAt) !== undefined, "the next occurrence starts");
    nextDelays.push((startOf(target, dueAt) ?? 0) - dueAt);
    const isOver = async () => (await store.runs.findOne({ job_id: id as never }))?.status !== "running";
    await until(isOver, "the run is settled");
    lostAfter.push(wallNow() - killedAt);
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
      what: "run of the dead agent settled, after the kill",
      measured: render(lostAfter),
      floor: `the lease less a beat, ${(leaseSec - 3) * 1_000} ms`,
      goal: "lease + 5 s",
    },
  ]);
}

/** Kills it in the middle of a long run, half a second from any due instant. */
async function killFirst(store: Store, target: Target, agents: Agents): Promise<{ id: unknown; killedAt: number }> {
  await until(
    async () => (await store.serials.countDocuments({ serial: { $in: [1, 2] }, assigned_to: { $ne: null } })) === 2,
    "both serials are held",
  );
  const seen = target.requests.filter(({ url }) => url === "/long").length;
  const long = {
    name: `long ${wallNow()}`,
    at: new Date(wallNow()),
    method: "POST",
    timeout_sec: 600,
    url: `${target.url}/long`,
  };
  const { insertedId } = await store.jobs.insertOne(long);
  await store.commands.insertOne({ type: "reload_jobs", target: "all" } as never);
  await until(() => target.requests.filter(({ url }) => url === "/long").length > seen, "the long run is under way");
  const run = await store.runs.findOne({ job_id: insertedId as never });
  await until(() => wallNow() % 1_000 > 400 && wallNow() % 1_000 < 600, "it is between two instants");
  const victim = agents.list.find(({ child }) => ownerOf(child.pid ?? 0) === run?.claimed_by);
  if (victim === undefined) throw new Error("the owner of the long run is none of these agents");
  agents.list.splice(agents.list.indexOf(victim), 1);
  const killedAt = wallNow();
  victim.kill("SIGKILL");
  await victim.ended;
  return { id: insertedId, killedAt };
}

/** The machine id, from the state folder that a process was started with (Linux). */
function ownerOf(pid: number): string {
  const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  const stateDir = environment.find((line) => line.startsWith("FLEETCRON_STATE_DIR="))?.split("=")[1] ?? "";
  return JSON.parse(readFileSync(join(stateDir, "machine.json"), "utf8")).machine_id;
}

function startOf(target: Target, dueAt: number): number | undefined {
  const due = new Date(dueAt).toISOString();
  return target.requests.find(({ headers }) => Date.parse(String(headers["x-due"])) === Date.parse(due))?.at;
}

/** Commands a minute that the server counts, per agent, with the default config and nothing due. */
async function benchCost(store: Store, uri: string, seconds: number): Promise<void> {
  await using agents = startAgents(store, uri, {});
  const rows: Row[] = [];
  for (const count of [1, 3]) {
    while (agents.list.length < count) await agents.add();
    // Until what happens once, at the start, has happened.
    await wait(10_000);
    const before = (await countCommands(store)).all;
    await wait(seconds * 1_000);
    const commands = ((await countCommands(store)).all - before) * (60 / seconds);
    const measured = `${(commands / count).toFixed(0)} per agent, ${commands.toFixed(0)} in all`;
    rows.push({ what: `${count} idle`, measured, floor: "", goal: "at most 60 per agent" });
  }
  printTable(`commands a minute, hello aside, ${seconds} s each`, rows);
}
