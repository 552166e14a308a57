// Whole strings: joined, split, trimmed, replaced, compared. Letters beyond ASCII have no case, as in MongoDB.
import { Binary, Int32 } from "bson";
import { CommandError } from "../../command-error.ts";
import { compareValues } from "../../values/compare.ts";
import { isNumber, missing, type Value } from "../../values/value.ts";
import { absent, binary, type NamedShape, named, type Optional, unary, variadic } from "../arguments.ts";
import { isNullish, type Operator, type Operators, type Result } from "../expression.ts";
import { kindName, renderDate, renderNumber, renderValue } from "../render-value.ts";

export const strings: Operators = {
  $concat: variadic(concatenate),
  $toLower: unary("$toLower", (value) => lower(textOf(value))),
  $toUpper: unary("$toUpper", (value) => upper(textOf(value))),
  $strcasecmp: binary("$strcasecmp", (a, b) => new Int32(Math.sign(compareValues(upper(textOf(a)), upper(textOf(b)))))),
  $strLenCP: unary("$strLenCP", (value) => new Int32([...onlyText("$strLenCP", 34471, value)].length)),
  $strLenBytes: unary("$strLenBytes", (value) => new Int32(Buffer.byteLength(onlyText("$strLenBytes", 34473, value)))),
  $binarySize: unary("$binarySize", (value) => {
    if (isNullish(value)) return null;
    if (value instanceof Binary) return new Int32(value.length());
    if (typeof value === "string") return new Int32(Buffer.byteLength(value));
    throw new CommandError(51276, `$binarySize requires a string or BinData argument, found: ${kindName(value)}`);
  }),
  $split: binary("$split", split),
  $trim: trimmer("$trim", { left: true, right: true }),
  $ltrim: trimmer("$ltrim", { left: true, right: false }),
  $rtrim: trimmer("$rtrim", { left: false, right: true }),
  $replaceOne: replacer("$replaceOne", (input, find, replacement) => input.replace(find, () => replacement)),
  $replaceAll: replacer("$replaceAll", (input, find, replacement) => replaceAll(input, find, replacement)),
};

function concatenate(args: Iterable<Result>): Result {
  let text = "";
  for (const value of args) {
    if (isNullish(value)) return null;
    if (typeof value !== "string") {
      throw new CommandError(16702, `$concat only supports strings, not ${kindName(value)}`);
    }
    text += value;
  }
  return text;
}

const lower = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
const upper = (text: string): string => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());

/** Strings, numbers and dates are text where one is asked for; null is the empty one. */
export function textOf(value: Result): string {
  if (isNullish(value)) return "";
  if (typeof value === "string") return value;
  if (value instanceof Date) return renderDate(value);
  if (isNumber(value)) return renderNumber(value);
  throw new CommandError(16007, `can't convert from BSON type ${kindName(value)} to String`);
}

function onlyText(name: string, code: number, value: Result): string {
  if (typeof value === "string") return value;
  throw new CommandError(code, `${name} requires a string argument, found: ${kindName(value)}`);
}

function split(text: Result, separator: Result): Result {
  if (isNullish(text) || isNullish(separator)) return null;
  const requires = "$split requires an expression that evaluates to a string as a";
  if (typeof text !== "string") throw new CommandError(40085, `${requires} first argument, found: ${kindName(text)}`);
  if (typeof separator !== "string") {
    throw new CommandError(40086, `${requires} second argument, found: ${kindName(separator)}`);
  }
  if (separator === "") throw new CommandError(40087, "$split requires a non-empty separator");
  return text.split(separator);
}

/** MongoDB's list: no line or paragraph separator among it. */
const whitespace = new Set(
  "\0\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a",
);

function trimmer(name: string, sides: { readonly left: boolean; readonly right: boolean }): Operator {
  const shape: NamedShape = {
    required: { input: [50695, () => `${name} requires an 'input' field`] },
    optional: ["chars"],
    notDocument: [50696, (kind) => `${name} only supports an object as an argument, found ${kind}`],
    unknown: [50694, (found) => `${name} found an unknown argument: ${found}`],
  };
  return named(["input", "chars"], shape, ({ input, chars }) => {
    if (input === absent || isNullish(input)) return null;
    if (typeof input !== "string") throw notTrimmed(50699, `${name} requires its input`, input);
    if (chars === absent) return trimmed(input, whitespace, sides);
    if (isNullish(chars)) return null;
    if (typeof chars !== "string") throw notTrimmed(50700, `${name} requires 'chars'`, chars);
    return trimmed(input, new Set(chars), sides);
  });
}

function notTrimmed(code: number, requirement: string, value: Value): CommandError {
  const got = `got ${renderValue(value)} (of type ${kindName(value)}) instead.`;
  return new CommandError(code, `${requirement} to be a string, ${got}`);
}

function trimmed(text: string, unwanted: ReadonlySet<string>, sides: { left: boolean; right: boolean }): string {
  const points = [...text];
  let start = 0;
  let end = points.length;
  while (sides.left && start < end && unwanted.has(points[start] as string)) start++;
  while (sides.right && end > start && unwanted.has(points[end - 1] as string)) end--;
  return points.slice(start, end).join("");
}

type Replace = (input: string, find: string, replacement: string) => string;

function replacer(name: string, replace: Replace): Operator {
  const shape: NamedShape = {
    required: {
      input: [51749, () => `${name} requires 'input' to be specified`],
      find: [51748, () => `${name} requires 'find' to be specified`],
      replacement: [51747, () => `${name} requires 'replacement' to be specified`],
    },
    notDocument: [51751, (kind) => `${name} requires an object as an argument, found: ${kind}`],
    unknown: [51750, (found) => `${name} found an unknown argument: ${found}`],
  };
  return named(["input", "find", "replacement"], shape, (args) => {
    const input = textOrNull(args.input, [51746, `${name} requires that 'input' be a string`]);
    const find = textOrNull(args.find, [51745, `${name} requires that 'find' be a string`]);
    const replacement = textOrNull(args.replacement, [51744, `${name} requires that 'replacement' be a string`]);
    return input === null || find === null || replacement === null ? null : replace(input, find, replacement);
  });
}

function textOrNull(value: Optional, [code, problem]: readonly [number, string]): string | null {
  const given = value === absent ? missing : value;
  if (isNullish(given)) return null;
  if (typeof given === "string") return given;
  throw new CommandError(code, `${problem}, found: ${renderValue(given)}`);
}

/** Nothing stands before, between and after all characters. */
const replaceAll: Replace = (input, find, replacement) =>
  find === "" ? ["", ...input, ""].join(replacement) : input.replaceAll(find, () => replacement);
