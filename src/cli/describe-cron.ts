// A cron expression in plain words. Our own, because those of libraries follow other rules for days and clocks.
import type { Cron } from "../model/parse-cron.ts";
import { describeDays, everyDay } from "./describe-days.ts";
import { listWords, runOf, stepOf } from "./list-words.ts";

/** `at 02:30, Monday to Friday`. */
export function describeCron({ fields }: Cron): string {
  const [seconds = [], minutes = [], hours = []] = fields.map(({ values }) => values);
  const days = describeDays(fields);
  // "every 5 minutes, every day" says the same twice.
  const shown = hours.length === 24 && days[0] === everyDay ? days.slice(1) : days;
  return [describeTime(seconds, minutes, hours), ...shown].join(", ");
}

type Values = readonly number[];

const mostTimes = 6;

function describeTime(seconds: Values, minutes: Values, hours: Values): string {
  const count = seconds.length * minutes.length * hours.length;
  if (hours.length < 24 && count <= mostTimes) return `at ${listWords(timesOfDay(seconds, minutes, hours))}`;
  const parts = [describeSeconds(seconds), describeMinutes(seconds, minutes), describeHours(minutes, hours)];
  return parts.filter((part) => part !== "").join(" ");
}

function timesOfDay(seconds: Values, minutes: Values, hours: Values): readonly string[] {
  const isWhole = seconds.length === 1 && seconds[0] === 0;
  const ends = isWhole ? [""] : seconds.map((second) => `:${twoDigits(second)}`);
  return hours.flatMap((hour) =>
    minutes.flatMap((minute) => ends.map((end) => `${twoDigits(hour)}:${twoDigits(minute)}${end}`)),
  );
}

function describeSeconds(seconds: Values): string {
  if (seconds.length === 1 && seconds[0] === 0) return "";
  if (seconds.length === 60) return "every second";
  const step = stepOf(seconds, 60);
  if (step !== null) return `every ${step} seconds`;
  return `at ${numbered("second", seconds)}`;
}

function describeMinutes(seconds: Values, minutes: Values): string {
  const isWhole = seconds.length === 1 && seconds[0] === 0;
  const isSpread = seconds.length === 60 || stepOf(seconds, 60) !== null;
  if (minutes.length === 60) return isWhole ? "every minute" : isSpread ? "" : "of every minute";
  const step = stepOf(minutes, 60);
  if (step !== null) return isWhole ? `every ${step} minutes` : `of every ${ordinal(step)} minute`;
  return isWhole ? `at ${numbered("minute", minutes)}` : `of ${numbered("minute", minutes)}`;
}

function describeHours(minutes: Values, hours: Values): string {
  const isSpread = minutes.length === 60 || stepOf(minutes, 60) !== null;
  if (hours.length === 24) return isSpread ? "" : "of every hour";
  const run = runOf(hours);
  if (run !== null) return `from ${twoDigits(run.from)}:00 to ${twoDigits(run.to)}:59`;
  const step = stepOf(hours, 24);
  if (step !== null) return `of every ${ordinal(step)} hour, from midnight on`;
  return `of ${numbered("hour", hours)}`;
}

/** `minute 5`, `minutes 5, 10 and 20`, `minutes 5 to 10`. */
function numbered(noun: string, values: Values): string {
  const run = runOf(values);
  if (run !== null) return `${noun}s ${run.from} to ${run.to}`;
  return `${noun}${values.length === 1 ? "" : "s"} ${listWords(values.map(String))}`;
}

function ordinal(value: number): string {
  const endings = new Map([
    [1, "st"],
    [2, "nd"],
    [3, "rd"],
  ]);
  const isTeen = value % 100 > 10 && value % 100 < 14;
  return `${value}${(isTeen ? undefined : endings.get(value % 10)) ?? "th"}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
