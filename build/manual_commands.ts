/** The command reference of the user manual, out of the commands themselves. */
import { apexProgram, parseArguments } from "../src/presentation/cli/arguments.ts";
import { inCell } from "./table_cell.ts";

type Command = ReturnType<typeof apexProgram>["commands"][number];

/** What `apex --help` prints. */
export function wholeHelp(): string {
  return helpOf([]);
}

/** Every command that is not hidden, and those below it, with its options and examples. */
export function commandReference(): string {
  return apexProgram().commands.filter(isShown).flatMap((command) => chapters(command, [])).join("\n\n");
}

/** Commander keeps what it leaves out of the help to itself. */
function isShown(command: Command): boolean {
  return command.name() !== "self-test";
}

function chapters(command: Command, above: readonly string[]): string[] {
  const path = [...above, command.name()];
  const words = command.registeredArguments.map((argument) => {
    const name = argument.variadic ? `${argument.name()}...` : argument.name();
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  const heading = `${"#".repeat(2 + path.length)} \`${["apex", ...path, ...words].join(" ")}\``;
  const own = [heading, sentence(command.description()), argumentTable(command), optionTable(command), notes(path)];
  const below = command.commands.flatMap((inner) => chapters(inner as Command, path));
  return [own.filter((part) => part !== "").join("\n\n"), ...below];
}

function argumentTable(command: Command): string {
  const rows = command.registeredArguments.map((argument) =>
    `| \`${argument.name()}\` | ${inCell(argument.description + choicesOf(argument.argChoices))} |`
  );
  return rows.length === 0 ? "" : ["| Argument | Means |", "| --- | --- |", ...rows].join("\n");
}

function optionTable(command: Command): string {
  const rows = command.options.map((option) => {
    const fallback = option.defaultValue === undefined || typeof option.defaultValue === "boolean"
      ? ""
      : ` (default ${option.defaultValueDescription ?? option.defaultValue})`;
    return `| \`${inCell(option.flags)}\` | ${inCell(option.description + choicesOf(option.argChoices) + fallback)} |`;
  });
  return rows.length === 0 ? "" : ["| Option | Means |", "| --- | --- |", ...rows].join("\n");
}

function choicesOf(choices: readonly string[] | undefined): string {
  return choices === undefined ? "" : `: ${choices.map((choice) => `\`${choice}\``).join(", ")}`;
}

/** What the command's help says behind its options. */
function notes(path: readonly string[]): string {
  const help = helpOf(path);
  const at = help.indexOf("\nExamples:");
  if (at < 0) return "";
  return ["```text", ...help.slice(at + 1).trimEnd().split("\n").map((line) => line.trimEnd()), "```"].join("\n");
}

function helpOf(path: readonly string[]): string {
  const asked = parseArguments([...path, "--help"], { terminal: false, color: false, version: "" });
  return asked.kind === "print" ? asked.text : "";
}

function sentence(text: string): string {
  return text === "" ? "" : `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}
