// The embedded store with 100,000 finished runs: how long it takes to open, and what a claim costs.
import { statSync } from "node:fs";
import { BSON } from "mongodb";
import { createEngine, type Engine } from "../../src/embedded/engine.ts";
import { emptySequences, newSession } from "../../src/embedded/request.ts";
import { openStorage } from "../../src/embedded/storage/storage.ts";
import { decode } from "../../src/embedded/values/value.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { collectionNames } from "../../src/store/collections.ts";
import { indexDefinitions } from "../../src/store/indexes.ts";
import { temporaryDir } from "../../test/helpers/agent-process.ts";
import { sampleRun } from "../../test/helpers/sample-run.ts";
import { median, ms, printTable } from "./figures.ts";

const finishedRuns = 100_000;
const batch = 1_000;
const claims = 500;

export async function benchHistory(): Promise<void> {
  using dir = temporaryDir();
  const path = `${dir.path}/store.db`;
  const filled = open(path);
  const indexes = indexDefinitions
    .filter(({ collection }) => collection === collectionNames.runs)
    .map(({ key, name, options }) => ({ key, name, ...options }));
  await run(filled, { createIndexes: collectionNames.runs, indexes });
  for (let at = 0; at < finishedRuns; at += batch) {
    await insert(
      filled,
      Array.from({ length: batch }, (_, i) => finishedRun((at + i) * 1_000)),
    );
  }
  filled.close();

  const begun = performance.now();
  const engine = open(path);
  await run(engine, { count: collectionNames.runs });
  const openMs = performance.now() - begun;
  const took: number[] = [];
  for (let at = 0; at < claims; at++) {
    const claim = sampleRun();
    const start = performance.now();
    await insert(engine, [claim]);
    took.push(performance.now() - start);
  }
  engine.close();
  const row = (what: string, measured: string, goal: string) => ({ what, measured, floor: "-", goal });
  printTable(`embedded store, ${finishedRuns.toLocaleString("en")} finished runs`, [
    row("reopen to first reply", ms(openMs), "below 2 s"),
    row("one claim in the server, median", `${median(took).toFixed(2)} ms`, "below 1 ms"),
    row("file, MiB", (statSync(path).size / 2 ** 20).toFixed(0), "-"),
  ]);
}

function open(path: string): Engine {
  return createEngine({
    storage: openStorage({ path }),
    clock: systemClock,
    authenticator: null,
    testCommands: false,
    random: Math.random,
    groupCommits: false,
  });
}

const session = newSession(1);

async function run(engine: Engine, command: BSON.Document): Promise<void> {
  const body = decode(BSON.serialize({ ...command, $db: "fleetcron" }));
  await engine.run({ body, sequences: emptySequences }, session);
}

async function insert(engine: Engine, runs: readonly object[]): Promise<void> {
  const body = decode(BSON.serialize({ insert: collectionNames.runs, $db: "fleetcron" }));
  const documents = runs.map((document) => BSON.serialize(document));
  await engine.run({ body, sequences: new Map([["documents", documents]]) }, session);
}

function finishedRun(offsetMs: number): object {
  const scheduledFor = Date.UTC(2026, 0, 1) + offsetMs;
  return { ...sampleRun({ scheduledFor }), status: "ok", end_at: new Date(scheduledFor), elapsed_ms: 5 };
}
