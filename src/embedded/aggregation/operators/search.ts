// Where something stands: $indexOfArray, $indexOfCP, $indexOfBytes.
import { Int32 } from "bson";
import { CommandError } from "../../command-error.ts";
import { compareValues } from "../../values/compare.ts";
import { isArray, missing } from "../../values/value.ts";
import { ranged } from "../arguments.ts";
import { isNullish, type Operator, type Operators, type Result } from "../expression.ts";
import { kindName, renderValue } from "../render-value.ts";
import { int32Of } from "./numbers.ts";

export const search: Operators = {
  $indexOfArray: ranged("$indexOfArray", [2, 4], indexOfElement),
  $indexOfCP: indexOfText("$indexOfCP", {
    codes: [40093, 40094],
    splitText: (text) => [...text],
    findsEmptyAtEnd: false,
  }),
  $indexOfBytes: indexOfText("$indexOfBytes", { codes: [40091, 40092], splitText: bytesOf, findsEmptyAtEnd: true }),
};

function indexOfElement([list, wanted, from, to]: readonly Result[], count: number): Result {
  if (isNullish(list)) return null;
  if (!isArray(list)) {
    throw new CommandError(40090, `$indexOfArray requires an array as a first argument, found: ${kindName(list)}`);
  }
  const start = count > 2 ? parseIndex("$indexOfArray", "starting", from) : 0;
  const end = Math.min(count > 3 ? parseIndex("$indexOfArray", "ending", to) : list.length, list.length);
  for (let at = start; at < end; at++) {
    if (wanted !== missing && compareValues(list[at], wanted) === 0) return new Int32(at);
  }
  return new Int32(-1);
}

/** The missing blank is MongoDB's. */
function parseIndex(name: string, which: "starting" | "ending", given: Result): number {
  const index = int32Of(given);
  if (index === null) {
    const found = `found a value of type: ${kindName(given)}, with value: ${renderValue(given)}`;
    throw new CommandError(40096, `${name}requires an integral ${which} index, ${found}`);
  }
  if (index < 0) throw new CommandError(40097, `${name} requires a nonnegative ${which} index, found: ${index}`);
  return index;
}

interface TextSearch {
  readonly codes: readonly [first: number, second: number];
  readonly splitText: (text: string) => readonly unknown[];
  readonly findsEmptyAtEnd: boolean;
}

function indexOfText(name: string, { codes, splitText, findsEmptyAtEnd }: TextSearch): Operator {
  return ranged(name, [2, 4], ([text, wanted, from, to], count) => {
    if (isNullish(text)) return null;
    if (typeof text !== "string") throw notText(name, codes[0], `first argument, found: ${kindName(text)}`);
    if (typeof wanted !== "string") throw notText(name, codes[1], `second argument, found: ${kindName(wanted)}`);
    const units = splitText(text);
    const start = count > 2 ? parseIndex(name, "starting", from) : 0;
    const end = Math.min(count > 3 ? parseIndex(name, "ending", to) : units.length, units.length);
    if (wanted === "" && start >= end && !findsEmptyAtEnd && units.length > 0) return new Int32(-1);
    return new Int32(indexOfUnits(units.slice(0, end), splitText(wanted), start));
  });
}

const notText = (name: string, code: number, what: string): CommandError =>
  new CommandError(code, `${name} requires a string as the ${what}`);

function indexOfUnits(units: readonly unknown[], wanted: readonly unknown[], start: number): number {
  for (let at = start; at + wanted.length <= units.length; at++) {
    if (wanted.every((unit, offset) => units[at + offset] === unit)) return at;
  }
  return -1;
}

function bytesOf(text: string): readonly number[] {
  return [...Buffer.from(text)];
}
