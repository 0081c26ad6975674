/** `apex positions`: what is held. */
import { Option } from "@commander-js/extra-typings";
import type { Wish } from "../../../application/command.ts";
import type { Surroundings } from "../invocation.ts";
import { type ApexProgram, type GlobalOptions, repetition, watchOption } from "../options.ts";

const EXAMPLES = `
Examples:
  apex positions                           the book of the running monitor, one row for each account's holding
  apex positions --symbol AAPL             what is held in AAPL and its options
  apex positions --account DU1234567       of one account
  apex positions --format csv > book.csv   every column, times in UTC
  apex positions --env demo --watch 5      again every five seconds, until Ctrl+C

Asks the apex watch that runs in this folder and environment. When none runs, the last stored book is shown, with the
time that it was taken; it is never shown as live (in CSV and JSON: live is false). --watch needs a running monitor.`;

export function addPositions(program: ApexProgram, where: Surroundings, choose: (wish: Wish) => void): void {
  program.command("positions")
    .description("what is held, from the running monitor, else as last stored")
    .option("--account <account>", "this account alone")
    .option("--symbol <symbol>", "this underlying or contract alone")
    .addOption(
      new Option("--format <format>", "how to print it").choices(["table", "csv", "json"] as const)
        .default("table" as const),
    )
    .addOption(watchOption())
    .addHelpText("after", EXAMPLES)
    .action((own, command) => {
      const { for: forMs, now }: GlobalOptions = command.optsWithGlobals();
      choose({
        command: "positions",
        account: own.account ?? null,
        symbol: own.symbol ?? null,
        output: own.format ?? "table",
        watch: repetition(own.watch, where),
        forMs: forMs ?? null,
        now: now ?? null,
        width: where.columns ?? null,
      });
    });
}
