// $sum, $avg, $min and $max over the values of one document: several arguments, or one array's elements.
import { isArray, missing, type Value } from "../../values/value.ts";
import { accumulators } from "../accumulators.ts";
import type { Evaluate, ExpressionScope, Operators } from "../expression.ts";

export const totals: Operators = {
  $sum: (argument, scope) => parseTotal("$sum", argument, scope),
  $avg: (argument, scope) => parseTotal("$avg", argument, scope),
  $min: (argument, scope) => parseTotal("$min", argument, scope),
  $max: (argument, scope) => parseTotal("$max", argument, scope),
};

type Total = "$sum" | "$avg" | "$min" | "$max";

function parseTotal(name: Total, argument: Value, scope: ExpressionScope): Evaluate {
  const start = accumulators[name] as NonNullable<(typeof accumulators)[string]>;
  const values = isArray(argument) ? argument.map((each) => scope.parse(each)) : [scope.parse(argument)];
  return (frame) => {
    const accumulator = start();
    const given = values.map((value) => value(frame));
    const only = given.length === 1 ? given[0] : null;
    for (const value of only !== missing && isArray(only as Value) ? (only as Value[]) : given) accumulator.add(value);
    return accumulator.result();
  };
}
