// The table of the update operators. `$rename`, which has two paths, stands beside it.
import type { QueryScope } from "../query/scope.ts";
import type { Value } from "../values/value.ts";
import { parseAddToSet } from "./add-to-set-operator.ts";
import { parseArithmetic } from "./arithmetic-operators.ts";
import { parseBit } from "./bit-operator.ts";
import { parseCurrentDate, parseSet, parseSetOnInsert, parseUnset } from "./field-operators.ts";
import type { Modifier } from "./modifier.ts";
import { parseExtreme } from "./order-operators.ts";
import { parsePop } from "./pop-operator.ts";
import { parsePull, parsePullAll } from "./pull-operators.ts";
import { parsePush } from "./push-operator.ts";

/** `path` is for messages. Throws CommandError. */
type OperatorParser = (operand: Value, path: string, scope: QueryScope) => Modifier;

export const operators: ReadonlyMap<string, OperatorParser> = new Map<string, OperatorParser>([
  ["$set", parseSet],
  ["$setOnInsert", parseSetOnInsert],
  ["$unset", parseUnset],
  ["$currentDate", parseCurrentDate],
  ["$inc", parseArithmetic("$inc")],
  ["$mul", parseArithmetic("$mul")],
  ["$min", parseExtreme("$min")],
  ["$max", parseExtreme("$max")],
  ["$bit", parseBit],
  ["$push", parsePush],
  ["$addToSet", parseAddToSet],
  ["$pop", parsePop],
  ["$pull", parsePull],
  ["$pullAll", parsePullAll],
]);
