// The completion script for bash, 3.2 (macOS) and later.
import { type CompletionPlace, type Expected, valueFlags } from "./completion-tree.ts";

export function bashCompletion(places: readonly CompletionPlace[]): string {
  const values = valueFlags(places);
  const known = places.slice(1).map(({ at }) => `"${at}"`);
  return `# bash completion of fleetcron, made by: fleetcron complete bash
_fleetcron() {
  local word="\${COMP_WORDS[COMP_CWORD]}" at="" option="" words="" files="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
      ${[...values.keys()].join("|")})
        option="\${COMP_WORDS[i]}"
        # --status=ok comes as three words
        [[ "\${COMP_WORDS[i + 1]}" == "=" ]] && ((i++))
        ((i++))
        ((i < COMP_CWORD)) && option="" ;;
      -*) ;;
      *) case "$at \${COMP_WORDS[i]}" in
        ${known.join("|")}) at="$at \${COMP_WORDS[i]}" ;;
      esac ;;
    esac
  done
  [[ "$word" == "=" ]] && word=""
  if [[ -n "$option" ]]; then
    case $option in
${[...values].flatMap(renderValue).join("\n")}
    esac
  elif [[ "$word" == -* ]]; then
    case "$at" in
${places.map(renderOptions).join("\n")}
    esac
  else
    case "$at" in
${places.map(renderWords).join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  # Where nothing matched: readline's own file names.
  if [[ -n "$files" ]]; then compopt -o default 2>/dev/null; fi
}
complete -F _fleetcron fleetcron fleetcron-agent
`;
}

/** A value that nobody can guess has no line. */
function renderValue([flag, value]: readonly [string, Expected]): readonly string[] {
  if (value === "anything") return [];
  return [`      ${flag}) ${value === "file" ? "files=1" : `words="${value.choices.join(" ")}"`} ;;`];
}

function renderOptions({ at, options }: CompletionPlace): string {
  return `      "${at}") words="${options.flatMap(({ flags }) => flags).join(" ")}" ;;`;
}

function renderWords({ at, commands, argument }: CompletionPlace): string {
  const choices = typeof argument === "object" ? argument.choices : [];
  const words = [...commands.map(({ name }) => name), ...choices].join(" ");
  return `      "${at}") words="${words}"${argument === "file" ? "; files=1" : ""} ;;`;
}
