// `save`: parts of an answer become outputs of the run, which later steps use and which the run's record keeps.
import type { SavedOutput } from "../model/expectation.ts";
import type { JsonValue } from "../model/job.ts";
import { findOne } from "../model/json-path.ts";
import type { Outputs } from "../model/run.ts";
import type { Verdict } from "./judge-response.ts";
import type { Mask } from "./masking.ts";
import { expectError, type ReadJson } from "./response-json.ts";

const mostOutputBytes = 4_096;
const mostRunBytes = 32_768;
const deepest = 20;

const nothingSaved: Outputs = new Map();

/** All that `save` names, or the failure of the try. `outputs`: those of earlier steps. */
export function saveOutputs(save: readonly SavedOutput[], read: ReadJson, outputs: Outputs, mask: Mask): Verdict {
  if (save.length === 0) return { error: null, saved: nothingSaved };
  const json = read();
  if ("refusal" in json) return failed(`save needs JSON, got ${json.refusal}`);
  const saved = new Map<string, JsonValue>();
  for (const { name, path } of save) {
    const found = findOne(path, json.value);
    if ("refusal" in found) return failed(`save.${name}: ${path.text} ${found.refusal}`);
    if (found.value === undefined) return failed(`save.${name}: expected a value at ${path.text}, got nothing`);
    const refusal = unfit(found.value, mask);
    if (refusal !== null) return failed(`save.${name}: ${path.text} is ${refusal}`);
    saved.set(name, found.value);
  }
  const sizes = [...new Map([...outputs, ...saved]).entries()].map(([name, value]) => name.length + bytesOf(value));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total > mostRunBytes) return failed(`the run's outputs would be ${total} bytes, more than ${mostRunBytes}`);
  return { error: null, saved };
}

/** Why the value can't be kept, or null. A successor works with what the record holds: it must be all of the value. */
function unfit(value: JsonValue, mask: Mask): string | null {
  const unstorable = unstorablePart(value, 0);
  if (unstorable !== null) return `${unstorable}, which the run's record can't keep as it is`;
  const bytes = bytesOf(value);
  if (bytes > mostOutputBytes) return `${bytes} bytes, more than the ${mostOutputBytes} of one output`;
  const text = JSON.stringify(value);
  const isSecret = mask(text) !== text;
  return isSecret
    ? "or holds a secret: outputs are stored, secrets never are, and save_secret does not exist yet"
    : null;
}

function unstorablePart(value: JsonValue, depth: number): string | null {
  if (typeof value === "number") return isExact(value) ? null : "a number with more digits than are kept";
  if (typeof value === "string") return value.isWellFormed() ? null : "a text that is no valid Unicode";
  if (typeof value !== "object" || value === null) return null;
  if (depth >= deepest) return `nested deeper than ${deepest} levels`;
  const badKey = Array.isArray(value) ? undefined : Object.keys(value).find((key) => !isKey(key));
  if (badKey !== undefined) return "an object with a key that is empty, begins with $ or holds a dot or NUL";
  for (const part of Object.values(value)) {
    const unstorable = unstorablePart(part, depth + 1);
    if (unstorable !== null) return unstorable;
  }
  return null;
}

/** Larger whole numbers, often ids, were rounded when they were read. */
function isExact(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}

/** What a field may be called in every version of the database. */
function isKey(key: string): boolean {
  return key !== "" && key !== "__proto__" && !key.startsWith("$") && !/[.\0]/.test(key) && key.isWellFormed();
}

function bytesOf(value: JsonValue): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function failed(message: string): Verdict {
  return { error: expectError(message), cause: "expect" };
}
