/** `apex snapshot`: one look at the book. */
import { Option } from "@commander-js/extra-typings";
import type { Wish } from "../../../application/command.ts";
import type { Surroundings } from "../invocation.ts";
import {
  type ApexProgram,
  durationOption,
  failOnOption,
  type GlobalOptions,
  repetition,
  watchOption,
} from "../options.ts";

const EXAMPLES = `
Examples:
  apex snapshot                            a table of the book on TWS paper trading
  apex snapshot --format json > book.json  the same as JSON (docs/snapshot.schema.json describes it)
  apex snapshot --format csv > book.csv    the positions, as RFC 4180 has it
  apex snapshot --watch 10                 the tables again every 10 seconds, until Ctrl+C
  apex snapshot --env prod --fail-on hard  exit code 3 when a limit is broken
  apex snapshot --timeout 1m               wait longer for slow market data

Waits until positions, accounts, P&L and executions are complete and every line of market data has answered or
was refused, prints one snapshot and ends. After the time-out it prints what there is, which says what is missing.`;

const DEFAULT_TIMEOUT_MS = 30_000;

export function addSnapshot(program: ApexProgram, where: Surroundings, choose: (wish: Wish) => void): void {
  program.command("snapshot")
    .description("connect, wait for the complete book, print it once, end")
    .addOption(
      durationOption("--timeout <time>", "longest wait for a complete book").default(DEFAULT_TIMEOUT_MS, "30s"),
    )
    .addOption(
      new Option("--format <format>", "how to print it").choices(["table", "csv", "json"] as const)
        .default("table" as const),
    )
    .addOption(watchOption())
    .addOption(failOnOption())
    .addHelpText("after", EXAMPLES)
    .action((own, command) => {
      const { for: forMs, now, color }: GlobalOptions = command.optsWithGlobals();
      choose({
        command: "snapshot",
        output: own.format ?? "table",
        timeoutMs: own.timeout ?? DEFAULT_TIMEOUT_MS,
        forMs: forMs ?? null,
        now: now ?? null,
        failOn: own.failOn ?? null,
        color: color && where.color && where.terminal,
        width: where.columns ?? null,
        watch: repetition(own.watch, where),
      });
    });
}
