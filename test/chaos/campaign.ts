// One fleet on one store, hurt many times over. What it answers is what the world saw; check-fleet.ts judges it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { connectStore, type Store } from "../../src/store/connect.ts";
import { ensureIndexes } from "../../src/store/ensure-indexes.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { until } from "../helpers/test-agent.ts";
import { AgentSlot } from "./agent-slot.ts";
import { type FaultRecord, missingRunIds, type Observation } from "./check-fleet.ts";
import { faults, type World } from "./faults.ts";
import { answerJobs, chaosJobs, jobDocument, readRequest } from "./jobs.ts";
import type { ChaosStore } from "./stores.ts";

export interface CampaignOptions {
  readonly store: ChaosStore;
  /** Names of `faults` with how often each is done. */
  readonly counts: Readonly<Record<string, number>>;
  readonly agents: number;
  readonly seed: number;
  readonly longestMs: number;
  readonly say: (line: string) => void;
}

export interface CampaignEnd {
  readonly seen: Observation;
  /** Agents that ended although nobody ended them, or not as asked. */
  readonly unexpected: readonly string[];
}

const staggerMs = 500;
const leaseMs = 4_000;
const heartbeatMs = 1_000;
/** Each agent looks for expired runs once a beat, up to a fifth later. */
const reaperMs = heartbeatMs * 1.2;
const wrongClockMs = 300_000;
const dbName = "fleetcron_chaos";

const settings = {
  stagger_sec: staggerMs / 1_000,
  lease_sec: leaseMs / 1_000,
  heartbeat_sec: heartbeatMs / 1_000,
  poll_sec: 1,
  start_grace_sec: 300,
};

export async function runCampaign(options: CampaignOptions): Promise<CampaignEnd> {
  const { store: servers, counts, longestMs, say } = options;
  await using cleanup = new AsyncDisposableStack();
  const dir = mkdtempSync(join(tmpdir(), "fleetcron-chaos-agents-"));
  cleanup.defer(() => rmSync(dir, { recursive: true, force: true }));
  const target = cleanup.use(await startTarget());
  answerJobs(target);
  const store = await connectStore({ uri: servers.uri, dbName, appName: "chaos" });
  cleanup.use(store);
  await store.db.dropDatabase();
  await ensureIndexes(store);
  await store.jobs.insertMany(chaosJobs.map((job) => jobDocument(job, target.url)) as never[]);
  const slots = Array.from({ length: options.agents }, (_, i) => cleanup.use(makeSlot(options, dir, i)));
  await Promise.all(slots.map((slot) => slot.start()));
  await target.waitForRequests(1);

  const random = seededRandom(options.seed);
  const world: World = { store: servers, slots, random, slotsInLine: () => findLine(store, slots), leaseMs, longestMs };
  const from = Date.now() + 1_000;
  await delay(2_000);
  const records: FaultRecord[] = [];
  for (const [name, count] of Object.entries(counts)) records.push(...(await repeatFault(world, name, count, say)));
  const to = Date.now();
  const seen = await observe(store, target, { from, to, faults: records });
  const codes = await Promise.all(slots.map((slot) => slot.stop()));
  const unclean = codes.flatMap((code, i) =>
    code === 0 ? [] : [`${slots[i]?.name} was stopped gracefully and ended with ${code}`],
  );
  return { seen, unexpected: [...slots.flatMap((slot) => slot.unexpected), ...unclean] };
}

function makeSlot({ store, agents }: CampaignOptions, dir: string, index: number): AgentSlot {
  const name = `agent-${index + 1}`;
  return new AgentSlot({
    ...{ name, uri: store.uri, dbName, stateDir: join(dir, name) },
    settings: { ...settings, max_serial: agents },
    // One clock is right, one five minutes ahead, one five minutes behind.
    clockOffsetMs: [0, wrongClockMs, -wrongClockMs][index % 3] ?? 0,
  });
}

async function repeatFault(
  world: World,
  name: string,
  count: number,
  say: CampaignOptions["say"],
): Promise<FaultRecord[]> {
  const fault = faults[name];
  if (fault === undefined) throw new Error(`no such fault: ${name}; known: ${Object.keys(faults).join(", ")}`);
  if (fault.needsSet && world.store.set === null) return [];
  const records: FaultRecord[] = [];
  for (let nth = 0; nth < count; nth++) {
    const from = Date.now();
    const { hits, deadSerials } = await fault.inject(world, nth);
    const healedAt = Date.now();
    await delay(500 + world.random() * 1_000);
    const { kind, hurtsStore } = fault;
    records.push({ kind, hits, from, to: Date.now(), deadSerials, healedAt, hurtsStore });
    say(`${kind}: ${nth + 1} of ${count}, hits ${hits}`);
  }
  return records;
}

/** Longer than this after the last fault no occurrence waits: everybody's turn, and an election. */
const lastTurnMs = 20_000;

/** Ends the work in order, and gives what is owed the time that the guarantees allow. */
async function observe(
  store: Store,
  target: Target,
  span: Pick<Observation, "from" | "to" | "faults">,
): Promise<Observation> {
  const look = async (): Promise<Observation> => ({
    ...{ jobs: chaosJobs, staggerMs, leaseMs, reaperMs, ...span },
    runs: await untilAnswered(() => store.runs.find({}, { readConcern: "majority" }).toArray()),
    requests: target.requests.flatMap((request) => readRequest(request) ?? []),
  });
  await waitUpTo(lastTurnMs, async () => missingRunIds(await look()).length === 0);
  await untilAnswered(() => store.jobs.updateMany({}, { $set: { enabled: false } }));
  const running = () => untilAnswered(() => store.runs.countDocuments({ status: "running" }));
  // Two seconds first: a claim may be on its way.
  await delay(2_000);
  await waitUpTo(leaseMs + reaperMs + 5_000, async () => (await running()) === 0);
  return look();
}

/** The last fault may have left the servers without a primary for a while. */
async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  let answer: T | null = null;
  let last: unknown;
  await waitUpTo(60_000, async () => {
    answer = await ask().catch((error: unknown) => {
      last = error;
      return null;
    });
    return answer !== null;
  });
  if (answer === null) throw last;
  return answer;
}

async function waitUpTo(limitMs: number, condition: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + limitMs; Date.now() < end && !(await condition()); ) await delay(200);
}

async function findLine(store: Store, slots: readonly AgentSlot[]): Promise<readonly AgentSlot[]> {
  let line: AgentSlot[] = [];
  const look = async () => {
    const rows = await store.serials.find({ assigned_to: { $ne: null } }, { sort: { serial: 1 } }).toArray();
    const machines = await store.machines.find({}).toArray();
    const names = rows.map((row) => machines.find(({ machine_id }) => machine_id === row.assigned_to)?.tags.process);
    line = names.flatMap((name) => slots.find((slot) => slot.name === name?.split(".")[0]) ?? []);
    return rows.length === slots.length && rows.every((row, i) => row.serial === i + 1) && line.length === slots.length;
  };
  await until(look, "each agent holds a serial");
  return line;
}

/** mulberry32: small, and the same everywhere. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
