// What a step keeps of a response.
import type { Step } from "../model/run.ts";
import type { Mask } from "./masking.ts";

const longestSample = 2000;
/** A hundred steps with all that each may keep fit into a record of 1 MiB. */
const mostSampleBytes = 4000;
/** Characters and bytes of a url that a step keeps. */
export const longestUrl = 1000;

/** The first 2,000 characters, masked before they are cut: half a secret is a secret too. */
export function sampleOf(
  result: { readonly sample: string | null; readonly truncated: boolean },
  mask: Mask,
): Pick<Step, "responseSample" | "responseTruncated"> {
  if (result.sample === null) return { responseSample: null, responseTruncated: false };
  const masked = mask(result.sample, { cut: result.truncated });
  const responseSample = cutText(masked, longestSample, mostSampleBytes);
  return { responseSample, responseTruncated: result.truncated || responseSample.length < masked.length };
}

/** The url of a redirect as a step keeps it: without its query, since targets hand out keys there, which no config knows. */
export function redirectedUrl(url: string, mask: Mask): string {
  const { origin, pathname, search } = new URL(url);
  return cutText(mask(`${origin}${pathname}${search === "" ? "" : "?…"}`), longestUrl, longestUrl);
}

/**
 * At most `length` characters, and `bytes` of UTF-8, never ending inside a surrogate pair (which BSON could not hold).
 */
export function cutText(text: string, length: number, bytes = 4 * length): string {
  if (text.length <= length && Buffer.byteLength(text) <= bytes) return text;
  let end = Math.min(length, text.length);
  while (Buffer.byteLength(text.slice(0, end)) > bytes)
    end -= Math.ceil((Buffer.byteLength(text.slice(0, end)) - bytes) / 4);
  return text.slice(0, /[\ud800-\udbff]/.test(text.charAt(end - 1)) ? end - 1 : end);
}
