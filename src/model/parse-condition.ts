// `when` of a job or an action.
import type { Condition } from "./condition.ts";
import { type FieldReader, readClockNumber, readList, readObject } from "./field-readers.ts";
import { checkFields, type KnownFields } from "./known-fields.ts";

const conditionFields: KnownFields = {
  known: ["hour_in", "minute_in"],
  unsupported: {
    weekday_in: "weekday_in is",
    day_in: "day_in is",
    month_in: "month_in is",
    previous: "a condition on the previous step is",
    output: "a condition on an output is",
  },
};

/** The condition in field `when`, or null when there is none or a broken one (reported). */
export function parseCondition(reader: FieldReader): Condition | null {
  const when = readObject(reader, "when", "an object with hour_in or minute_in");
  if (when === undefined) return null;
  checkFields(when, conditionFields);
  if (when.fields.size === 0) {
    reader.problems.add({ path: when.path, expected: "hour_in or minute_in", got: "an empty object" });
  }
  return { hourIn: parseNumbers(when, "hour_in", 23), minuteIn: parseNumbers(when, "minute_in", 59) };
}

function parseNumbers(when: FieldReader, key: string, most: number): readonly number[] | null {
  const items = readList(when, key, { expected: `a list of 1-${most + 1} whole numbers 0-${most}`, most: most + 1 });
  if (items === undefined) return null;
  return items.flatMap(({ path, value }) => readClockNumber(when, { path, value, most }) ?? []);
}
