// The first step of parsing: any value into a plain copy of bounded size, whatever it is made of.
import type { Plain, PlainFields } from "./plain-value.ts";
import { plainScalar } from "./plain-value.ts";
import { fieldPath, type ProblemList } from "./problem-list.ts";

const deepestNesting = 100;
const mostText = 256 * 1024;

/** Own keys of these names can change what an object is, in any program that reads the document. */
const forbiddenKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

interface Walk {
  readonly problems: ProblemList;
  /** Characters of text and number of values so far. */
  size: number;
  /** The document is refused as a whole: look no further. */
  isOver: boolean;
}

/**
 * The document's fields copied to plain values, or null when it is no object or too large (reported). Never throws, and
 * ends for cyclic and endless values too. Fields without a value (`undefined`) count as missing.
 */
export function plainDocument(document: unknown, problems: ProblemList): PlainFields | null {
  const walk: Walk = { problems, size: 0, isOver: false };
  const plain = copyOf(walk, document, { path: "", depth: 0 });
  if (walk.isOver) return null;
  if (plain instanceof Map) return plain;
  problems.add({ path: "", expected: "an object", value: plain });
  return null;
}

interface Place {
  readonly path: string;
  readonly depth: number;
}

function copyOf(walk: Walk, value: unknown, place: Place): Plain {
  try {
    const scalar = plainScalar(value);
    if (scalar === undefined) return copyOfNested(walk, value as object, place);
    grow(walk, typeof scalar === "string" ? scalar : "");
    return scalar;
  } catch {
    // A getter or a proxy that throws.
    return { odd: "a value that can't be read" };
  }
}

function copyOfNested(walk: Walk, value: object, { path, depth }: Place): Plain {
  if (depth >= deepestNesting) {
    refuseWhole(walk, `at most ${deepestNesting} levels of nesting`, path);
    return null;
  }
  if (Array.isArray(value)) return copyOfList(walk, value, { path, depth });
  const fields = new Map<string, Plain>();
  for (const key of Object.keys(value)) {
    grow(walk, key);
    if (walk.isOver) break;
    const item: unknown = Reflect.get(value, key);
    if (forbiddenKeys.has(key)) {
      walk.problems.add({ path: fieldPath(path, key), expected: "no key of this name", got: "one" });
    } else if (item !== undefined) {
      fields.set(key, copyOf(walk, item, { path: fieldPath(path, key), depth: depth + 1 }));
    }
  }
  return fields;
}

function copyOfList(walk: Walk, list: readonly unknown[], { path, depth }: Place): Plain[] {
  const items: Plain[] = [];
  // Not an iterator: the list may be sparse, or say that it is longer than it is.
  for (let index = 0; index < list.length && !walk.isOver; index++) {
    items.push(copyOf(walk, list[index], { path: `${path}[${index}]`, depth: depth + 1 }));
  }
  return items;
}

function grow(walk: Walk, text: string): void {
  // Counted by characters first: measuring the bytes of a huge text would take as long as copying it.
  walk.size += 1 + (text.length > mostText ? text.length : Buffer.byteLength(text));
  if (walk.size > mostText) refuseWhole(walk, "at most 256 KiB of text", "");
}

function refuseWhole(walk: Walk, expected: string, path: string): void {
  if (walk.isOver) return;
  walk.isOver = true;
  const [topLevel = ""] = /^[^.[]*/.exec(path) ?? [];
  walk.problems.add({ path: topLevel, expected, got: "more" });
}
