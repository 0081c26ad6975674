/** `apex init`: a configuration to begin with. */
import type { LocalRequest } from "../../../application/command.ts";
import type { ApexProgram } from "../options.ts";

const EXAMPLES = `
Examples:
  apex init                  in a folder of its own: config/, data/ and an example of positions kept by hand

Asks nothing and overwrites nothing: what is there already stays as it is. Every key stands in the files with its unit and
default beside it; all of them may be left out.`;

export function addInit(program: ApexProgram, choose: (request: LocalRequest) => void): void {
  program.command("init")
    .description("write a commented configuration and data folders into the working folder")
    .addHelpText("after", EXAMPLES)
    .action(() => choose({ command: "init" }));
}
