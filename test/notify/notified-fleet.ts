// Three agents with the same channels, jobs that go wrong on demand, and what people were told of them.
import { after, before } from "node:test";
import type { RunStatus } from "../../src/model/run.ts";
import type { IncidentDocument } from "../../src/store/collections.ts";
import { insertCommand } from "../../src/store/commands.ts";
import type { Store } from "../../src/store/connect.ts";
import type { SuiteTarget } from "../helpers/mongo-targets.ts";
import { openTestStore } from "../helpers/open-test-store.ts";
import { startTarget, type Target } from "../helpers/target.ts";
import { startAgent, type TestAgent, until } from "../helpers/test-agent.ts";
import { channelsTo, type Receiver, startReceiver, type Told } from "./receiver.ts";

/** Also the paths of the receiver: `flaky` refuses its first two messages, `hangs` answers none. */
const channels = ["ops", "dev", "flaky", "hangs"];

interface Started {
  readonly store: Store;
  readonly target: Target;
  readonly receiver: Receiver;
  readonly agents: readonly TestAgent[];
}

/** Make it in a suite: it starts before the suite's tests and stops after them. */
export class NotifiedFleet {
  #started: Started | null = null;

  constructor(suite: SuiteTarget) {
    before(async () => {
      this.#started = await start(suite);
    });
    after(() => stop(this.#parts));
  }

  get store(): Store {
    return this.#parts.store;
  }

  get target(): Target {
    return this.#parts.target;
  }

  get agents(): readonly TestAgent[] {
    return this.#parts.agents;
  }

  /** A job of each second whose target answers what `answer` says at the moment. */
  async addJob(name: string, notify?: unknown): Promise<{ answer: number; delayMs: number }> {
    const work = { answer: 500, delayMs: 0 };
    this.target.on(`/${name}`, (_request, response) => {
      setTimeout(() => response.writeHead(work.answer).end(), work.delayMs);
    });
    const job = { name, every_sec: 1, url: `${this.target.url}/${name}`, ...(notify === undefined ? {} : { notify }) };
    await this.store.jobs.insertOne(job);
    await insertCommand(this.store, { type: "reload_jobs", target: "all" });
    return work;
  }

  countEnded(name: string, status: RunStatus): Promise<number> {
    return this.store.runs.countDocuments({ job_name: name, status });
  }

  untilTakenUp(name: string): Promise<void> {
    const marked = { job_name: name, notify_due: { $exists: true } };
    return until(
      async () => (await this.store.runs.countDocuments(marked)) === 0,
      `every marked run of ${name} is taken up`,
    );
  }

  /** Until that many further runs ended so, and whoever had to be told of them has been. */
  async goesOn(name: string, status: RunStatus, runs = 2): Promise<void> {
    const from = await this.countEnded(name, status);
    const isDone = async () => (await this.countEnded(name, status)) >= from + runs;
    await until(isDone, `${runs} more runs of ${name} are ${status}`);
    await this.untilTakenUp(name);
  }

  told(name: string, path?: string): readonly Told[] {
    return this.#parts.receiver.told(path).filter(({ job }) => job === name);
  }

  events(name: string, path?: string): readonly string[] {
    return this.told(name, path).map(({ event }) => event);
  }

  untilTold(name: string, count: number, path?: string): Promise<void> {
    return until(() => this.told(name, path).length >= count, `${name} is told of ${count} times`);
  }

  incidentsOf(name: string): Promise<IncidentDocument[]> {
    return this.store.incidents.find({ job_name: name }).sort({ number: 1 }).toArray();
  }

  untilOver(name: string): Promise<void> {
    const isOver = async () => (await this.incidentsOf(name)).every(({ expires_at }) => expires_at !== null);
    return until(isOver, `${name} is over`);
  }

  get #parts(): Started {
    if (this.#started === null) throw new Error("the fleet starts with its suite");
    return this.#started;
  }
}

async function start(suite: SuiteTarget): Promise<Started> {
  const { store } = await openTestStore(suite);
  const receiver = await startReceiver();
  let refusals = 2;
  receiver.target.on("/flaky", (_request, response) => void response.writeHead(refusals-- > 0 ? 500 : 200).end());
  receiver.target.on("/hangs", () => undefined);
  const settings = {
    notify: channelsTo(receiver, channels),
    notifyDefault: { channels: ["ops"], after: 2, on: ["failed"] as const, slowSec: null },
  };
  const agents = await Promise.all([1, 2, 3].map(() => startAgent(store, settings)));
  return { store, target: await startTarget(), receiver, agents };
}

async function stop({ store, target, receiver, agents }: Started): Promise<void> {
  // First, so that no agent waits for a channel that hangs.
  await receiver[Symbol.asyncDispose]();
  await Promise.all(agents.map((agent) => agent.stop()));
  await target.close();
  await store.close();
}
