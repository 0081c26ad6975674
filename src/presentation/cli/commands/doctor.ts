/** `apex doctor`: what stands in the way, and what to do about it. */
import { Option } from "@commander-js/extra-typings";
import type { Wish } from "../../../application/command.ts";
import type { Surroundings } from "../invocation.ts";
import type { ApexProgram, GlobalOptions } from "../options.ts";

const EXAMPLES = `
Examples:
  apex doctor                              configuration, TWS paper trading, market data, database and the rest
  apex doctor --env prod                   the same for TWS live trading
  apex doctor --env demo                   on the built-in simulated gateway
  apex doctor --format json                the findings for a program

Each check says OK, WARN or FAIL, what was found, and what to do about it; -- is what could not be looked at. Takes less
than 20 seconds and only asks for data: no order leaves APEX. Exit code 1 when a check fails.`;

export function addDoctor(program: ApexProgram, where: Surroundings, choose: (wish: Wish) => void): void {
  program.command("doctor")
    .description("check configuration, permissions, TWS, market data, database and terminal, and say what to do")
    .addOption(
      new Option("--format <format>", "how to print it").choices(["table", "json"] as const).default("table" as const),
    )
    .addHelpText("after", EXAMPLES)
    .action((own, command) => {
      const { now, color }: GlobalOptions = command.optsWithGlobals();
      choose({
        command: "doctor",
        output: own.format ?? "table",
        now: now ?? null,
        width: where.columns ?? null,
        color: color && where.color && where.terminal,
      });
    });
}
