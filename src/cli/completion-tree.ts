// What can be typed after what, from the commander tree: the scripts of all shells are written from this.
import type { Argument, Command, Option } from "commander";

/** What follows an option, or stands as an argument: one of these words, a file, or something nobody can guess. */
export type Expected = { readonly choices: readonly string[] } | "file" | "anything";

export interface CompletionOption {
  /** `-n`, `--limit`. */
  readonly flags: readonly string[];
  readonly description: string;
  /** null: it takes no value. */
  readonly value: Expected | null;
}

export interface CompletionPlace {
  /** The commands typed so far, a space before each: `" jobs run"`; the program itself is `""`. */
  readonly at: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  /** Those of the program too: they may stand anywhere. */
  readonly options: readonly CompletionOption[];
  readonly argument: Expected;
}

/** Every place where a word can stand, the program itself first. */
export function completionPlaces(program: Command): readonly CompletionPlace[] {
  const ofProgram = program.options.map(completionOption);
  const help: CompletionOption = { flags: ["-h", "--help"], description: "help", value: null };
  const visit = (command: Command, at: string): readonly CompletionPlace[] => {
    const own = command === program ? [] : command.options.map(completionOption);
    const place = {
      at,
      commands: command.commands.map((sub) => ({ name: sub.name(), description: sub.description() })),
      options: [...own, ...ofProgram, help],
      argument: expectedArgument(command.registeredArguments[0]),
    };
    return [place, ...command.commands.flatMap((sub) => visit(sub, `${at} ${sub.name()}`))];
  };
  return visit(program, "");
}

/** The flags after which a value stands, each once with what it may be: a flag means the same wherever it stands. */
export function valueFlags(places: readonly CompletionPlace[]): ReadonlyMap<string, Expected> {
  const options = places.flatMap((place) => place.options);
  return new Map(options.flatMap(({ flags, value }) => (value === null ? [] : flags.map((flag) => [flag, value]))));
}

function completionOption(option: Option): CompletionOption {
  const { short, long, description, argChoices } = option;
  const takesValue = option.required || option.optional;
  const flags = [short, long].filter((flag) => flag !== undefined && flag !== null);
  return { flags, description, value: takesValue ? expected(option.flags, argChoices) : null };
}

function expectedArgument(argument: Argument | undefined): Expected {
  return argument === undefined ? { choices: [] } : expected(argument.name(), argument.argChoices);
}

/** The placeholder says it: `--keep <dir>`, `<file|dir>`. */
function expected(placeholder: string, choices: readonly string[] | undefined): Expected {
  if (choices !== undefined) return { choices };
  return /\b(file|dir|path)\b(?!.*=)/.test(placeholder.replace(/^.*</, "")) ? "file" : "anything";
}
