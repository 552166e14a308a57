// Schedules: one search against croner and cron-parser, rare dates, hostile texts, and a fleet of 100,000 jobs.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { CronExpressionParser } from "cron-parser";
import { Cron } from "croner";
import { JobCatalog } from "../../src/agent/job-catalog.ts";
import type { Job } from "../../src/model/job.ts";
import { parseCron } from "../../src/model/parse-cron.ts";
import { parseJob } from "../../src/model/parse-job.ts";
import { nextDue, type Schedule } from "../../src/model/schedule.ts";
import { retryPolicy } from "../../test/helpers/retry-policy.ts";
import { median, ms, printTable, quantile, type Row, ratio, timed } from "./figures.ts";

const common = ["* * * * *", "*/5 * * * *", "30 2 * * *", "0 9 * * MON-FRI", "0 0 1 * *", "0 */2 * * *", "0 8 L * *"];
const rare = ["0 0 29 2 MON", "0 0 29 2 *", "0 0 29W 2 *", "0 0 * 2 MON#5"];
const zones = ["America/New_York", "Europe/Berlin", "Asia/Seoul"];
const start = Date.UTC(2026, 0, 1);

export function benchSchedule(): void {
  printTable("next due instant", [...common.map(commonRow), ...rare.map(rareRow), hostileRow()]);
  benchFleet();
}

/** A walk begins anew: agents ask for what comes next, again and again, not for the next century. */
const walkEnd = Date.UTC(2029, 0, 1);

/** Microseconds per step of a walk from `start` on, each measured over 20 steps. */
function walkUs(step: () => void, steps = 2_000): number {
  const each: number[] = [];
  for (let i = 0; i < steps / 20; i++) {
    const from = performance.now();
    for (let k = 0; k < 20; k++) step();
    each.push(((performance.now() - from) * 1_000) / 20);
  }
  return median(each);
}

const us = (value: number) => `${value.toFixed(2)} µs`;

function scheduleOf(expression: string, tz: string): Schedule {
  const parsed = parseCron(expression, "");
  if ("refusals" in parsed) throw new Error(expression);
  return { tz, rules: [{ kind: "cron", expression, pattern: parsed.cron.pattern }] };
}

function commonRow(expression: string): Row {
  const figures = zones.map((tz) => {
    const schedule = scheduleOf(expression, tz);
    let at = start;
    const ours = walkUs(() => {
      const next = nextDue(schedule, at) ?? walkEnd;
      at = next < walkEnd ? next : start;
    });
    const croner = new Cron(expression, { timezone: tz, paused: true });
    let date: Date | null = new Date(start);
    const theirs = walkUs(() => {
      date = croner.nextRun(date);
      if (date === null || date.getTime() >= walkEnd) date = new Date(start);
    }, 400);
    const parser = CronExpressionParser.parse(expression, { tz, currentDate: new Date(start) });
    const parserUs = walkUs(() => {
      if (parser.next().getTime() >= walkEnd) parser.reset(new Date(start));
    }, 400);
    return { ours, croner: theirs, parser: parserUs };
  });
  const of = (key: keyof (typeof figures)[number]) => median(figures.map((figure) => figure[key]));
  return {
    what: expression,
    measured: us(of("ours")),
    floor: `croner ${us(of("croner"))}: ${ratio(of("croner"), of("ours"))}, cron-parser ${us(of("parser"))}: ${ratio(of("parser"), of("ours"))}`,
    goal: "5 µs, 10 x faster than both",
  };
}

/** One cold search each: the longest of 500 starts in 50 years. */
function rareRow(expression: string): Row {
  const times = Array.from({ length: 500 }, (_, i) => {
    const schedule = scheduleOf(expression, zones[i % zones.length] ?? "UTC");
    const from = performance.now();
    nextDue(schedule, Date.UTC(1990 + (i % 50), i % 12, 3));
    return performance.now() - from;
  });
  return {
    what: expression,
    measured: `${us(median(times) * 1_000)}, p99 ${us(quantile(times, 0.99) * 1_000)}`,
    floor: "",
    goal: "1 ms",
  };
}

function hostileRow(): Row {
  const units = [
    "*",
    ",",
    "/",
    "-",
    "H(",
    "L",
    "LW,",
    "1,",
    "*/1,",
    "0-59,",
    "MOM,",
    "MON-",
    "@",
    " *",
    "\u{1f600}",
    "0 ",
  ];
  const texts = units.flatMap((unit) => [unit.repeat(256).slice(0, 256), `0 0 ${unit.repeat(256).slice(0, 240)} * *`]);
  const slowest = texts.map((text) => {
    return Math.min(
      ...Array.from({ length: 5 }, () => {
        const from = performance.now();
        parseCron(text, "");
        return performance.now() - from;
      }),
    );
  });
  return {
    what: "hostile text of 256 characters, slowest",
    measured: ms(Math.max(...slowest)),
    floor: "",
    goal: "5 ms",
  };
}

const fleetSize = 100_000;
const fleetExpressions = 1_000;
const fleetZones = Intl.supportedValuesOf("timeZone")
  .filter((_, i) => i % 20 === 0)
  .slice(0, 20);

function document(i: number): object {
  const n = i % fleetExpressions;
  const cron = `${n % 60} ${Math.floor(n / 60) % 24} * * ${n % 7 === 0 ? "MON-FRI" : "*"}`;
  return { _id: `job-${i}`, name: `job ${i}`, cron, tz: fleetZones[i % 20], url: "https://example.com/" };
}

function benchFleet(): void {
  const retry = retryPolicy({ retries: 2, delaySec: 3, backoff: 2, maxDelaySec: 300 });
  const parse = (fields: object): Job => {
    const parsed = parseJob(fields, { tz: "UTC", httpDefaults: { timeoutSec: 30, retry } });
    if ("invalid" in parsed) throw new Error(JSON.stringify(parsed.invalid));
    return parsed.job;
  };
  setFlagsFromString("--expose_gc");
  const gc = runInNewContext("gc") as () => void;
  const held = () => {
    gc();
    return process.memoryUsage().heapUsed;
  };
  const empty = held();
  const parsing = timed(() => Array.from({ length: fleetSize }, (_, i) => parse(document(i))));
  const jobs = parsing.value;
  const parsed = held();
  const catalog = new JobCatalog();
  const building = timed(() => catalog.replace(jobs, [], { now: start, graceMs: 0 }));
  const built = held();
  const finding = Array.from({ length: 2_000 }, () => timed(() => catalog.nextAt()).ms * 1_000);
  const takes = Array.from({ length: 200 }, () => {
    const { value, ms } = timed(() => catalog.takeNext());
    return (ms * 1_000) / (value?.jobs.length ?? 1);
  });
  const again = jobs.with(5, parse({ ...document(5), cron: "1 1 * * *" }));
  const reload = timed(() => catalog.replace(again, [], { now: start, graceMs: 0 }));
  const none = timed(() => catalog.replace(again, [], { now: start, graceMs: 0 }));
  const kb = (bytes: number) => `${(bytes / fleetSize / 1024).toFixed(2)} KB`;
  printTable(`${fleetSize} jobs, ${fleetExpressions} expressions, ${fleetZones.length} zones`, [
    { what: "documents parsed", measured: ms(parsing.ms), floor: "", goal: "" },
    { what: "catalog built", measured: ms(building.ms), floor: "", goal: "1 s" },
    { what: "held per job: parsed", measured: kb(parsed - empty), floor: "", goal: "" },
    { what: "held per job: parsed and in the catalog", measured: kb(built - empty), floor: "", goal: "2 KB" },
    { what: "next due instant of the fleet", measured: us(median(finding)), floor: "", goal: "5 µs" },
    { what: "handing out and moving on, per job", measured: us(median(takes)), floor: "", goal: "" },
    {
      what: "reload that changes 1 job",
      measured: ms(reload.ms),
      floor: `1 of all ${ms(building.ms)}`,
      goal: "as the change",
    },
    { what: "reload that changes none", measured: ms(none.ms), floor: "", goal: "" },
  ]);
}
