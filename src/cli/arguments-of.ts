// What a person asked for, by the name the program was started by.
import { basename } from "node:path";

/** Global options whose value is an argument of its own. */
const takesValue = new Set(["--config", "--set"]);
const asksOfProgram = new Set(["-h", "--help", "-V", "--version"]);

/** The arguments for the command tree. `fleetcron-agent` without a command is `fleetcron agent`. */
export function argumentsOf(argv: readonly string[]): string[] {
  const given = argv.slice(2);
  const isAgent = basename(argv[1] ?? "").startsWith("fleetcron-agent");
  return isAgent && !namesCommand(given) ? [...given, "agent"] : given;
}

function namesCommand(given: readonly string[]): boolean {
  return given.some((argument, at) => {
    if (takesValue.has(given[at - 1] ?? "")) return false;
    return asksOfProgram.has(argument) || !argument.startsWith("-");
  });
}
