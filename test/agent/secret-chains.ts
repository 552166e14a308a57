// Chains by chance, of a seed: secrets in every place of a request, and targets that send them back in every way.
import { gzipSync } from "node:zlib";
import { everydayEncodings } from "../helpers/everyday-encodings.ts";
import type { LoggedRequest, Target, TargetHandler } from "../helpers/target.ts";
import { type Chance, chanceOf } from "../simulation/chance.ts";

export const chainSecrets: Readonly<Record<string, string>> = {
  /** Looks different in every encoding. */
  ODD: `p@ss/wörd+"x"&=1'<k>\\ z!`,
  TOKEN: "0a1B2c3D4e5F60718293a4B5c6D7e8F9",
  /** No header can carry it as it is. */
  WIDE: "Schlüssel-鍵-😀-geheim",
};

const keys = Object.keys(chainSecrets);
export const encodings = Object.entries(everydayEncodings);

/** How a target answers with all that it was sent, in the encoding; the path is `/<answer>/<number of the encoding>`. */
const answers: Readonly<Record<string, (echo: string, ...rest: Parameters<TargetHandler>) => void>> = {
  plain: (echo, _request, response) => response.end(echo),
  json: (echo, { url }, response) => response.end(JSON.stringify({ id: 7, echo, url })),
  refused: (echo, _request, response) =>
    response.writeHead(500, inHeader(echo), { "x-echo": inHeader(echo) }).end(echo),
  gzip: (echo, _request, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(echo)),
  moved: (echo, { url }, response) =>
    response.writeHead(307, { location: `${url.replace("/moved/", "/plain/")}&echo=${inHeader(echo)}` }).end(echo),
  /** Each part is a chunk, and ends in the middle of whatever is there. */
  parts: (echo, _request, response) => {
    const bytes = Buffer.from(echo);
    for (let at = 0; at < bytes.length; at += 37) response.write(bytes.subarray(at, at + 37));
    response.end();
  },
  /** The record keeps 2,000 characters, and ends somewhere in what was sent. */
  long: (echo, { url }, response) => response.end("x".repeat(1_990 - (url.length % 60)) + echo + "x".repeat(70_000)),
  /** Ends in the middle of a value, of its escapes, or of a character. */
  broken: (echo, { url }, response, { socket }) => {
    response.writeHead(200, { "content-length": 100_000 });
    const bytes = Buffer.from(echo);
    response.write(bytes.subarray(0, -1 - (url.length % 60)), () => socket.resetAndDestroy());
  },
};

/** In the characters that a status text, a header and a url may hold. */
const inHeader = encodeURIComponent;

export function answerChains(target: Target): void {
  for (const [name, answer] of Object.entries(answers)) {
    for (const [number, [, encode]] of encodings.entries()) {
      const handler: TargetHandler = (request, ...rest) => answer(encode(echoOf(request)), request, ...rest);
      for (const value of Object.values(chainSecrets)) {
        target.on(`/${name}/${number}/${encodeURIComponent(value)}`, handler);
      }
    }
  }
}

/** All that carried a secret, as it was meant. */
function echoOf({ url, headers, body }: LoggedRequest): string {
  return `${decodeURIComponent(url)}\n${headers["x-key"]}\n${headers.authorization}\n${body}`;
}

/** Jobs that are due now, one to four actions each. */
export function secretJobs(seed: number, count: number, targetUrl: string): readonly object[] {
  const chance = chanceOf(seed, "secrets");
  return Array.from({ length: count }, (_, i) => ({
    name: `chain ${i}`,
    at: new Date(),
    actions: Array.from({ length: chance.whole(1, 4) }, (_, step) => ({
      ...(chance.hits(0.05) ? execAction() : httpAction(chance, targetUrl, step)),
      continue_on_failure: chance.hits(0.7),
    })),
    notify: ["hook"],
    ...(chance.hits(0.2) ? { ping_url: `http://127.0.0.1:9/{{${chance.pick(keys)}}}` } : {}),
  }));
}

function execAction(): object {
  return { type: "exec", command: ["/usr/bin/env"], env: { ODD: "{{ODD}}", WIDE: "{{WIDE}}" } };
}

function httpAction(chance: Chance, targetUrl: string, step: number): object {
  const template = () => `{{${chance.pick(keys)}${chance.pick(["", "", " | urlencode", " | base64", " | json"])}}}`;
  const answer = chance.pick(Object.keys(answers));
  const path = `/${answer}/${chance.whole(0, encodings.length - 1)}/{{${chance.pick(keys)}}}`;
  const broken = `{{${chance.pick(keys)}}}${chance.pick(["", "/{{NO_SUCH}}"])}`;
  const url = chance.hits(0.05) ? broken : `${targetUrl}${path}?a=${template()}`;
  return {
    ...{ name: `${answer} ${step}`, method: "PUT", url, params: { b: template() } },
    headers: { "X-Key": `a {{${chance.pick(["ODD", "TOKEN", "WIDE | base64"])}}}`, Authorization: "Bearer {{TOKEN}}" },
    ...content(chance, template),
    ...(answer === "moved" && chance.hits(0.7) ? { follow_redirects: 1 } : {}),
    ...(chance.hits(0.3) ? { retry: { retries: 1, delay_sec: 0.01, on: ["expect", "5xx", "network"] } } : {}),
    ...(answer === "json" ? wishes(chance) : {}),
    ...(answer === "plain" && chance.hits(0.3) ? { expect: { body_contains: "no such text" } } : {}),
  };
}

function content(chance: Chance, template: () => string): object {
  const texts = { one: template(), two: `x${template()}y` };
  return chance.pick<object>([
    {},
    { body: { ...texts, list: [template()] } },
    { body: `t ${template()}` },
    { form: texts },
  ]);
}

/** What of an answer is judged and saved; an echo can be neither. */
function wishes(chance: Chance): object {
  const path = chance.pick(["$.echo", "$.url"]);
  return chance.pick<object>([
    { expect: { status: [200], json: [{ path, eq: "another" }] } },
    { expect: { status: [200], json: [{ path, type: "number" }] } },
    { save: { id: "$.id", taken: path } },
    { save: { id: "$.id" } },
  ]);
}
