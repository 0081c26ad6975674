/** `apex status`: how the running monitor does. */
import { Option } from "@commander-js/extra-typings";
import type { Wish } from "../../../application/command.ts";
import type { Surroundings } from "../invocation.ts";
import { type ApexProgram, failOnOption, type GlobalOptions, repetition, watchOption } from "../options.ts";

const EXAMPLES = `
Examples:
  apex status                              the monitor on TWS paper trading that runs in this folder
  apex status --env prod --format json     of the live one, for a script
  apex status --env demo --watch           again every two seconds, until Ctrl+C
  apex status --env prod --fail-on hard    exit code 3 when a limit is broken

Asks the apex watch that runs in this folder and environment, and changes nothing there. Exit codes: 0 it answered,
1 none runs here or it does not answer, 3 a limit in the state that --fail-on names.`;

export function addStatus(program: ApexProgram, where: Surroundings, choose: (wish: Wish) => void): void {
  program.command("status")
    .description("how the running monitor does: links, health, breaches, age of its figures")
    .addOption(
      new Option("--format <format>", "how to print it").choices(["table", "json"] as const).default("table" as const),
    )
    .addOption(watchOption())
    .addOption(failOnOption())
    .addHelpText("after", EXAMPLES)
    .action((own, command) => {
      const { for: forMs, now }: GlobalOptions = command.optsWithGlobals();
      choose({
        command: "status",
        output: own.format ?? "table",
        failOn: own.failOn ?? null,
        watch: repetition(own.watch, where),
        forMs: forMs ?? null,
        now: now ?? null,
        width: where.columns ?? null,
      });
    });
}
