/** Completions for bash, from version 3.2 on. */
import type { CompletionTree } from "./completion_tree.ts";
import { allCommands, CONTEXT_OPTIONS, lookups, optionsOf, quoted } from "./script_tables.ts";

export function bashScript(tree: CompletionTree): string {
  const options = allCommands(tree).map((command) => {
    const flags = optionsOf(command, tree).flatMap(({ flags }) => flags).filter((flag) => flag.startsWith("--"));
    return `    ${quoted(command.path)}) REPLY=${quoted(flags.join(" "))} ;;`;
  });
  return `# Completions of apex for bash. For this shell:     source <(apex completions bash)
# For every new one: apex completions bash > ~/.local/share/bash-completion/completions/apex
${lookups(tree)}
_apex_options() {
  case "$1" in
${options.join("\n")}
    *) REPLY='' ;;
  esac
}
${FUNCTION}
complete -F _apex apex
`;
}

/**
 * Words are taken from the line itself: bash breaks them at = and : too, where only what follows is to be replied.
 */
const FUNCTION = `_apex() {
  local line=\${COMP_LINE:0:COMP_POINT} where='' values='' word='' broken='' place=0 i=1 count REPLY candidate IFS=$' \\t\\n'
  local -a typed context candidates
  typed=() context=() candidates=() COMPREPLY=()
  read -ra typed <<< "$line"
  [[ $line == *[[:space:]] ]] && typed+=('')
  count=\${#typed[@]}
  (( count > 1 )) || return 0
  word=\${typed[count - 1]}
  while (( i < count - 1 )); do
    case "\${typed[i]}" in
      ${CONTEXT_OPTIONS.map((option) => `${option}=*`).join("|")}) context+=("\${typed[i]}") ;;
      --*=*) ;;
      -*)
        _apex_value "$where" "\${typed[i]}"
        if [[ -n $REPLY ]]; then
          if (( i == count - 2 )); then
            values=$REPLY
          else
            case "\${typed[i]}" in ${CONTEXT_OPTIONS.join("|")}) context+=("\${typed[i]}" "\${typed[i + 1]}") ;; esac
          fi
          i=$(( i + 1 ))
        fi
        ;;
      *)
        _apex_subcommands "$where"
        if [[ " $REPLY " == *" \${typed[i]} "* ]]; then
          where="\${where:+$where }\${typed[i]}"
          place=0
        else
          place=$(( place + 1 ))
        fi
        ;;
    esac
    i=$(( i + 1 ))
  done
  if [[ -z $values && $word == --*=* ]]; then
    _apex_value "$where" "\${word%%=*}"
    values=\${REPLY:-text}
    [[ $COMP_WORDBREAKS == *=* ]] || broken=none
    [[ $broken == none ]] && return 0
    word=\${word#*=}
  elif [[ -z $values && $word == -* ]]; then
    _apex_options "$where"
    values="words $REPLY"
  elif [[ -z $values ]]; then
    _apex_subcommands "$where"
    if [[ -n $REPLY ]]; then
      values="words $REPLY"
    else
      _apex_place "$where" "$place"
      values=$REPLY
    fi
  fi
  case "$values" in
    'words '*) candidates=(\${values#words }) ;;
    'ask '*)
      while IFS= read -r candidate; do
        candidates+=("$(printf '%q' "$candidate")")
      done < <("\${typed[0]}" \${context[@]+"\${context[@]}"} completions --complete "\${values#ask }" 2> /dev/null)
      ;;
    files | folders)
      compopt -o filenames 2> /dev/null
      IFS=$'\\n'
      if [[ $values == files ]]; then COMPREPLY=($(compgen -f -- "$word")); else COMPREPLY=($(compgen -d -- "$word")); fi
      return 0
      ;;
  esac
  [[ $word == *:* && $COMP_WORDBREAKS == *:* ]] && broken=\${word%"\${word##*:}"}
  for candidate in \${candidates[@]+"\${candidates[@]}"}; do
    [[ $candidate == "$word"* ]] && COMPREPLY+=("\${candidate#"$broken"}")
  done
  return 0
}`;
