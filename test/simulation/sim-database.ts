// The database of a world, by a clock of its own: reachable or not, and now and then with a primary that its majority
// does not follow.
import { BSON, type Document } from "mongodb";
import type { Message } from "./message.ts";
import { SimServer } from "./sim-server.ts";
import type { World } from "./world.ts";

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
  /** Runs that a command set to `lost`, with the world time. */
  readonly lost: { readonly runId: string; readonly at: number }[] = [];
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
    const reply = this.#committed.run(message);
    this.#noteLost(message, Number(reply.n));
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

  #noteLost({ command, collection, bytes }: Message, matched: number): void {
    if (command !== "update" || collection !== "job_runs" || matched !== 1) return;
    const [first, ...others] = BSON.deserialize(bytes).updates as readonly Document[];
    if (others.length > 0 || first?.u.$set?.status !== "lost") return;
    this.lost.push({ runId: String(first.q._id), at: this.#world.now });
  }
}
