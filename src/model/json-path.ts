// JSONPath (RFC 9535) as jobs may write it, with a bound on what one search looks at: neither a path nor an answer may
// hold up an agent.
import { JSONPathEnvironment, type JSONPathQuery, type JSONValue } from "json-p3";
import type { JsonValue } from "./job.ts";

export interface JsonPath {
  /** As it was written. */
  readonly text: string;
  readonly query: JSONPathQuery;
}

/** What a path found: its one value (undefined: none), or why there is no saying. */
export type Found = { readonly value: JsonValue | undefined } | { readonly refusal: string };

const longestPath = 200;
const longestReason = 120;
/** Below five milliseconds of work. Filters inside filters would take minutes on 64 KiB. */
const mostLooks = 5_000;

const environment = new JSONPathEnvironment({ maxRecursionDepth: 50 });
// Regular expressions from jobs are never run.
environment.functionRegister.delete("match");
environment.functionRegister.delete("search");

/** `expected`: what the text should have been. */
export function parseJsonPath(text: string): { readonly path: JsonPath } | { readonly expected: string } {
  if (text.length > longestPath) return { expected: `a JSONPath of at most ${longestPath} characters` };
  try {
    return { path: { text, query: environment.compile(text) } };
  } catch (error) {
    return { expected: `a JSONPath such as "$.items[0].id": ${reasonOf(error)}` };
  }
}

/** The library quotes the path, which may hold anything. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  return message.slice(0, longestReason).replaceAll(/[^\x20-\x7e]/g, "?");
}

/** The one value the path finds. More than one is refused: nobody could say which was meant. */
export function findOne({ text, query }: JsonPath, json: JsonValue): Found {
  try {
    const found = query.query((query.singularQuery() ? json : counted(json, partsOf(text))) as JSONValue).nodes;
    if (found.length > 1) return { refusal: `finds ${found.length} values, and must find one` };
    // By its place: what the search handed out counts every look.
    return { value: found[0]?.location.reduce<JsonValue | undefined>(memberOf, json) };
  } catch {
    return { refusal: `looks at more than ${mostLooks} values or 50 levels` };
  }
}

/** For each value a filter evaluates all that it holds, also where that looks at nothing more: `@.a` of a number. */
function partsOf(text: string): number {
  return Math.max(1, text.split(/[@$]/).length - 2);
}

/** The value, throwing once its members were looked at too often: the library has no bound of its own. */
function counted(json: JsonValue, weight: number): JsonValue {
  let looks = 0;
  const look = (members: number) => {
    looks += members * weight;
    if (looks > mostLooks) throw new RangeError("too many looks");
  };
  const handler: ProxyHandler<object> = {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof key === "symbol" || !Object.hasOwn(target, key)) return value;
      look(1);
      return typeof value === "object" && value !== null ? new Proxy(value, handler) : value;
    },
    has(target, key) {
      look(1);
      return Reflect.has(target, key);
    },
    ownKeys(target) {
      const keys = Reflect.ownKeys(target);
      look(keys.length);
      return keys;
    },
  };
  return typeof json === "object" && json !== null ? (new Proxy(json, handler) as JsonValue) : json;
}

function memberOf(value: JsonValue | undefined, key: string | number): JsonValue | undefined {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (Reflect.get(value, key) as JsonValue)
    : undefined;
}
