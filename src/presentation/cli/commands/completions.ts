/** `apex completions`: what a shell needs to complete the words after `apex`. */
import { Argument, Option } from "@commander-js/extra-typings";
import type { LocalRequest } from "../../../application/command.ts";
import type { ApexProgram } from "../options.ts";

const EXAMPLES = `
Examples:
  source <(apex completions bash)                                            for this bash
  apex completions bash > ~/.local/share/bash-completion/completions/apex    for every new one
  source <(apex completions zsh)                                             for this zsh, after compinit
  apex completions fish > ~/.config/fish/completions/apex.fish               for every new fish

Commands, options and choices are in the script: write it anew after an update. Accounts, symbols and breach ids come from
the monitor that runs in this folder, else from the last stored book, within 300 ms or not at all.`;

export function addCompletions(program: ApexProgram, choose: (request: LocalRequest) => void): void {
  program.command("completions")
    .description("print the completions for a shell: bash, zsh or fish")
    .addArgument(new Argument("[shell]", "which one").choices(["bash", "zsh", "fish"] as const))
    .addOption(
      new Option("--complete <what>", "what the scripts ask for").choices(["accounts", "symbols", "breaches"] as const)
        .hideHelp(),
    )
    .addHelpText("after", EXAMPLES)
    .action((shell, own, command) => {
      if (own.complete !== undefined) return choose({ command: "complete", what: own.complete });
      if (shell === undefined) return command.error("error: missing argument 'shell': bash, zsh or fish");
      choose({ command: "completions", shell });
    });
}
