// Random expressions, each made together with what it means: the text is never read here.
import fc from "fast-check";

type DayTest = (day: Date) => boolean;

export interface BruteCron {
  readonly text: string;
  readonly seconds: ReadonlySet<number>;
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** null = open. */
  readonly date: readonly DayTest[] | null;
  readonly weekday: readonly DayTest[] | null;
  /** A star with a step in one of the day fields while the other one is restricted. */
  readonly isAmbiguous: boolean;
}

interface Item {
  readonly text: string;
  readonly values: readonly number[];
}

interface Field {
  readonly text: string;
  readonly values: ReadonlySet<number>;
}

const upTo = (from: number, to: number, step = 1): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);

const oneOf = <T>(...values: readonly T[]) => fc.constantFrom(...values);

/** `named` spells a value, perhaps by name. */
function items(from: number, to: number, named: (value: number) => string): fc.Arbitrary<Item> {
  const value = fc.integer({ min: from, max: to });
  const single = value.map((n) => ({ text: named(n), values: [n] }));
  const range = fc.tuple(value, value, fc.integer({ min: 1, max: 7 })).map(([a, b, step]) => {
    const [low, high] = a < b ? [a, b] : [b, a];
    const text = `${named(low)}-${named(high)}`;
    return step === 1 ? { text, values: upTo(low, high) } : { text: `${text}/${step}`, values: upTo(low, high, step) };
  });
  return fc.oneof({ arbitrary: single, weight: 3 }, { arbitrary: range, weight: 1 });
}

function lists(item: fc.Arbitrary<Item>): fc.Arbitrary<Field> {
  return fc.array(item, { minLength: 1, maxLength: 3 }).map((found) => ({
    text: found.map(({ text }) => text).join(),
    values: new Set(found.flatMap(({ values }) => values)),
  }));
}

const star = (from: number, to: number) => fc.constant({ text: "*", values: new Set(upTo(from, to)) });
const stepped = (from: number, to: number, ...steps: number[]) =>
  oneOf(...steps).map((step) => ({ text: `*/${step}`, values: new Set(upTo(from, to, step)) }));

const second = fc.oneof(lists(items(0, 59, String)), stepped(0, 59, 15, 20, 25, 30));
const minute = fc.oneof(lists(items(0, 59, String)), stepped(0, 59, 5, 7, 15, 45), star(0, 59));
const hour = fc.oneof(
  { arbitrary: lists(items(0, 23, String)), weight: 3 },
  // The hours in which clocks change.
  { arbitrary: lists(items(0, 4, String)), weight: 4 },
  { arbitrary: stepped(0, 23, 1, 2, 5, 12), weight: 1 },
  { arbitrary: star(0, 23), weight: 3 },
  { arbitrary: fc.constant({ text: "0-23", values: new Set(upTo(0, 23)) }), weight: 1 },
);

const monthNames = ["", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const dayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "sun"];
const spelt = (names: readonly string[]) =>
  fc.boolean().map((byName) => (n: number) => (byName ? (names[n] ?? "") : `${n}`));

const around = (names: readonly string[], from: number, size: number): fc.Arbitrary<Item> =>
  fc.tuple(fc.nat(size - 1), fc.nat(size - 1)).map(([a, length]) => {
    const values = upTo(0, length).map((i) => from + ((a + i) % size));
    return { text: `${names[values[0] ?? 0]}-${names[values.at(-1) ?? 0]}`, values };
  });

const month = fc.oneof(
  { arbitrary: star(1, 12), weight: 6 },
  { arbitrary: spelt(monthNames).chain((named) => lists(items(1, 12, named))), weight: 2 },
  { arbitrary: lists(around(monthNames, 1, 12)), weight: 1 },
);

const lastDate = (day: Date) => new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
const isWorkday = (day: Date) => day.getUTCDay() >= 1 && day.getUTCDay() <= 5;

/** Of all Monday to Fridays of the month the nearest one, and only if the month has day n. */
function isNearest(day: Date, n: number): boolean {
  if (n > lastDate(day)) return false;
  const dates = upTo(1, lastDate(day)).filter((date) => isWorkday(dateInMonth(day, date)));
  const distance = Math.min(...dates.map((date) => Math.abs(date - n)));
  return isWorkday(day) && Math.abs(day.getUTCDate() - n) === distance;
}

function dateInMonth(day: Date, date: number): Date {
  return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), date));
}

interface DayField {
  readonly text: string;
  readonly tests: readonly DayTest[] | null;
  readonly isStepped: boolean;
}

const plainDate = lists(items(1, 31, String)).map(({ text, values }) => ({
  text,
  tests: [(day: Date) => values.has(day.getUTCDate())],
}));
const dateRule = fc.oneof(
  fc.integer({ min: 0, max: 30 }).map((n) => ({
    text: n === 0 ? "L" : `L-${n}`,
    tests: [(day: Date) => day.getUTCDate() === lastDate(day) - n],
  })),
  fc.constant({ text: "LW", tests: [(day: Date) => isNearest(day, lastDate(day))] }),
  fc.integer({ min: 1, max: 31 }).map((n) => ({ text: `${n}W`, tests: [(day: Date) => isNearest(day, n)] })),
);
const weekdayItem = fc.oneof(
  spelt(dayNames).chain((named) => items(0, 6, named)),
  fc.constant({ text: "5-7", values: [5, 6, 0] }),
  around(dayNames, 0, 7),
);
const plainWeekday = lists(weekdayItem).map(({ text, values }) => ({
  text,
  tests: [(day: Date) => values.has(day.getUTCDay())],
}));
const weekdayRule = fc.tuple(fc.nat(7), fc.nat(5), spelt(dayNames)).map(([n, nth, named]) => ({
  text: nth === 0 ? `${named(n)}L` : `${named(n)}#${nth}`,
  tests: [
    (day: Date) =>
      day.getUTCDay() === n % 7 &&
      (nth === 0 ? day.getUTCDate() + 7 > lastDate(day) : Math.ceil(day.getUTCDate() / 7) === nth),
  ],
}));

function dayField(plain: fc.Arbitrary<Omit<DayField, "isStepped">>, rule: typeof plain, every: typeof plain) {
  const list = fc.array(fc.oneof(plain, rule), { minLength: 1, maxLength: 3 }).map((found) => ({
    text: found.map(({ text }) => text).join(),
    tests: found.flatMap(({ tests }) => tests ?? []),
  }));
  return fc.oneof(
    { arbitrary: oneOf("*", "?", "*/1").map((text): DayField => ({ text, tests: null, isStepped: false })), weight: 6 },
    { arbitrary: list.map((found): DayField => ({ ...found, isStepped: false })), weight: 5 },
    { arbitrary: every.map((found): DayField => ({ ...found, isStepped: true })), weight: 1 },
  );
}

const date = dayField(
  plainDate,
  dateRule,
  oneOf(2, 3, 10).map((n) => ({ text: `*/${n}`, tests: [(day) => (day.getUTCDate() - 1) % n === 0] })),
);
const weekday = dayField(
  plainWeekday,
  weekdayRule,
  oneOf(2, 3).map((n) => ({ text: `*/${n}`, tests: [(day) => day.getUTCDay() % n === 0] })),
);

export const anyCron: fc.Arbitrary<BruteCron> = fc
  .record({ second: fc.option(second, { freq: 3 }), minute, hour, date, month, weekday })
  .map(({ second, minute, hour, date, month, weekday }) => ({
    text: [...(second === null ? [] : [second]), minute, hour, date, month, weekday].map(({ text }) => text).join(" "),
    seconds: second === null ? new Set([0]) : second.values,
    minutes: minute.values,
    hours: hour.values,
    months: month.values,
    date: date.tests,
    weekday: weekday.tests,
    isAmbiguous: (date.isStepped && weekday.tests !== null) || (weekday.isStepped && date.tests !== null),
  }));
