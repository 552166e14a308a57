// One attempt against undici's own `request` in the same run, and the masking of an answer.
import { randomBytes } from "node:crypto";
import { Agent, request } from "undici";
import { createSendRequest, type HttpRequest } from "../../src/chain/http-attempt.ts";
import { createMasker, type Mask } from "../../src/chain/masking.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { median, ms, printTable, ratio, timed } from "./figures.ts";
import { type BenchTarget, startBenchTarget } from "./target.ts";

const rounds = 20;
const perRound = 500;

export async function benchAttempt(): Promise<void> {
  using target = await startBenchTarget();
  const { ours, bare } = await measureBoth(target);
  const masking = measureMasking();
  printTable("one attempt", [
    {
      what: "CPU",
      measured: us(ours.cpuUs),
      floor: `undici request ${us(bare.cpuUs)}: ${ratio(ours.cpuUs, bare.cpuUs)}`,
      goal: "1.3 x",
    },
    {
      what: "median",
      measured: ms2(ours.medianMs),
      floor: `undici request ${ms2(bare.medianMs)}: +${ms2(ours.medianMs - bare.medianMs)}`,
      goal: "+0.3 ms",
    },
    { what: "mask for 50 secrets, made", measured: ms(masking.makingMs), floor: "", goal: "" },
    ...masking.rows.map(({ what, maskMs }) => ({
      what: `64 KiB masked: ${what}`,
      measured: ms2(maskMs),
      floor: "",
      goal: "1 ms",
    })),
  ]);
}

interface Cost {
  readonly cpuUs: number;
  readonly medianMs: number;
}

/** Rounds of both in turn, so that neither has the quieter half of the machine's time. */
async function measureBoth(target: BenchTarget): Promise<{ readonly ours: Cost; readonly bare: Cost }> {
  const { send, close } = createSendRequest({ clock: systemClock });
  const dispatcher = new Agent();
  const headers = { "User-Agent": "bench", "Idempotency-Key": "bench/0", "X-FleetCron-Attempt": "1" };
  const network = { denyPrivate: false, allowHosts: [], denyHosts: [] };
  const attempt: HttpRequest = {
    method: "GET",
    url: `${target.url}/x`,
    headers,
    body: null,
    timeoutMs: 10_000,
    network,
  };
  const { signal } = new AbortController();
  const ours: Cost[] = [];
  const bare: Cost[] = [];
  for (let round = 0; round <= rounds; round++) {
    const costs = [
      await costOf(async () => {
        const { error } = await send(attempt, signal);
        if (error !== null) throw new Error(error.message);
      }),
      await costOf(async () => {
        const { body } = await request(attempt.url, { dispatcher, headers });
        await body.text();
      }),
    ] as const;
    await target.arrivals();
    // The first round warms up.
    if (round === 0) continue;
    ours.push(costs[0]);
    bare.push(costs[1]);
  }
  await close();
  await dispatcher.close();
  const typical = (costs: readonly Cost[]): Cost => ({
    cpuUs: median(costs.map(({ cpuUs }) => cpuUs)),
    medianMs: median(costs.map(({ medianMs }) => medianMs)),
  });
  return { ours: typical(ours), bare: typical(bare) };
}

async function costOf(exchange: () => Promise<void>): Promise<Cost> {
  const times: number[] = [];
  const before = process.cpuUsage();
  for (let i = 0; i < perRound; i++) {
    const from = performance.now();
    await exchange();
    times.push(performance.now() - from);
    // A connection is free again with the next turn of the loop.
    await new Promise(setImmediate);
  }
  const { user, system } = process.cpuUsage(before);
  return { cpuUs: (user + system) / perRound, medianMs: median(times) };
}

function measureMasking(): { readonly makingMs: number; readonly rows: { what: string; maskMs: number }[] } {
  const values = Array.from({ length: 50 }, () => randomBytes(24).toString("base64"));
  const secrets = new Map(values.map((value, i) => [`SECRET_${i}`, { value, hosts: null }]));
  const making = Array.from({ length: 50 }, () => timed(() => createMasker(secrets)).ms);
  const mask = createMasker(secrets);
  const plain = JSON.stringify(Array.from({ length: 2_000 }, (_, i) => ({ id: i, name: `item ${i}` }))).slice(
    0,
    65_536,
  );
  const random = randomBytes(49_152).toString("base64");
  const full = values.join(" ").repeat(40).slice(0, 65_536);
  const nested = JSON.stringify(JSON.stringify(plain)).slice(0, 65_536);
  const texts = {
    ...{ "a JSON text": plain, base64: random, "nothing but secrets": full },
    ...{ "JSON in JSON in JSON": nested, "percent-encoded": encodeURIComponent(plain).slice(0, 65_536) },
  };
  const rows = Object.entries(texts).map(([what, text]) => ({ what, maskMs: maskingMs(mask, text) }));
  return { makingMs: median(making), rows };
}

/** Of the processor: what other programs take meanwhile does not count. */
function maskingMs(mask: Mask, text: string): number {
  const repeats = 300;
  const before = process.cpuUsage();
  for (let i = 0; i < repeats; i++) mask(text, { cut: true });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / repeats;
}

const us = (value: number) => `${value.toFixed(0)} µs`;
const ms2 = (value: number) => `${value.toFixed(3)} ms`;
