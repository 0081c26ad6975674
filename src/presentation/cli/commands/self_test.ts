/** `apex self-test`: tries what the sandbox must refuse. Not in the help: it is for testing the executable. */
import { Option } from "@commander-js/extra-typings";
import type { Wish } from "../../../application/command.ts";
import type { ApexProgram } from "../options.ts";

export function addSelfTest(program: ApexProgram, choose: (wish: Wish) => void): void {
  program.command("self-test", { hidden: true })
    .description("try what the sandbox refuses, or get stuck")
    .addOption(
      new Option("--attempt <what>", "what to try").choices(["net", "read", "write", "run", "hang"] as const)
        .makeOptionMandatory(),
    )
    .option("--target <target>", "host:port, file or program to try it on")
    .action((own) => choose({ command: "self-test", attempt: own.attempt, target: own.target ?? null }));
}
