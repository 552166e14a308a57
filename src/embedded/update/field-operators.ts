// $set, $setOnInsert, $unset, $currentDate: what does not look at the value that is there.
import { Timestamp } from "bson";
import { CommandError } from "../command-error.ts";
import { isDocument, kindOf, type Value, type ValueDocument } from "../values/value.ts";
import { identicalValues } from "./identical-values.ts";
import { type Modifier, removed, unchanged } from "./modifier.ts";

export function parseSet(operand: Value): Modifier {
  return {
    change: (value) => (identicalValues(value, operand) ? unchanged : operand),
    create: () => operand,
  };
}

export const parseSetOnInsert = (operand: Value): Modifier => ({ ...parseSet(operand), insertOnly: true });

export function parseUnset(): Modifier {
  return { change: () => removed, create: null, ignoresBrokenPaths: true };
}

export function parseCurrentDate(operand: Value): Modifier {
  const current = clockOf(operand);
  return { change: (_, { run }) => current(run.now), create: ({ run }) => current(run.now) };
}

function clockOf(operand: Value): (now: Date) => Value {
  if (typeof operand === "boolean") return (now) => now;
  if (!isDocument(operand)) {
    const allowed = "Please use a boolean ('true') or a $type expression ({$type: 'timestamp/date'}).";
    throw new CommandError("BadValue", `${kindOf(operand)} is not valid type for $currentDate. ${allowed}`);
  }
  return typeOf(operand) === "date" ? (now) => now : timestampOf;
}

function typeOf(options: ValueDocument): "date" | "timestamp" {
  let type: Value;
  for (const [option, value] of Object.entries(options)) {
    if (option !== "$type") throw new CommandError("BadValue", `Unrecognized $currentDate option: ${option}`);
    type = value;
  }
  if (type === "date" || type === "timestamp") return type;
  const example = "{$currentDate: {field : {$type: 'date'}}}";
  throw new CommandError("BadValue", `The '$type' string field is required to be 'date' or 'timestamp': ${example}`);
}

export const timestampOf = (now: Date): Timestamp => new Timestamp({ t: Math.floor(now.getTime() / 1000), i: 1 });
