// An answer's body as JSON, and values of it in messages.
import type { JsonValue } from "../model/job.ts";
import type { StepError } from "../model/run.ts";
import type { HttpResult } from "./http-attempt.ts";
import type { Mask } from "./masking.ts";
import { cutText } from "./response-sample.ts";

/** Parsed when it is first asked for, and once. */
export type ReadJson = () => { readonly value: JsonValue } | { readonly refusal: string };

const longestShown = 60;

export function readJson({ sample, truncated }: HttpResult): ReadJson {
  let read: ReturnType<ReadJson> | null = null;
  return () => {
    read ??= truncated ? { refusal: "a body that is cut at 64 KiB" } : parse(sample ?? "");
    return read;
  };
}

/** Short, and masked before it is cut: half a secret is a secret too. */
export function showJson(value: JsonValue | undefined, mask: Mask): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return JSON.stringify(cut(mask(value)));
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" && value !== null ? "an object" : mask(String(value));
}

export function expectError(message: string): StepError {
  return { code: "expect", message: `expect: ${message}` };
}

function parse(text: string): ReturnType<ReadJson> {
  if (text.trim() === "") return { refusal: "an empty body" };
  try {
    const value: JsonValue = JSON.parse(text);
    return { value };
  } catch {
    return { refusal: "a body that is no JSON" };
  }
}

function cut(text: string): string {
  return text.length <= longestShown ? text : `${cutText(text, longestShown)}…`;
}
