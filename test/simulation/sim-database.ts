// The database of a world, by a clock of its own: reachable or not, and now and then with a primary that its majority
// does not follow.
import { BSON, type Document } from "mongodb";
import { dbName, type Message, messageOf } from "./message.ts";
import { SimServer } from "./sim-server.ts";
import type { World } from "./world.ts";

interface TakenRun {
  readonly runId: string;
  /** By world time. */
  readonly at: number;
  /** Set to `lost`, or given to another owner. */
  readonly how: "lost" | "taken over";
  /** How long the owner's lease would still have lasted; none is 0 or less. */
  readonly leaseLeftMs: number;
}

export class SimDatabase {
  readonly #world: World;
  /** What the majority has. */
  readonly #committed: SimServer;
  /** What a primary has that is cut off from its majority, while it is: more than the majority, and all rolled back. */
  #cutOff: SimServer | null = null;
  #gap: number;
  /** World time until which nobody reaches it. */
  downUntil = 0;
  /** World time until which the majority does not follow its primary; then another is elected. */
  cutOffUntil = 0;
  readonly outages: { readonly from: number; readonly to: number }[] = [];
  readonly clockSteps: number[] = [];
  /** Runs that were taken from their owners, and when. */
  readonly taken: TakenRun[] = [];
  /** Run ids in inserts that arrived late. */
  readonly lateClaims = new Set<string>();

  constructor(world: World, gap: number) {
    this.#world = world;
    this.#gap = gap;
    this.#committed = this.#newServer();
  }

  /** What its clock reads now, or read at this world time since its last step. */
  time(at = this.#world.now): number {
    return at + this.#gap;
  }

  stepClock(ms: number): void {
    this.#gap += ms;
    this.clockSteps.push(this.#world.now);
    this.#world.note("DB", () => `its clock is stepped by ${(ms / 1_000).toFixed(1)} s`);
  }

  goDown(ms: number): void {
    this.downUntil = this.#world.now + ms;
    this.outages.push({ from: this.#world.now, to: this.downUntil });
    this.#world.note("DB", () => `DOWN for ${(ms / 1_000).toFixed(1)} s`);
  }

  cutOff(ms: number): void {
    if (!this.isCutOff) this.#forgetCutOff();
    this.cutOffUntil = this.#world.now + ms;
    this.outages.push({ from: this.#world.now, to: this.cutOffUntil });
    this.#world.note("DB", () => `its primary is CUT OFF for ${(ms / 1_000).toFixed(1)} s; then another is elected`);
  }

  get isDown(): boolean {
    return this.#world.now < this.downUntil;
  }

  get isCutOff(): boolean {
    return this.#world.now < this.cutOffUntil;
  }

  /** By what the majority has; the reply as a driver gets it, errors included. */
  run(message: Message): Document {
    const taking = takingOf(message);
    const leaseLeftMs = taking === null ? 0 : this.#leaseLeftMs(taking.runId);
    const reply = this.#committed.run(message);
    if (taking !== null && reply.n === 1) this.taken.push({ ...taking, leaseLeftMs, at: this.#world.now });
    return reply;
  }

  /** By what the primary has that is cut off. */
  runCutOff(message: Message): Document {
    if (this.#cutOff === null) {
      this.#cutOff = this.#newServer();
      this.#cutOff.copyFrom(this.#committed);
    }
    return this.#cutOff.run(message);
  }

  /** A claim may arrive after its sender gave it up. */
  noteLateCopy({ documents }: Message): void {
    for (const document of documents ?? []) this.lateClaims.add(String(BSON.deserialize(document)._id));
  }

  /** Again and again, as a server does each minute. */
  expire(): void {
    this.#committed.expire();
    this.#world.at(this.#world.now + 60_000, () => this.expire());
  }

  close(): void {
    this.#forgetCutOff();
    this.#committed.close();
  }

  #newServer(): SimServer {
    return new SimServer({ now: () => this.time(), monotonic: () => this.#world.now });
  }

  #forgetCutOff(): void {
    this.#cutOff?.close();
    this.#cutOff = null;
  }

  #leaseLeftMs(runId: string): number {
    const found = this.#committed.run(messageOf({ find: "job_runs", filter: { _id: runId }, $db: dbName }, null));
    const [run] = found.cursor.firstBatch;
    return run === undefined ? 0 : run.beat_at.getTime() + run.lease_ms - this.time();
  }
}

/** What a reaper's write is to do, to which run; null: it is no such write. */
function takingOf({ command, collection, body }: Message): Pick<TakenRun, "runId" | "how"> | null {
  if (command !== "update" || collection !== "job_runs") return null;
  const [first, ...others] = body.updates as readonly Document[];
  const set = first?.u.$set;
  if (others.length > 0 || set === undefined) return null;
  const how = set.status === "lost" ? "lost" : set.claim_id === undefined ? null : "taken over";
  return how === null ? null : { runId: String(first?.q._id.$eq), how };
}
