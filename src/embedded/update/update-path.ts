// The paths of an update: fields, positions in arrays, `$`, `$[]` and `$[identifier]`.
import { CommandError } from "../command-error.ts";

/** `$` alone. */
export const positional = "$";

/** Throws for a path that MongoDB lets no operator have. */
export function parseUpdatePath(path: string): readonly string[] {
  if (path === "") throw new CommandError("EmptyFieldName", "An empty update path is not valid.");
  const parts = path.split(".");
  if (parts.includes("")) {
    const why = "contains an empty field name, which is not allowed.";
    throw new CommandError("EmptyFieldName", `The update path '${path}' ${why}`);
  }
  judgeDepth(parts);
  if (parts.indexOf(positional) !== parts.lastIndexOf(positional)) {
    throw refused(`Too many positional (i.e. '$') elements found in path '${path}'`);
  }
  const [first = ""] = parts;
  if (first === positional) {
    throw refused(`Cannot have positional (i.e. '$') element in the first position in path '${path}'`);
  }
  if (identifierOf(first) !== null) {
    const element = "array filter identifier (i.e. '$[<id>]') element";
    throw refused(`Cannot have ${element} in the first position in path '${path}'`);
  }
  return parts;
}

const deepest = 180;

/** MongoDB judges the document that results, and counts parts of a path in one byte. */
export function judgeDepth(parts: readonly string[]): void {
  if (parts.length <= deepest) return;
  throw new CommandError("Overflow", `Document exceeds maximum nesting depth of ${deepest}`);
}

/** Of `$[identifier]`; empty for `$[]`, null for any other part. */
export function identifierOf(part: string): string | null {
  return part.startsWith("$[") && part.endsWith("]") ? part.slice(2, -1) : null;
}

export const isDynamic = (parts: readonly string[]): boolean =>
  parts.some((part) => part === positional || identifierOf(part) !== null);

export const isDigits = (part: string): boolean => /^\d+$/.test(part);

const largestIndex = 2 ** 32 - 1;

/** A position in an array, leading zeros allowed; null for what is none. */
export function arrayIndexOf(part: string): number | null {
  const index = isDigits(part) ? Number(part) : Number.NaN;
  return index <= largestIndex ? index : null;
}

const refused = (message: string) => new CommandError("BadValue", message);
