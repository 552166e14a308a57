// The completion script for zsh: to be sourced, or as a file named _fleetcron in a folder of $fpath.
import { type CompletionPlace, type Expected, valueFlags } from "./completion-tree.ts";

export function zshCompletion(places: readonly CompletionPlace[]): string {
  const values = valueFlags(places);
  const known = places.slice(1).map(({ at }) => `"${at}"`);
  return `#compdef fleetcron fleetcron-agent
# zsh completion of fleetcron, made by: fleetcron complete zsh
_fleetcron() {
  local at="" option="" files="" word i
  local -a entries
  for ((i = 2; i < CURRENT; i++)); do
    word=$words[i]
    case $word in
      (${[...values.keys()].join("|")})
        option=$word
        ((i++))
        ((i < CURRENT)) && option="" ;;
      (-*) ;;
      (*) case "$at $word" in
        (${known.join("|")}) at="$at $word" ;;
      esac ;;
    esac
  done
  if [[ $PREFIX == --*=* ]]; then
    option=\${PREFIX%%=*}
    compset -P '*='
  fi
  if [[ -n $option ]]; then
    case $option in
${[...values].flatMap(renderValue).join("\n")}
    esac
  elif [[ $PREFIX == -* ]]; then
    case $at in
${places.map(renderOptions).join("\n")}
    esac
  else
    case $at in
${places.map(renderWords).join("\n")}
    esac
  fi
  (( $#entries )) && _describe -V fleetcron entries
  if [[ -n $files ]]; then _files; fi
}
if [[ $funcstack[1] == _fleetcron ]]; then _fleetcron "$@"; else compdef _fleetcron fleetcron fleetcron-agent; fi
`;
}

function renderValue([flag, value]: readonly [string, Expected]): readonly string[] {
  if (value === "anything") return [];
  return [`      (${flag}) ${value === "file" ? "files=1" : `entries=(${value.choices.join(" ")})`} ;;`];
}

function renderOptions({ at, options }: CompletionPlace): string {
  const entries = options.flatMap(({ flags, description }) => flags.map((flag) => entry(flag, description)));
  return `      ("${at}") entries=(${entries.join(" ")}) ;;`;
}

function renderWords({ at, commands, argument }: CompletionPlace): string {
  const choices = typeof argument === "object" ? argument.choices : [];
  const entries = [...commands.map(({ name, description }) => entry(name, description)), ...choices];
  return `      ("${at}") entries=(${entries.join(" ")})${argument === "file" ? "; files=1" : ""} ;;`;
}

function entry(word: string, description: string): string {
  return `'${`${word}:${description}`.replaceAll("'", "'\\''")}'`;
}
