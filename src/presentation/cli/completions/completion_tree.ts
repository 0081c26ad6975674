/** The commands, options and choices that a shell can complete, read off the command line's own definition. */
import type { CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { EXCHANGES } from "../../../domain/calendar/exchange.ts";

/** What the running monitor, or the last stored book, is asked for. */
export type AskedWords = "accounts" | "symbols" | "breaches";

/** What can stand in a place. */
export type Values =
  /** Free text: there is nothing to offer. */
  | { readonly kind: "text" }
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "files" | "folders" }
  | { readonly kind: "asked"; readonly what: AskedWords };

export interface CompletedOption {
  /** `-V`, `--version`. */
  readonly flags: readonly string[];
  readonly description: string;
  /** Of the word behind it; null: none stands there. */
  readonly values: Values | null;
}

export interface CompletedCommand {
  /** The words to it after `apex`, with blanks; empty for `apex` itself. */
  readonly path: string;
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
  /** In their order. */
  readonly arguments: readonly Values[];
  readonly commands: readonly CompletedCommand[];
}

/** `apex` itself. */
export interface CompletionTree extends CompletedCommand {
  /** Those of its options that hold behind every command; the others are of the one that runs when none is named. */
  readonly globalOptions: readonly CompletedOption[];
}

/** By the name that a place has in the help. */
const BY_NAME: Readonly<Record<string, Values>> = {
  account: { kind: "asked", what: "accounts" },
  symbol: { kind: "asked", what: "symbols" },
  id: { kind: "asked", what: "breaches" },
  exchange: { kind: "words", words: EXCHANGES },
  file: { kind: "files" },
  folder: { kind: "folders" },
};

const TEXT: Values = { kind: "text" };

/** Without what is hidden. `apex` itself also takes the options of the command that runs when none is named. */
export function completionTree(program: CommandUnknownOpts): CompletionTree {
  const tree = completed(program, "");
  const names = tree.commands.map(({ name }) => name);
  const byDefault = tree.commands.find(({ name }) => name === DEFAULT_COMMAND);
  const help: CompletedCommand = {
    path: "help",
    name: "help",
    description: "display help for command",
    options: [],
    arguments: [{ kind: "words", words: names }],
    commands: [],
  };
  return {
    ...tree,
    globalOptions: tree.options,
    options: merged(tree.options, byDefault?.options ?? []),
    commands: [...tree.commands.filter(({ name }) => name !== "help"), help],
  };
}

const DEFAULT_COMMAND = "watch";

function completed(command: CommandUnknownOpts, path: string): CompletedCommand {
  const help = command.createHelp();
  return {
    path,
    name: command.name(),
    description: command.description(),
    options: help.visibleOptions(command).map(completedOption),
    arguments: command.registeredArguments.map((place) => valuesOf(place.argChoices, place.name())),
    commands: help.visibleCommands(command)
      .map((inside) => completed(inside, path === "" ? inside.name() : `${path} ${inside.name()}`)),
  };
}

function completedOption(option: Option): CompletedOption {
  const { short, long, description, required, argChoices, flags } = option;
  const name = /<([a-z-]+)/.exec(flags)?.[1] ?? "";
  return {
    flags: [short, long].filter((flag) => flag !== undefined),
    description,
    values: required ? valuesOf(argChoices, name) : null,
  };
}

function valuesOf(choices: readonly string[] | undefined, name: string): Values {
  return choices === undefined ? BY_NAME[name] ?? TEXT : { kind: "words", words: choices };
}

function merged(own: readonly CompletedOption[], more: readonly CompletedOption[]): readonly CompletedOption[] {
  const known = new Set(own.flatMap(({ flags }) => flags));
  return [...own, ...more.filter(({ flags }) => !flags.some((flag) => known.has(flag)))];
}
