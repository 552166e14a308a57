// The certificates of the tests: `ca` signed `localhost` (also for 127.0.0.1 and a.test), `other-host` and `expired`;
// `self-signed` nobody did.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What a server needs to show the certificate of that name. */
export function certificate(name: string): { readonly key: string; readonly cert: string } {
  return { key: pem("key"), cert: pem(name) };
}

/** The text of a file here. */
export function pem(name: string): string {
  return readFileSync(join(import.meta.dirname, `${name}.pem`), "utf8");
}
