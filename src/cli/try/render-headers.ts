// Headers of a request or an answer as they may be shown.
import type { Mask } from "../../chain/masking.ts";
import { cutText, redirectedUrl } from "../../chain/response-sample.ts";
import { privateHeaders } from "../../model/header.ts";
import { printable } from "../render-text.ts";

const longestValue = 500;

/** `Name: value`, one line each. `url`: the request's. */
export function renderHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  url: string,
  mask: Mask,
): readonly string[] {
  return Object.entries(headers).flatMap(([name, values = []]) =>
    [values].flat().map((value) => {
      const shown = name.toLowerCase() === "location" ? shownLocation(value, url, mask) : shownValue(name, value, mask);
      const cut = cutText(shown, longestValue);
      return printable(`${name}: ${cut === shown ? shown : `${cut}…`}`);
    }),
  );
}

/**
 * Of a private header (Authorization, Cookie …) nothing unless all of it but the scheme is a secret or an output by name:
 * what a target hands out no config knows.
 */
export function shownValue(name: string, value: string, mask: (text: string) => string): string {
  const masked = mask(value);
  const isShown = !privateHeaders.has(name.toLowerCase()) || isAllByName(masked);
  return isShown ? masked : "(not shown)";
}

/** `Bearer {{API_SECRET}}`, `«outputs.token: …»`. */
function isAllByName(masked: string): boolean {
  return /^([A-Za-z]+ )?(\{\{[^{}]+\}\}|«[^«»]+»)$/.test(masked);
}

/** As a step tells where it was redirected to. */
function shownLocation(location: string, url: string, mask: Mask): string {
  const to = URL.parse(location, url);
  return to === null ? mask(location) : redirectedUrl(to.href, mask);
}
