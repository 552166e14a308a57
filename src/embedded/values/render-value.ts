// A value in the text of an error, as mongod 6.0 writes it there. Not JSON: nothing is escaped, long values are cut.
import type { Binary, BSONRegExp, BSONSymbol, Code, Decimal128, Double, ObjectId, Timestamp } from "bson";
import { kindOf, type Value, type ValueDocument } from "./value.ts";

/** `field: value`, as MongoDB quotes a part of a request. */
export const renderField = (field: string, value: Value): string => `${field}: ${renderValue(value)}`;

export function renderValue(value: Value): string {
  switch (kindOf(value)) {
    case "string":
      return renderString(value as string);
    case "symbol":
      return renderString((value as BSONSymbol).value);
    case "double":
      return renderDouble((value as Double).value);
    case "decimal":
      return (value as Decimal128).toString();
    case "date":
      return `new Date(${(value as Date).getTime()})`;
    case "objectId":
      return `ObjectId('${(value as ObjectId).toHexString()}')`;
    case "binData":
      return renderBinary(value as Binary);
    case "timestamp":
      return `Timestamp(${(value as Timestamp).t}, ${(value as Timestamp).i})`;
    case "regex":
      return `/${(value as BSONRegExp).pattern}/${(value as BSONRegExp).options}`;
    case "javascript":
    case "javascriptWithScope":
      return renderCode(value as Code);
    case "minKey":
      return "MinKey";
    case "maxKey":
      return "MaxKey";
    case "array":
      return renderArray(value as Value[]);
    case "object":
      return renderDocument(value as ValueDocument);
    default:
      return String(value);
  }
}

function renderArray(values: readonly Value[]): string {
  return values.length === 0 ? "[]" : `[ ${values.map(renderValue).join(", ")} ]`;
}

function renderDocument(document: ValueDocument): string {
  const fields = Object.entries(document).map(([name, value]) => renderField(name, value));
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}

function renderString(text: string): string {
  const bytes = Buffer.from(text);
  return bytes.length < 160 ? `"${text}"` : `"${cut(bytes, 150)}..."`;
}

function renderCode({ code, scope }: Code): string {
  const text = String(code);
  if (scope) return `CodeWScope( ${text}, ${renderDocument(scope as ValueDocument)})`;
  const bytes = Buffer.from(text);
  return bytes.length < 80 ? text : `${cut(bytes, 70)}...`;
}

/** At most `length` bytes of UTF-8, and no half character. */
function cut(bytes: Buffer, length: number): string {
  let end = length;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString("utf8", 0, end);
}

function renderBinary(binary: Binary): string {
  const bytes = Buffer.from(binary.value());
  const hex = bytes.toString("hex").toUpperCase();
  if (binary.sub_type === 4 && bytes.length === 16) {
    const uuid = hex.toLowerCase().replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    return `UUID("${uuid}")`;
  }
  return `BinData(${binary.sub_type}, ${bytes.length > 80 ? `${hex.slice(0, 140)}...` : hex})`;
}

/** C's `%.16g`, and ".0" behind what has no point, also behind `inf` and an exponent. */
function renderDouble(value: number): string {
  const text = renderGeneral(value);
  return text.includes(".") ? text : `${text}.0`;
}

function renderGeneral(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa = "", exponentText = "0"] = value.toExponential(15).split("e");
  const exponent = Number(exponentText);
  const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  if (exponent < -4 || exponent >= 16) {
    const digits = String(Math.abs(exponent)).padStart(2, "0");
    return `${short}e${exponent < 0 ? "-" : "+"}${digits}`;
  }
  const fixed = value.toFixed(Math.max(0, 15 - exponent));
  return fixed.includes(".") ? fixed.replace(/\.?0+$/, "") : fixed;
}
