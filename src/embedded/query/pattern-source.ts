// What the two halves of the pattern translation share: the place in the pattern, the flags, the errors.
import { CommandError } from "../command-error.ts";

export interface PatternSource {
  /** By code point. */
  readonly units: readonly string[];
  at: number;
  /** Whether `at` is in a lookbehind, where all has to be of one length: itself, or in a group there. */
  behind: "no" | "outer" | "inner";
}

export interface PatternFlags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
  readonly x: boolean;
}

export const invalidPattern = (why: string): CommandError =>
  new CommandError(51091, `Regular expression is invalid: ${why}`);

export const unsupportedPattern = (what: string): CommandError =>
  new CommandError("NotImplemented", `regular expression: ${what} is not supported by this server`);
