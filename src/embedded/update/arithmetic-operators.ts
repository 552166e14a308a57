// $inc and $mul.
import { Int32, Long } from "bson";
import { CommandError } from "../command-error.ts";
import { compareNumbers, computeNumber, toDouble } from "../values/numbers.ts";
import { renderField } from "../values/render-value.ts";
import { isNumber, kindOf, type NumberValue, type Value } from "../values/value.ts";
import { idText, type Modifier, nameAt, type Outcome, type Place, unchanged } from "./modifier.ts";

type ArithmeticName = "$inc" | "$mul";

export function parseArithmetic(name: ArithmeticName): (operand: Value, path: string) => Modifier {
  const [operation, verb] = name === "$inc" ? (["add", "increment"] as const) : (["multiply", "multiply"] as const);
  return (operand, path) => {
    if (!isNumber(operand)) {
      throw new CommandError(
        "TypeMismatch",
        `Cannot ${verb} with non-numeric argument: {${renderField(path, operand)}}`,
      );
    }
    const compute = (value: NumberValue, place: Place): NumberValue => {
      const result = computeNumber(operation, value, operand);
      if (result === null) throw overflow(name, value, place);
      return result;
    };
    return {
      change: (value, place) => {
        if (!isNumber(value)) throw notNumeric(name, value, place);
        return outcomeOf(value, compute(value, place));
      },
      // A missing factor is a zero of the operand's type.
      create: (place) => (name === "$inc" ? operand : compute(new Int32(0), place)),
    };
  };
}

/** The same type and value are no change, a zero of the other sign being the same; NaN over NaN counts as one. */
function outcomeOf(before: NumberValue, after: NumberValue): Outcome {
  const isSame = kindOf(before) === kindOf(after) && compareNumbers(before, after) === 0;
  return isSame && !Number.isNaN(toDouble(after)) ? unchanged : after;
}

function notNumeric(name: ArithmeticName, value: Value, place: Place): CommandError {
  const field = `{${idText(place)}} has the field '${nameAt(place)}' of non-numeric type ${kindOf(value)}`;
  return new CommandError("TypeMismatch", `Cannot apply ${name} to a value of non-numeric type. ${field}`);
}

function overflow(name: ArithmeticName, value: NumberValue, place: Place): CommandError {
  const current = `(${value instanceof Long ? "NumberLong" : "NumberInt"})${value.toString()}`;
  const where = `current value (${current}) for document {${idText(place)}}`;
  return new CommandError("BadValue", `Failed to apply ${name} operations to ${where}`);
}
