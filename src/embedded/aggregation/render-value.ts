// How an expression writes a value it computed: into an error message and, for a number, into the string that it converts
// to. What a request itself holds is written otherwise (../values/render-value.ts).
import { Decimal128, Double, Int32, Long, ObjectId } from "bson";
import { isArray, isDocument, kindOf, missing, type NumberValue, type ValueDocument } from "../values/value.ts";
import type { Result } from "./expression.ts";

export const kindName = (value: Result): string => (value === missing ? "missing" : kindOf(value));

export function renderValue(value: Result): string {
  if (value === missing) return "MISSING";
  if (typeof value === "string") return `"${value}"`;
  if (value instanceof Date) return renderDate(value);
  if (value instanceof ObjectId) return value.toHexString();
  if (value instanceof Int32 || value instanceof Double || value instanceof Long || value instanceof Decimal128) {
    return renderNumber(value);
  }
  if (isArray(value)) return `[${value.map(renderValue).join(", ")}]`;
  if (isDocument(value)) return `{${fieldsOf(value)}}`;
  return String(value);
}

const fieldsOf = (document: ValueDocument): string =>
  Object.entries(document)
    .map(([name, value]) => `${name}: ${renderValue(value)}`)
    .join(", ");

export function renderNumber(value: NumberValue): string {
  if (value instanceof Double) return renderDouble(value.value);
  return value instanceof Int32 ? String(value.value) : value.toString();
}

/** Six significant digits, as C++ prints a double; also of `$toString`. */
export function renderDouble(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa = "", exponentText = "0"] = value.toExponential(5).split("e");
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 6) return withoutZeros(value.toFixed(5 - exponent));
  const sign = exponent < 0 ? "-" : "+";
  return `${withoutZeros(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

const withoutZeros = (digits: string): string =>
  digits.includes(".") ? digits.replace(/0+$/, "").replace(/\.$/, "") : digits;

/** ISO 8601 with milliseconds; a year has at least four digits. */
export const renderDate = (value: Date): string => value.toISOString();
