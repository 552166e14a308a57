// `expect`: which answer of a target counts as success.
import type { JsonPath } from "./json-path.ts";
import type { StatusRange } from "./status-range.ts";
import type { ValueTest } from "./value-test.ts";

export interface Expectation {
  /** null: 200-299. */
  readonly status: readonly StatusRange[] | null;
  /** null: whatever it holds. */
  readonly bodyContains: string | null;
  readonly json: readonly JsonExpectation[];
}

export interface JsonExpectation {
  readonly path: JsonPath;
  /** All of them must pass. */
  readonly tests: readonly ValueTest[];
}

/** One entry of `save`: which part of the answer later steps know as `outputs.<name>`. */
export interface SavedOutput {
  readonly name: string;
  readonly path: JsonPath;
}

/** A name that `{{outputs.NAME}}` and the record's field `outputs.NAME` can carry. */
export const outputNamePattern = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
