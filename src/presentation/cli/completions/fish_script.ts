/** Completions for fish, with a word on each. */
import type { CompletionTree } from "./completion_tree.ts";
import { allCommands, briefly, CONTEXT_OPTIONS, optionsOf, valuesText } from "./script_tables.ts";

export function fishScript(tree: CompletionTree): string {
  const commands = allCommands(tree);
  const subcommands = commands.filter(({ commands }) => commands.length > 0).map(({ path, commands }) =>
    cased(path, commands.map(({ name, description }) => lineOf(name, description)))
  );
  const options = commands.map((command) =>
    cased(
      command.path,
      optionsOf(command, tree).flatMap(({ flags, description }) =>
        flags.filter((flag) => flag.startsWith("--")).map((flag) => lineOf(flag, description))
      ),
    )
  );
  const values = commands.flatMap((command) =>
    optionsOf(command, tree).flatMap(({ flags, values }) =>
      values === null ? [] : flags.map((flag) => cased(`${command.path}|${flag}`, valuesText(values).split(" ")))
    )
  );
  const places = commands.flatMap(({ path, arguments: places }) =>
    places.map((place, at) => cased(`${path}|${at}`, valuesText(place).split(" ")))
  );
  return `# Completions of apex for fish. For this shell: apex completions fish | source
# For every new one: apex completions fish > ~/.config/fish/completions/apex.fish
${lookup("__apex_subcommands", '"$argv[1]"', subcommands)}
${lookup("__apex_options", '"$argv[1]"', options)}
${lookup("__apex_value", '"$argv[1]|$argv[2]"', values)}
${lookup("__apex_place", '"$argv[1]|$argv[2]"', places)}
${FUNCTION}
complete -c apex -f -a '(__apex_complete)'
`;
}

/** fish parts the word from what is said of it by a tab. */
function lineOf(word: string, description: string): string {
  return `${word}\\t${briefly(description)}`;
}

function cased(on: string, lines: readonly string[]): string {
  const words = lines.map((line) => quoted(line).replaceAll("\\\\t", "'\\t'"));
  return `        case ${quoted(on)}\n            printf '%s\\n' ${words.join(" ")}`;
}

/** fish reads a backslash between single quotes where it stands before a quote or another one. */
function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

function lookup(name: string, on: string, cases: readonly string[]): string {
  return [`function ${name}`, `    switch ${on}`, ...cases, "    end", "end"].join("\n");
}

const FUNCTION = `function __apex_complete
    set -l typed (commandline -opc)
    set -l word (commandline -ct)
    set -l where ''
    set -l values
    set -l context
    set -l place 0
    set -l front ''
    set -l i 2
    while test $i -le (count $typed)
        switch $typed[$i]
            case ${CONTEXT_OPTIONS.map((option) => `'${option}=*'`).join(" ")}
                set -a context $typed[$i]
            case '--*=*'
            case '-*'
                set -l found (__apex_value "$where" $typed[$i])
                if set -q found[1]
                    if test $i -eq (count $typed)
                        set values $found
                    else
                        contains -- $typed[$i] ${CONTEXT_OPTIONS.join(" ")}
                        and set -a context $typed[$i] $typed[(math $i + 1)]
                    end
                    set i (math $i + 1)
                end
            case '*'
                if contains -- $typed[$i] (__apex_subcommands "$where" | string replace -r '\\t.*' '')
                    set where (string trim "$where $typed[$i]")
                    set place 0
                else
                    set place (math $place + 1)
                end
        end
        set i (math $i + 1)
    end
    if not set -q values[1]
        if string match -q -- '--*=*' $word
            set front (string replace -r '=.*' '=' -- $word)
            set values (__apex_value "$where" (string replace -r '=.*' '' -- $word))
        else if string match -q -- '-*' $word
            __apex_options "$where"
            return
        else
            set -l inside (__apex_subcommands "$where")
            if set -q inside[1]
                printf '%s\\n' $inside
                return
            end
            set values (__apex_place "$where" $place)
        end
    end
    switch "$values[1]"
        case words
            printf "$front%s\\n" $values[2..-1]
        case ask
            for candidate in ($typed[1] $context completions --complete $values[2] 2>/dev/null)
                printf "$front%s\\n" $candidate
            end
        case files
            __fish_complete_path (string replace -- "$front" '' $word)
        case folders
            __fish_complete_directories (string replace -- "$front" '' $word)
    end
end`;
