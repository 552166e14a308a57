// The fleet of the demo: the embedded store in this process, three agents as processes of their own, a target.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { startEmbedded } from "../../src/embedded/serve.ts";
import type { RunDocument } from "../../src/store/collections.ts";
import { insertCommand } from "../../src/store/commands.ts";
import { connectStore, type Store } from "../../src/store/connect.ts";
import { insertJob } from "../../src/store/jobs.ts";
import { listRuns } from "../../src/store/list-runs.ts";
import { listMachines } from "../../src/store/machines.ts";
import { agentEnvironment, ProgramProcess, temporaryDir } from "../../test/helpers/agent-process.ts";
import { startTarget, type Target } from "../../test/helpers/target.ts";
import type { DemoOccurrence } from "./render-timeline.ts";

/** Short, so that a demo is; a fleet has ten times as long. */
const settings = { stagger_sec: 0.4, heartbeat_sec: 1, lease_sec: 5, poll_sec: 0.5, max_serial: 3 };
const dbName = "fleetcron";
const mostRuns = 10_000;

export class DemoFleet implements AsyncDisposable {
  readonly store: Store;
  readonly target: Target;
  readonly #cleanup: AsyncDisposableStack;
  readonly #uri: string;
  readonly #dir: string;
  readonly #agents = new Map<string, ProgramProcess>();

  private constructor(opened: {
    store: Store;
    target: Target;
    uri: string;
    dir: string;
    cleanup: AsyncDisposableStack;
  }) {
    this.store = opened.store;
    this.target = opened.target;
    this.#uri = opened.uri;
    this.#dir = opened.dir;
    this.#cleanup = opened.cleanup;
  }

  static async open(): Promise<DemoFleet> {
    await using cleanup = new AsyncDisposableStack();
    const dir = cleanup.use(temporaryDir()).path;
    const listen = { socket: join(dir, "store.sock") };
    const server = cleanup.use(await startEmbedded({ path: join(dir, "store.db"), listen }));
    const store = cleanup.use(await connectStore({ uri: server.uri, dbName, appName: "demo" }));
    const target = cleanup.use(await startTarget());
    return new DemoFleet({ store, target, uri: server.uri, dir, cleanup: cleanup.move() });
  }

  /** Resolves when the agent is ready. One of this name was killed before, or never started. */
  async start(name: string): Promise<void> {
    const stateDir = join(this.#dir, name);
    // A killed agent's lock would hold up the next one for 10 s; no guarantee rests on it.
    rmSync(join(stateDir, "agent.lock"), { recursive: true, force: true });
    const tags = JSON.stringify({ name });
    const own = agentEnvironment({ uri: this.#uri, dbName, stateDir, settings: { ...settings, tags } });
    const agent = new ProgramProcess(["agent"], own);
    this.#agents.set(name, agent);
    await agent.says("agent ready");
  }

  async kill(name: string): Promise<void> {
    const agent = this.#agents.get(name);
    agent?.kill("SIGKILL");
    await agent?.ended;
  }

  /** The agent that ran the last occurrence: the first in line runs everything as long as it lives. */
  async firstInLine(): Promise<string> {
    const history = await this.history();
    return String(history.findLast(({ ranOn }) => ranOn.length > 0)?.ranOn[0]);
  }

  async startJob(): Promise<void> {
    const url = `${this.target.url}/tick?run={{run.id}}`;
    await insertJob(this.store, { name: "tick", every_sec: 1, overlap: "allow", url });
    await insertCommand(this.store, { type: "reload_jobs", target: "all" });
  }

  /** Oldest first. */
  async runs(): Promise<readonly RunDocument[]> {
    return (await listRuns(this.store, {}, mostRuns)).toReversed();
  }

  async history(): Promise<readonly DemoOccurrence[]> {
    const machines = await listMachines(this.store);
    const names = new Map(machines.map(({ machine_id, tags }) => [machine_id, String(tags?.name)]));
    const sent = this.target.requests.map(({ url }) => new URL(url, "http://target").searchParams.get("run"));
    const byDue = Map.groupBy(await this.runs(), ({ scheduled_for }) => scheduled_for.getTime());
    return [...byDue].map(([dueAt, runs]) => ({
      dueAt,
      ranOn: runs.filter(({ status }) => status === "ok").map(({ claimed_by }) => names.get(claimed_by) ?? "?"),
      lateMs: Math.max(...runs.map(({ late_ms }) => late_ms)),
      requests: sent.filter((run) => runs.some(({ _id }) => _id === run)).length,
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const agent of this.#agents.values()) await agent[Symbol.asyncDispose]();
    await this.#cleanup.disposeAsync();
  }
}
