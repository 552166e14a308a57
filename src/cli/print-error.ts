// Errors as people read them: one line that says what, then details, on stderr.
import { exitCodes, FleetCronError, messageOf } from "../errors.ts";
import type { Output } from "./output.ts";

/** Prints what was thrown and answers the exit code it stands for. */
export function printError(error: unknown, output: Output): number {
  if (!(error instanceof FleetCronError)) {
    output.note(`fleetcron: unexpected error: ${messageOf(error)}`);
    if (error instanceof Error && error.stack !== undefined) output.note(error.stack);
    return exitCodes.failed;
  }
  output.note(`fleetcron: ${error.message}`);
  for (const line of error.details) output.note(`  ${line}`);
  return error.exitCode;
}
