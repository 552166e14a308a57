// Runs a table of broken configs: each row is a test of every line that a person sees.
import assert from "node:assert/strict";
import { test } from "node:test";
import { configName, scratch, uri } from "./scratch.ts";

export interface Row {
  /** The whole text of the file, or keys that stand beside a good mongodb_uri. */
  readonly file?: string | Record<string, unknown>;
  readonly env?: Record<string, string>;
  readonly set?: readonly string[];
  /** Every line that a person sees. */
  readonly says: readonly string[];
}

/** A message about a line of the file; 3 is the first after mongodb_uri. */
export const line = (text: string, number = 3) => `${text} (${configName}:${number})`;

/** No row may show `geheim`, which stands in them for secrets. */
export function testRefused(rows: Readonly<Record<string, Row>>): void {
  for (const [name, { file, env = {}, set = [], says }] of Object.entries(rows)) {
    test(`a config with ${name} is refused in plain words`, (t) => {
      const place = scratch(t);
      if (file !== undefined) {
        place.write(configName, typeof file === "string" ? file : { mongodb_uri: uri, ...file });
      }
      const error = place.failure({ env, set });
      assert.equal(error.code, "config_invalid");
      assert.deepEqual(error.details, says);
      assert.doesNotMatch(error.details.join(), /geheim|100%/);
    });
  }
}
