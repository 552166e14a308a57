// Each exchange of a chain line by line while it happens: what is sent, what comes back, how long each part took.
import type { ExchangeObserver } from "../../chain/exchange-observer.ts";
import type { HttpRequest } from "../../chain/http-attempt.ts";
import type { Mask } from "../../chain/masking.ts";
import { cutText, longestUrl, redirectedUrl } from "../../chain/response-sample.ts";
import type { Clock } from "../../runtime/clock.ts";
import { printable } from "../render-text.ts";
import { renderHeaders } from "./render-headers.ts";

export interface ExchangeTeller extends ExchangeObserver {
  /** The request of the next try: any other that follows is a redirect's. */
  onTry(request: HttpRequest): void;
}

interface Telling {
  readonly clock: Clock;
  readonly mask: Mask;
  readonly print: (line: string) => void;
}

interface Mark {
  readonly reached: string;
  /** Monotonic milliseconds. */
  readonly at: number;
}

export function tellExchanges({ clock, mask, print }: Telling): ExchangeTeller {
  let asked: HttpRequest | null = null;
  let url = "";
  let marks: Mark[] = [];
  const mark = (reached: string) => void marks.push({ reached, at: clock.monotonic() });
  return {
    onTry(request) {
      asked = request;
    },
    onRequest(request) {
      ({ url } = request);
      // Masked before it is cut: half a secret is a secret too.
      const shown = request === asked ? cutText(mask(url), longestUrl) : redirectedUrl(url, mask);
      print(`> ${printable(`${request.method} ${shown}`)}`);
      for (const line of renderHeaders(request.headers, url, mask)) print(`> ${line}`);
      marks = [];
      mark("start");
    },
    onConnection: mark,
    onAnswer(statusCode, headers) {
      mark("first byte");
      print(`< ${statusCode}`);
      for (const line of renderHeaders(headers, url, mask)) print(`< ${line}`);
    },
    onEnd() {
      mark("total");
      print(renderTiming(marks));
    },
  };
}

/** `dns 3 ms, connect 1 ms, tls 5 ms, first byte 12 ms, total 23 ms`: each part from the end of the one before. */
function renderTiming(marks: readonly Mark[]): string {
  const [start, ...reached] = marks;
  if (start === undefined) return "";
  const parts = reached.map(({ reached, at }, i) => {
    const since = reached === "total" ? start : (marks[i] ?? start);
    return `${reached} ${Math.round(at - since.at)} ms`;
  });
  return [...(reached[0]?.reached === "first byte" ? ["reused connection"] : []), ...parts].join(", ");
}
