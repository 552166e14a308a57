// Which names a variable may have.
import { CommandError } from "../command-error.ts";

/** In `$$name`. Throws CommandError. */
export function checkVariableName(name: string): void {
  if (name === "") throw new CommandError("FailedToParse", "empty variable names are not allowed");
  const strange = /[^A-Za-z0-9_\u0080-\u{10ffff}]/u.exec(name)?.[0];
  if (strange === undefined) return;
  throw new CommandError("FailedToParse", `'${name}' contains an invalid character for a variable name: '${strange}'`);
}

/** Where one is bound: capital letters are for the system's variables, of which only `CURRENT` may be bound anew. */
export function checkUserVariable(name: string): void {
  if (name !== "CURRENT" && name !== "" && !/^[a-z\u0080-\u{10ffff}]/u.test(name)) {
    throw new CommandError("FailedToParse", `'${name}' starts with an invalid character for a user variable name`);
  }
  checkVariableName(name);
}
