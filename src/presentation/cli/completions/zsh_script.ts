/** Completions for zsh, with a word on each. */
import type { CompletionTree } from "./completion_tree.ts";
import { allCommands, briefly, CONTEXT_OPTIONS, lookups, optionsOf, quoted } from "./script_tables.ts";

export function zshScript(tree: CompletionTree): string {
  const commands = allCommands(tree);
  const subcommands = commands.filter(({ commands }) => commands.length > 0).map(({ path, commands }) =>
    described(path, commands.map(({ name, description }) => [name, description]))
  );
  const options = commands.map((command) =>
    described(
      command.path,
      optionsOf(command, tree).flatMap(({ flags, description }) =>
        flags.filter((flag) => flag.startsWith("--")).map((flag) => [flag, description] as const)
      ),
    )
  );
  return `#compdef apex
# Completions of apex for zsh. For this shell: source <(apex completions zsh)
# For every new one: apex completions zsh > a folder of $fpath/_apex
${lookups(tree)}
_apex_described_commands() {
  case "$1" in
${subcommands.join("\n")}
    *) reply=() ;;
  esac
}
_apex_described_options() {
  case "$1" in
${options.join("\n")}
    *) reply=() ;;
  esac
}
${FUNCTION}
if [ "$funcstack[1]" = _apex ]; then
  _apex "$@"
else
  compdef _apex apex
fi
`;
}

/** zsh parts the word from what is said of it by a colon. */
function described(path: string, words: readonly (readonly [word: string, description: string])[]): string {
  const items = words.map(([word, description]) => quoted(`${word.replaceAll(":", "\\:")}:${briefly(description)}`));
  return `    ${quoted(path)}) reply=(${items.join(" ")}) ;;`;
}

const FUNCTION = `_apex() {
  local where='' values='' place=0 i=2 REPLY word=\${words[CURRENT]}
  local -a context reply candidates
  while (( i < CURRENT )); do
    case "\${words[i]}" in
      (${CONTEXT_OPTIONS.map((option) => `${option}=*`).join("|")}) context+=("\${words[i]}") ;;
      (--*=*) ;;
      (-*)
        _apex_value "$where" "\${words[i]}"
        if [[ -n $REPLY ]]; then
          if (( i == CURRENT - 1 )); then
            values=$REPLY
          else
            case "\${words[i]}" in (${CONTEXT_OPTIONS.join("|")}) context+=("\${words[i]}" "\${words[i + 1]}") ;; esac
          fi
          (( i++ ))
        fi
        ;;
      (*)
        _apex_subcommands "$where"
        if [[ " $REPLY " == *" \${words[i]} "* ]]; then
          where="\${where:+$where }\${words[i]}"
          place=0
        else
          (( place++ ))
        fi
        ;;
    esac
    (( i++ ))
  done
  if [[ -z $values && $word == --*=* ]]; then
    _apex_value "$where" "\${word%%=*}"
    values=\${REPLY:-text}
    compset -P '*='
  elif [[ -z $values && $word == -* ]]; then
    _apex_described_options "$where"
    _describe -o 'option' reply
    return
  elif [[ -z $values ]]; then
    _apex_described_commands "$where"
    if (( \${#reply} > 0 )); then
      _describe -t commands 'command' reply
      return
    fi
    _apex_place "$where" "$place"
    values=$REPLY
  fi
  case "$values" in
    ('words '*) candidates=(\${=values#words }) ;;
    ('ask '*)
      candidates=("\${(@f)$("\${words[1]}" "\${context[@]}" completions --complete "\${values#ask }" 2> /dev/null)}")
      candidates=(\${candidates:#})
      ;;
    (files) _files; return ;;
    (folders) _files -/; return ;;
  esac
  (( \${#candidates} > 0 )) && compadd -a candidates
}`;
