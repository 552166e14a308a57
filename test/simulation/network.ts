// The way between a process and the database: what it loses, delays and delivers twice.
import {
  type Document,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoServerSelectionError,
  type TopologyDescription,
} from "mongodb";
import type { Chance } from "./chance.ts";
import type { Send } from "./driver-stand-in.ts";
import type { Message } from "./message.ts";
import type { SimDatabase } from "./sim-database.ts";
import type { SimProcess } from "./sim-process.ts";
import { tellMessage, tellReply } from "./tell.ts";
import type { World } from "./world.ts";

export interface NetworkDeps {
  readonly world: World;
  readonly database: SimDatabase;
  readonly chance: Chance;
  /** Milliseconds one way. */
  readonly latencyMs: readonly [number, number];
  /** The part of messages that something happens to, at this world time. */
  readonly trouble: (process: SimProcess, at: number) => number;
  /** Whether no claim of anybody gets through at this world time. */
  readonly losesClaims: (at: number) => boolean;
}

/** As the agents' client is configured. */
const selectionMs = 20_000;
const socketMs = 20_000;
/** As the agents' writes state it. */
const confirmMs = 4_000;

type Fate = "arrives" | "request lost" | "answer lost" | "late" | "twice" | "slow" | "majority not confirmed";

/** What one process sends its commands through. */
export function connect(deps: NetworkDeps, process: SimProcess): Send {
  let sent = 0;
  return (message) =>
    new Promise((resolve, reject) => {
      new Exchange(deps, process, { message, number: ++sent, resolve, reject }).begin();
    });
}

interface Asked {
  readonly message: Message;
  readonly number: number;
  readonly resolve: (reply: Document) => void;
  readonly reject: (error: Error) => void;
}

class Exchange {
  readonly #deps: NetworkDeps;
  readonly #process: SimProcess;
  readonly #asked: Asked;
  readonly #fate: Fate;
  /** Meant for this one message: its connection breaks soon, and no other is hurt. */
  #isAimed = false;

  constructor(deps: NetworkDeps, process: SimProcess, asked: Asked) {
    this.#deps = deps;
    this.#process = process;
    this.#asked = asked;
    this.#fate = this.#drawFate();
  }

  begin(): void {
    const { chance } = this.#deps;
    const { message } = this.#asked;
    const fate = this.#fate;
    this.#note(() => `#${this.#asked.number} ${tellMessage(message)}${fate === "arrives" ? "" : ` (${fate})`}`);
    if (message.command === "insert" && message.collection === "job_runs") this.#process.reached("a claim is sent");
    const slowMs = fate === "slow" ? chance.between(500, 8_000) : 0;
    if (fate === "request lost") {
      this.#fail();
      return;
    }
    if (fate === "late") {
      this.#fail();
      this.#process.emit(chance.between(1_000, 15_000), () => this.#copy());
      return;
    }
    if (fate === "twice") this.#process.emit(chance.between(1_000, 15_000), () => this.#copy());
    this.#process.emit(this.#way() + slowMs, () => this.#arrive());
  }

  #arrive(): void {
    const { world, database } = this.#deps;
    const waitsUntil = world.now + selectionMs;
    if (database.isDown) {
      if (database.downUntil > waitsUntil) {
        world.at(waitsUntil, () => this.#fails(selectionError()));
      } else world.at(database.downUntil, () => this.#arrive());
      return;
    }
    const { message } = this.#asked;
    if (database.isCutOff && !(message.isMajority && !message.isWrite)) {
      this.#arriveCutOff();
      return;
    }
    const reply = database.run(message);
    if (this.#fate === "majority not confirmed" && message.isWrite) unconfirm(reply);
    this.#answer(reply);
  }

  #answer(reply: Document): void {
    const { world, database } = this.#deps;
    if (this.#fate === "answer lost") {
      world.note("DB", () => `  ${this.#name} ${tellReply(reply)}, and the answer is lost`);
      this.#fail();
      return;
    }
    const sentAt = world.now;
    this.#process.after(this.#way(), () => {
      // A connection that was cut between the two.
      const isCut = database.outages.some(({ from }) => from >= sentAt && from < world.now);
      if (isCut) return this.#asked.reject(new MongoNetworkError("connection closed"));
      this.#note(() => `    ${tellReply(reply)} to #${this.#asked.number}`);
      this.#reach(reply);
      this.#asked.resolve(reply);
    });
  }

  /** The moments at which an answer arrives. */
  #reach(reply: Document): void {
    const { command, collection, isWrite, isOfExpiredRun } = this.#asked.message;
    if (collection === "job_runs" && isWrite) this.#process.reached("a write to a run is acknowledged");
    if (collection === "job_runs" && command === "insert") this.#process.reached("a claim is acknowledged");
    if (collection === "meta" && command === "update") this.#process.reached("a sweep moves on");
    if (isOfExpiredRun && reply.cursor?.firstBatch.length === 1) this.#process.reached("an expired run is read");
  }

  /**
   * The primary does it, and shows it to whoever asks for no more. What asks for the majority waits for it, until the
   * election undoes it all.
   */
  #arriveCutOff(): void {
    const { world, database } = this.#deps;
    const { message } = this.#asked;
    const reply = database.runCutOff(message);
    if (!message.isWrite || !message.isMajority) {
      this.#answer(reply);
      return;
    }
    world.note("DB", () => `  ${this.#name} at the primary that is cut off: ${tellReply(reply)}, to be rolled back`);
    if (message.collection === "job_runs") this.#process.reached("a write will be rolled back");
    const waitsUntil = world.now + confirmMs;
    const { cutOffUntil } = database;
    if (waitsUntil < cutOffUntil && reply.ok === 1) world.at(waitsUntil, () => this.#answer(unconfirm(reply)));
    else world.at(cutOffUntil, () => this.#fails(new MongoNetworkError("connection closed")));
  }

  #copy(): void {
    const { world, database } = this.#deps;
    if (database.isDown || database.isCutOff) return;
    const reply = database.run(this.#asked.message);
    if (this.#asked.message.collection === "job_runs") database.noteLateCopy(this.#asked.message);
    world.note("DB", () => `  a late copy of ${this.#name}: ${tellReply(reply)}`);
  }

  /** A lost message is noticed when the connection breaks, or only when the client loses its patience. */
  #fail(): void {
    const { chance } = this.#deps;
    const isBroken = this.#isAimed || chance.hits(0.8);
    const ms = isBroken ? chance.between(5, this.#isAimed ? 500 : 3_000) : socketMs;
    const error = isBroken
      ? new MongoNetworkError("connection closed")
      : new MongoNetworkTimeoutError("connection timed out");
    this.#process.after(ms, () => this.#reject(error));
  }

  #fails(error: Error): void {
    this.#process.after(this.#way(), () => this.#reject(error));
  }

  #reject(error: Error): void {
    this.#note(() => `    ${error.name} to #${this.#asked.number}`);
    this.#asked.reject(error);
  }

  #drawFate(): Fate {
    const { chance, trouble, losesClaims } = this.#deps;
    const { message } = this.#asked;
    const isClaim = message.collection === "job_runs" && message.command === "insert";
    if (isClaim && losesClaims(this.#process.time)) {
      this.#isAimed = true;
      return "request lost";
    }
    const loss = message.collection === "job_runs" ? this.#process.takeLoss(message.command) : null;
    this.#isAimed = loss !== null;
    if (loss !== null) return loss.fate;
    if (!chance.hits(trouble(this.#process, this.#process.time))) return "arrives";
    const fates: readonly Fate[] = ["request lost", "answer lost", "answer lost", "late", "twice", "slow"];
    return chance.pick(message.isWrite ? [...fates, "majority not confirmed"] : fates);
  }

  get #name(): string {
    return `${this.#process.name} #${this.#asked.number}`;
  }

  #way(): number {
    return this.#deps.chance.between(...this.#deps.latencyMs);
  }

  #note(tell: () => string): void {
    this.#deps.world.note(this.#process.name, tell, this.#process.time);
  }
}

/** Applied, and nobody can say yet whether it stays. */
function unconfirm(reply: Document): Document {
  const errmsg = "waiting for replication timed out";
  if (reply.ok === 1) reply.writeConcernError = { code: 64, codeName: "WriteConcernTimeout", errmsg };
  return reply;
}

function selectionError(): Error {
  return new MongoServerSelectionError("Server selection timed out after 20000 ms", {} as TopologyDescription);
}
