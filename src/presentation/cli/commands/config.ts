/** `apex config`: the settings that hold, and what is wrong with them. */
import { Argument, Option } from "@commander-js/extra-typings";
import type { LocalRequest } from "../../../application/command.ts";
import type { Surroundings } from "../invocation.ts";
import type { ApexProgram } from "../options.ts";

const EXAMPLES = `
Examples:
  apex config show                         every setting with its value, unit and where it was set
  apex config show --env prod | grep ibkr  what holds for TWS live
  apex config show --format json           the same for a program
  apex config check                        every fault with file, line and what is allowed; exit code 2

Shows what the layers come to: built-in defaults, config/base.yaml, config/risk_config.yaml, config/{env}.yaml, --config
FILE, APEX_* variables. Passwords and tokens are masked.`;

export function addConfig(program: ApexProgram, where: Surroundings, choose: (request: LocalRequest) => void): void {
  program.command("config")
    .description("show every setting with its origin, or check the configuration for faults")
    .addArgument(new Argument("<action>", "what to do").choices(["show", "check"] as const))
    .addOption(
      new Option("--format <format>", "how to print it").choices(["table", "csv", "json"] as const)
        .default("table" as const),
    )
    .addHelpText("after", EXAMPLES)
    .action((action, own, command) => {
      const output = own.format ?? "table";
      if (action === "check" && output === "csv") command.error('error: --format csv belongs to "apex config show"');
      choose({ command: "config", action, output, width: where.columns ?? null });
    });
}
