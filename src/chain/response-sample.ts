// What a step keeps of a response's text.
import type { Step } from "../model/run.ts";
import type { HttpResult } from "./http-attempt.ts";
import type { Mask } from "./masking.ts";

const longestSample = 2000;

/** The first 2,000 characters, masked before they are cut: half a secret is a secret too. */
export function sampleOf(result: HttpResult, mask: Mask): Pick<Step, "responseSample" | "responseTruncated"> {
  if (result.sample === null) return { responseSample: null, responseTruncated: false };
  const masked = mask(result.sample, { cut: result.truncated });
  return {
    responseSample: cutText(masked, longestSample),
    responseTruncated: result.truncated || masked.length > longestSample,
  };
}

/** At most `length` characters, never ending inside a surrogate pair (which BSON could not hold). */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = /[\ud800-\udbff]/.test(text.charAt(length - 1)) ? length - 1 : length;
  return text.slice(0, end);
}
