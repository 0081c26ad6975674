/**
 * What the scripts of every shell look up: the global options hold behind every command, and `--env` and the like are handed
 * on to whoever is asked for accounts, symbols and breaches.
 */
import type { CompletedCommand, CompletedOption, CompletionTree, Values } from "./completion_tree.ts";

/** Options that choose the monitor and the configuration. */
export const CONTEXT_OPTIONS = ["--env", "--config-dir", "--config"];

/** The command and all below it. */
export function allCommands(command: CompletedCommand): readonly CompletedCommand[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

/** The global ones behind a command's own. */
export function optionsOf(command: CompletedCommand, tree: CompletionTree): readonly CompletedOption[] {
  if (command === tree) return tree.options;
  const known = new Set(command.options.flatMap(({ flags }) => flags));
  return [...command.options, ...tree.globalOptions.filter(({ flags }) => !flags.some((flag) => known.has(flag)))];
}

/** A place, in the word that the scripts go by: `text`, `files`, `folders`, `ask accounts`, `words table csv`. */
export function valuesText(values: Values): string {
  switch (values.kind) {
    case "text":
    case "files":
    case "folders":
      return values.kind;
    case "asked":
      return `ask ${values.what}`;
    case "words":
      return `words ${values.words.join(" ")}`;
  }
}

/** The first sentence of a description, for a list. */
export function briefly(description: string): string {
  return description.split(/[;(]/)[0]?.trim() ?? "";
}

/** A text between single quotes, as bash and zsh read it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * Look-ups that bash and zsh read alike. Each leaves its answer in REPLY: the subcommands of a command, what follows an option
 * (empty: nothing does), and what stands in a command's n-th place.
 */
export function lookups(tree: CompletionTree): string {
  const commands = allCommands(tree);
  const subcommands = commands.filter(({ commands }) => commands.length > 0)
    .map(({ path, commands }) => `    ${quoted(path)}) REPLY=${quoted(commands.map(({ name }) => name).join(" "))} ;;`);
  const values = commands.flatMap((command) =>
    optionsOf(command, tree).flatMap(({ flags, values }) =>
      values === null
        ? []
        : flags.map((flag) => `    ${quoted(`${command.path}|${flag}`)}) REPLY=${quoted(valuesText(values))} ;;`)
    )
  );
  const places = commands.flatMap(({ path, arguments: places }) =>
    places.map((place, at) => `    ${quoted(`${path}|${at}`)}) REPLY=${quoted(valuesText(place))} ;;`)
  );
  return [
    choice("_apex_subcommands", '"$1"', subcommands),
    choice("_apex_value", '"$1|$2"', values),
    choice("_apex_place", '"$1|$2"', places),
  ].join("\n");
}

function choice(name: string, on: string, cases: readonly string[]): string {
  return [`${name}() {`, `  case ${on} in`, ...cases, "    *) REPLY='' ;;", "  esac", "}"].join("\n");
}
