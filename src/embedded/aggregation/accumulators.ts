// What $group gathers, and the same names as expressions over one document's values.
import { Double } from "bson";
import { CommandError } from "../command-error.ts";
import { compareValues } from "../values/compare.ts";
import {
  isDocument,
  isNumber,
  missing,
  type NumberValue,
  setField,
  type Value,
  type ValueDocument,
} from "../values/value.ts";
import { isNullish, orNull, type Result } from "./expression.ts";
import { integerOf, runningTotal } from "./operators/numbers.ts";
import { valueKey } from "./value-key.ts";

/** One group's state, which lives as long as the group is gathered. */
export interface Accumulator {
  add(value: Result): void;
  result(): Value;
}

export const accumulators: Readonly<Record<string, () => Accumulator>> = {
  $sum: sum,
  $avg: average,
  $min: () => extreme(-1),
  $max: () => extreme(1),
  $first: () => one((isFirst) => isFirst),
  $last: () => one(() => true),
  $push: list,
  $addToSet: distinct,
  $count: count,
  $mergeObjects: merged,
};

const isNumeric = (value: Result): value is NumberValue => !isNullish(value) && isNumber(value);

/** What is no number does not count. */
function sum(): Accumulator {
  const total = runningTotal();
  return {
    add(value) {
      if (isNumeric(value)) total.add(value);
    },
    result: () => total.sum(),
  };
}

function average(): Accumulator {
  const total = runningTotal();
  let counted = 0;
  return {
    add(value) {
      if (!isNumeric(value)) return;
      total.add(value);
      counted++;
    },
    result: () => (counted === 0 ? null : new Double(total.double() / counted)),
  };
}

function count(): Accumulator {
  let counted = 0n;
  return {
    add: () => void counted++,
    result: () => integerOf(counted, false),
  };
}

function list(): Accumulator {
  const values: Value[] = [];
  return {
    add(value) {
      if (value !== missing) values.push(value);
    },
    result: () => values,
  };
}

/** The first of equal values. Null and missing never count. */
function extreme(sign: 1 | -1): Accumulator {
  let found: Value = null;
  return {
    add(value) {
      if (isNullish(value)) return;
      if (found === null || compareValues(value, found) * sign > 0) found = value;
    },
    result: () => found,
  };
}

function one(isWanted: (isFirst: boolean) => boolean): Accumulator {
  let isFirst = true;
  let found: Value = null;
  return {
    add(value) {
      if (isWanted(isFirst)) found = orNull(value);
      isFirst = false;
    },
    result: () => found,
  };
}

function distinct(): Accumulator {
  const found = new Map<string, Value>();
  return {
    add(value) {
      if (value === missing) return;
      const key = valueKey(value);
      if (!found.has(key)) found.set(key, value);
    },
    result: () => [...found.values()],
  };
}

function merged(): Accumulator {
  const document: ValueDocument = {};
  return {
    add(value) {
      if (isNullish(value)) return;
      if (!isDocument(value)) throw new CommandError(5911200, "$mergeObjects only supports objects");
      for (const [name, field] of Object.entries(value)) setField(document, name, field);
    },
    result: () => document,
  };
}
