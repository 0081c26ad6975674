/** `apex version`. */
import type { ApexProgram } from "../options.ts";

export function addVersion(program: ApexProgram, version: string, print: (text: string) => void): void {
  program.command("version")
    .description("print the version")
    .addHelpText("after", "\nExamples:\n  apex version")
    .action(() => print(`${version}\n`));
}
