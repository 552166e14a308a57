// The database server of a world: the embedded store's own commands, in process and in memory, by a clock of its own.

import { BSON, type Document } from "mongodb";
import { createEngine, type Engine } from "../../src/embedded/engine.ts";
import { newSession } from "../../src/embedded/request.ts";
import { openStorage } from "../../src/embedded/storage/storage.ts";
import { decode, encode } from "../../src/embedded/values/value.ts";
import type { World } from "./world.ts";

/** A command as it leaves a process: bytes, so that a late copy says what the first one said. */
export interface Message {
  readonly command: string;
  readonly collection: string;
  /** Asks for the majority, as every write that coordinates must. */
  readonly isMajority: boolean;
  readonly isWrite: boolean;
  /** Documents of the reply stay bytes. */
  readonly raw: boolean;
  readonly bytes: Uint8Array;
  readonly documents: readonly Uint8Array[] | null;
}

const writes = new Set(["insert", "update", "delete", "findAndModify", "createIndexes"]);

export function messageOf(body: Document, documents: readonly object[] | null, raw = false): Message {
  const command = Object.keys(body)[0] ?? "";
  // As the driver serialises: what is undefined becomes null.
  const serialize = (document: object) => BSON.serialize(document, { ignoreUndefined: false });
  return {
    command,
    collection: String(body[command]),
    isMajority: body.writeConcern?.w === "majority",
    isWrite: writes.has(command),
    raw,
    bytes: serialize(body),
    documents: documents?.map(serialize) ?? null,
  };
}

export class SimDatabase {
  readonly #engine: Engine;
  readonly #session = newSession(1);
  readonly #world: World;
  #gap: number;
  /** World time until which nobody reaches it. */
  downUntil = 0;
  /**
   * A primary cut off from its majority: it acknowledges only what does not ask for the majority, and what it did
   * meanwhile is rolled back when another is elected.
   */
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
    const clock = {
      now: () => world.now + this.#gap,
      monotonic: () => world.now,
      sleep: () => Promise.reject(new Error("the database of a simulation never sleeps")),
      after: () => () => undefined,
    };
    let collections = 0;
    const newUuid = () => Buffer.alloc(16, ++collections);
    const storage = openStorage({ path: ":memory:", newUuid });
    this.#engine = createEngine({
      storage,
      clock,
      authenticator: null,
      testCommands: false,
      random: () => 0.5,
      groupCommits: false,
    });
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

  /** The reply as a driver gets it, errors included. */
  run({ command, collection, bytes, documents, raw }: Message): Document {
    const sequences = new Map(documents === null ? [] : [["documents", documents]]);
    const reply = this.#engine.run({ body: decode(bytes), sequences }, this.#session);
    if (reply instanceof Promise) throw new Error("the engine of a simulation answers at once");
    if (command === "update" && collection === "job_runs") this.#noteLost(bytes, Number(reply.fields.n));
    const read = (document: Uint8Array): Document =>
      raw ? (document as unknown as Document) : BSON.deserialize(document);
    const fields = BSON.deserialize(encode(reply.fields));
    if (reply.raw !== undefined) fields[reply.raw.field] = read(reply.raw.document);
    if (reply.cursor === undefined) return fields;
    if (!reply.cursor.id.isZero()) throw new Error("a reply of a simulation holds all documents");
    return { ...fields, cursor: { firstBatch: reply.cursor.documents.map(read), id: 0, ns: reply.cursor.ns } };
  }

  #noteLost(bytes: Uint8Array, matched: number): void {
    const [first, ...others] = BSON.deserialize(bytes).updates as readonly Document[];
    if (matched !== 1 || others.length > 0 || first?.u.$set?.status !== "lost") return;
    this.lost.push({ runId: String(first.q._id), at: this.#world.now });
  }

  /** A claim may arrive after its sender gave it up. */
  noteLateCopy({ documents }: Message): void {
    for (const document of documents ?? []) this.lateClaims.add(String(BSON.deserialize(document)._id));
  }

  expire(): void {
    this.#engine.sweep();
  }

  close(): void {
    this.#engine.close();
  }
}
