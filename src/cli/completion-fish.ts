// The completion script for fish.
import { type CompletionOption, type CompletionPlace, valueFlags } from "./completion-tree.ts";

export function fishCompletion(places: readonly CompletionPlace[]): string {
  const known = places.slice(1).map(({ at }) => quoted(at));
  return `# fish completion of fleetcron, made by: fleetcron complete fish
function __fleetcron_at
  set -l at ""
  set -l is_value no
  for word in (commandline -opc)[2..-1]
    if test $is_value = yes
      set is_value no
      continue
    end
    switch $word
      case ${[...valueFlags(places).keys()].join(" ")}
        set is_value yes
      case '-*'
      case '*'
        if contains -- "$at $word" ${known.join(" ")}
          set at "$at $word"
        end
    end
  end
  test "$at" = "$argv[1]"
end
for name in fleetcron fleetcron-agent
  complete -c $name -e
  complete -c $name -f
${places.flatMap(renderPlace).join("\n")}
end
`;
}

function renderPlace({ at, commands, options, argument }: CompletionPlace): readonly string[] {
  const start = `  complete -c $name -n ${quoted(`__fleetcron_at ${quoted(at)}`)}`;
  const words = commands.map(({ name, description }) => `${start} -a ${name} -d ${quoted(description)}`);
  const choices = typeof argument === "object" ? argument.choices.map((choice) => `${start} -a ${choice}`) : [];
  const files = argument === "file" ? [`${start} -F`] : [];
  return [...words, ...choices, ...files, ...options.map((option) => `${start} ${renderOption(option)}`)];
}

function renderOption({ flags, description, value }: CompletionOption): string {
  const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const takes = value === null ? [] : value === "file" ? ["-r -F"] : ["-x"];
  const choices = typeof value === "object" && value !== null ? [`-a ${quoted(value.choices.join(" "))}`] : [];
  return [...names, ...takes, ...choices, `-d ${quoted(description)}`].join(" ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
