// $substrBytes (also by its old name $substr) and $substrCP.
import { CommandError } from "../../command-error.ts";
import { isNumber } from "../../values/value.ts";
import { ternary } from "../arguments.ts";
import type { Operators, Result } from "../expression.ts";
import { kindName, renderValue } from "../render-value.ts";
import { int32Of, truncated } from "./numbers.ts";
import { textOf } from "./strings.ts";

export const substrings: Operators = {
  $substr: ternary("$substrBytes", substringOfBytes),
  $substrBytes: ternary("$substrBytes", substringOfBytes),
  $substrCP: ternary("$substrCP", substringOfPoints),
};

/** A negative length means the rest. The two blanks are MongoDB's. */
function substringOfBytes(text: Result, from: Result, length: Result): string {
  const bytes = Buffer.from(textOf(text));
  const start = wholeOf(from, [16034, "$substrBytes:  starting index"]);
  const count = wholeOf(length, [16035, "$substrBytes:  length"]);
  if (start < 0) {
    throw new CommandError(50752, `$substrBytes:  starting index must be non-negative (got: ${start})`);
  }
  const end = count < 0 ? bytes.length : Math.min(start + count, bytes.length);
  const range = "$substrBytes:  Invalid range";
  if (isInsideCharacter(bytes[start])) {
    throw new CommandError(28656, `${range}, starting index is a UTF-8 continuation byte.`);
  }
  if (end > start && isInsideCharacter(bytes[end])) {
    throw new CommandError(28657, `${range}, ending index is in the middle of a UTF-8 character.`);
  }
  return bytes.subarray(start, end).toString();
}

const isInsideCharacter = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

function wholeOf(given: Result, [code, what]: readonly [number, string]): number {
  if (given !== undefined && typeof given !== "symbol" && isNumber(given)) return truncated(given);
  throw new CommandError(code, `${what} must be a numeric type (is BSON type ${kindName(given)})`);
}

function substringOfPoints(text: Result, from: Result, length: Result): string {
  const points = [...textOf(text)];
  const start = int32At(from, [34450, "starting index"]);
  const count = int32At(length, [34452, "length"]);
  if (count < 0) throw new CommandError(34454, "$substrCP: length must be a nonnegative integer.");
  if (start < 0) throw new CommandError(34455, "$substrCP: the starting index must be nonnegative integer.");
  return points.slice(start, start + count).join("");
}

/** The code for what is no 32-bit integer follows the one for what is no number. */
function int32At(given: Result, [code, what]: readonly [number, string]): number {
  wholeOf(given, [code, `$substrCP: ${what}`]);
  const number = int32Of(given);
  if (number !== null) return number;
  const problem = `$substrCP: ${what} cannot be represented as a 32-bit integral value`;
  throw new CommandError(code + 1, `${problem}: ${renderValue(given)}`);
}
