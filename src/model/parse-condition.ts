// `when` of a job or an action.
import type { Condition, OutputCondition } from "./condition.ts";
import { outputNamePattern } from "./expectation.ts";
import { type FieldReader, readClockNumber, readList, readObject, refuse } from "./field-readers.ts";
import { checkFields, type KnownFields } from "./known-fields.ts";
import { parseValueTests } from "./parse-value-tests.ts";
import type { Plain } from "./plain-value.ts";
import type { Operator } from "./value-test.ts";

const timeFields = ["hour_in", "minute_in", "weekday_in", "day_in", "month_in"] as const;

export const jobConditionFields: KnownFields = {
  known: timeFields,
  elsewhere: { previous: "an action of actions", output: "an action of actions" },
};
export const conditionFields: KnownFields = { known: [...timeFields, "previous", "output"] };

const weekdays = ["SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"];

const outputOperators: readonly Operator[] = ["eq", "ne", "exists"];
export const outputConditionFields: KnownFields = { known: ["name", ...outputOperators] };

/** The condition in field `when`, or null when there is none or a broken one (reported). A job's own knows no steps. */
export function parseCondition(reader: FieldReader, known: KnownFields = conditionFields): Condition | null {
  const names = known.known.join(", ");
  const when = readObject(reader, "when", `an object with ${names}`);
  if (when === undefined) return null;
  checkFields(when, known);
  if (when.fields.size === 0) {
    reader.problems.add({ path: when.path, expected: `one of ${names}`, got: "an empty object" });
  }
  const isKnown = (key: string) => known.known.includes(key);
  return {
    hourIn: parseNumbers(when, "hour_in", 0, 23),
    minuteIn: parseNumbers(when, "minute_in", 0, 59),
    weekdayIn: parseWeekdays(when),
    dayIn: parseNumbers(when, "day_in", 1, 31),
    monthIn: parseNumbers(when, "month_in", 1, 12),
    previous: isKnown("previous") ? parsePrevious(when) : null,
    output: isKnown("output") ? parseOutput(when) : null,
  };
}

function parseNumbers(when: FieldReader, key: string, from: number, most: number): readonly number[] | null {
  const count = most - from + 1;
  const items = readList(when, key, { expected: `a list of 1-${count} whole numbers ${from}-${most}`, most: count });
  if (items === undefined) return null;
  return items.flatMap(({ path, value }) => readClockNumber(when, { path, value, from, most }) ?? []);
}

/** 7 is a second name of Sunday, as in cron expressions. */
function parseWeekdays(when: FieldReader): readonly number[] | null {
  const or = " or a name such as MON";
  const items = readList(when, "weekday_in", {
    expected: `a list of 1-8 whole numbers 0-7 or names such as MON`,
    most: 8,
  });
  if (items === undefined) return null;
  return items.flatMap(({ path, value }) => {
    const named = weekdayNamed(value);
    const number = named ?? readClockNumber(when, { path, value, most: 7, or });
    return number === undefined ? [] : [number % 7];
  });
}

/** `MON`, `mon`, `Monday`. */
function weekdayNamed(value: Plain): number | undefined {
  const name = typeof value === "string" ? value.toUpperCase() : "";
  const index = weekdays.findIndex((day) => name === day || name === day.slice(0, 3));
  return index === -1 ? undefined : index;
}

function parsePrevious(when: FieldReader): Condition["previous"] {
  const value = when.fields.get("previous");
  if (value === undefined || value === "ok" || value === "error") return value ?? null;
  return refuse(when, { key: "previous", expected: '"ok" or "error"' }) ?? null;
}

function parseOutput(when: FieldReader): OutputCondition | null {
  const output = readObject(when, "output", 'an object such as {"name": "state", "eq": "done"}');
  if (output === undefined) return null;
  checkFields(output, outputConditionFields);
  const name = output.fields.get("name");
  const tests = parseValueTests(output, outputOperators);
  if (typeof name === "string" && outputNamePattern.test(name)) return { name, tests };
  return refuse(output, { key: "name", expected: "the name of an output that an earlier action saves" }) ?? null;
}
