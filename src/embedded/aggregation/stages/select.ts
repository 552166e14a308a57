// Stages that let documents through as they are: $match, $sort, $limit, $skip, $sample; and $count, which counts them.
import { Int32, Long } from "bson";
import { CommandError } from "../../command-error.ts";
import { parseFilter } from "../../query/filter.ts";
import { parseSort } from "../../query/sort.ts";
import { toDouble } from "../../values/numbers.ts";
import { renderField } from "../../values/render-value.ts";
import { isDocument, isNumber, type Value, type ValueDocument } from "../../values/value.ts";
import type { StageParser } from "./stage.ts";

export const match: StageParser = (argument, { scope }) => {
  if (!isDocument(argument)) throw new CommandError(15959, "the match filter must be an expression in an object");
  const filter = parseFilter(argument, scope);
  return function* (input) {
    for (const document of input) if (filter.matches(document)) yield document;
  };
};

export const sort: StageParser = (argument) => {
  if (!isDocument(argument)) throw new CommandError(15973, "the $sort key specification must be an object");
  if (Object.keys(argument).length === 0) throw new CommandError(15976, "$sort stage must have at least one sort key");
  const order = parseSort(argument);
  return function* (input) {
    yield* [...input].sort(order.compare);
  };
};

export const limit: StageParser = (argument) => {
  const most = parseNatural("$limit", 5107201, argument);
  if (most === 0) throw new CommandError(15958, "the limit must be positive");
  return function* (input) {
    let given = 0;
    for (const document of input) {
      yield document;
      // Before the next one is asked for: reading it may be the dear part.
      if (++given >= most) return;
    }
  };
};

export const skip: StageParser = (argument) => {
  const first = parseNatural("$skip", 5107200, argument);
  return function* (input) {
    let seen = 0;
    for (const document of input) if (seen++ >= first) yield document;
  };
};

function parseNatural(name: string, code: number, argument: Value): number {
  const invalid = `invalid argument to ${name} stage`;
  const given = renderField(name, argument);
  if (!isNumber(argument)) throw new CommandError(code, `${invalid}: Expected a number in: ${given}`);
  const number = toDouble(argument);
  if (Number.isNaN(number)) throw new CommandError(code, `${invalid}: Expected an integer, but found NaN in: ${given}`);
  if (Math.abs(number) >= 2 ** 63) {
    throw new CommandError(code, `${invalid}: Cannot represent as a 64-bit integer: ${given}`);
  }
  if (!Number.isInteger(number)) throw new CommandError(code, `${invalid}: Expected an integer: ${given}`);
  if (number < 0) throw new CommandError(code, `${invalid}: Expected a non-negative number in: ${given}`);
  return number;
}

/** No document at all where there was none to count. */
export const count: StageParser = (argument) => {
  const field = parseCountField(argument);
  return function* (input): Generator<ValueDocument> {
    let total = 0;
    for (const _ of input) total++;
    if (total > 0) yield { [field]: total === (total | 0) ? new Int32(total) : Long.fromNumber(total) };
  };
};

function parseCountField(field: Value): string {
  if (typeof field !== "string") throw new CommandError(40156, "the count field must be a non-empty string");
  if (field === "") throw new CommandError(40157, "the count field must be a non-empty string");
  if (field.startsWith("$")) throw new CommandError(40158, "the count field cannot be a $-prefixed path");
  if (field.includes("\0")) throw new CommandError(40159, "the count field cannot contain a null byte");
  if (field.includes(".")) throw new CommandError(40160, "the count field cannot contain '.'");
  if (field === "_id") throw new CommandError(15948, "a group's _id may only be specified once");
  return field;
}

/** Each choice of that many documents is as likely as another, in an order by chance. */
export const sample: StageParser = (argument, { random }) => {
  const size = parseSampleSize(argument);
  return function* (input) {
    const chosen: ValueDocument[] = [];
    let seen = 0;
    for (const document of input) {
      seen++;
      if (chosen.length < size) chosen.push(document);
      else {
        const place = Math.floor(random() * seen);
        if (place < size) chosen[place] = document;
      }
    }
    yield* shuffled(chosen, random);
  };
};

function parseSampleSize(argument: Value): number {
  if (!isDocument(argument)) throw new CommandError(28745, "the $sample stage specification must be an object");
  let size: number | null = null;
  for (const [name, value] of Object.entries(argument)) {
    if (name !== "size") throw new CommandError(28748, `unrecognized option to $sample: ${name}`);
    if (!isNumber(value)) throw new CommandError(28746, "size argument to $sample must be a number");
    size = Math.trunc(toDouble(value));
    if (size < 0) throw new CommandError(28747, "size argument to $sample must not be negative");
  }
  if (size === null) throw new CommandError(28749, "$sample stage must specify a size");
  return size;
}

function shuffled(documents: readonly ValueDocument[], random: () => number): readonly ValueDocument[] {
  const keyed = documents.map((document) => ({ document, key: random() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ document }) => document);
}
