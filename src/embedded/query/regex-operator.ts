// $regex, and a regular expression as a value to match.
import { BSONRegExp, BSONSymbol } from "bson";
import { CommandError } from "../command-error.ts";
import { fieldOf, missing, type Value, type ValueDocument } from "../values/value.ts";
import { compilePattern } from "./pattern.ts";
import { type ElementTest, type Predicate, testOf } from "./predicate.ts";

/** As many bytes as the pattern of an expression may have. */
const maximumBytes = 32_764;

/** A BSONRegExp, or what is not stored and so may have its options in any order. */
interface Expression {
  readonly pattern: string;
  readonly options: string;
}

/** Strings by the pattern, and a stored expression by being the same one. */
export function matchRegex({ pattern, options }: Expression): ElementTest {
  const [flag] = options.replaceAll(/[imsxu]/g, "");
  if (flag !== undefined) throw new CommandError(51108, ` invalid flag in regex options: ${flag}`);
  if (pattern.includes("\0")) {
    throw new CommandError("BadValue", "Regular expression cannot contain an embedded null byte");
  }
  if (Buffer.byteLength(pattern) > maximumBytes) {
    throw new CommandError(51091, "Regular expression is invalid: regular expression is too large");
  }
  const compiled = compilePattern(pattern, options);
  return (element) => {
    if (typeof element === "string") return compiled.test(element);
    if (element instanceof BSONSymbol) return compiled.test(element.value);
    return element instanceof BSONRegExp && element.pattern === pattern && element.options === options;
  };
}

/** `operators` is the document that `$regex` stands in, for its `$options`. */
export function parseRegex(operand: Value, operators: ValueDocument): Predicate {
  const given = fieldOf(operators, "$options");
  if (given !== missing && typeof given !== "string") throw new CommandError("BadValue", "$options has to be a string");
  const options = given === missing ? "" : given;
  if (typeof operand === "string") return testOf(matchRegex({ pattern: operand, options }));
  if (!(operand instanceof BSONRegExp)) throw new CommandError("BadValue", "$regex has to be a string");
  if (given === missing) return testOf(matchRegex(operand));
  if (operand.options !== "") refuseBothOptions(operators, options);
  return testOf(matchRegex({ pattern: operand.pattern, options: options || operand.options }));
}

/** Empty `$options` in front are overruled; behind, they are one time too many. */
function refuseBothOptions(operators: ValueDocument, options: string): void {
  const names = Object.keys(operators);
  const isBefore = names.indexOf("$options") < names.indexOf("$regex");
  if (isBefore && options === "") return;
  throw new CommandError(isBefore ? 51074 : 51075, "options set in both $regex and $options");
}

/** `$options` is read with its `$regex`, and means nothing without. */
export function checkOptions(operators: ValueDocument): null {
  if (fieldOf(operators, "$regex") !== missing) return null;
  throw new CommandError("BadValue", "$options needs a $regex");
}
