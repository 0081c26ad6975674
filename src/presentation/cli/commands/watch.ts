/** `apex watch`: the monitor. */
import { Option } from "@commander-js/extra-typings";
import type { WatchRequest, Wish } from "../../../application/command.ts";
import type { Surroundings } from "../invocation.ts";
import { type ApexProgram, failOnOption, type GlobalOptions } from "../options.ts";

const EXAMPLES = `
Examples:
  apex                                     the dashboard, on TWS paper trading
  apex watch --env prod                    on TWS live trading
  apex watch --env demo                    on the built-in simulated gateway
  apex watch --no-dashboard --for 5m       plain text for five minutes, one block a snapshot
  apex watch --format jsonl | jq .status   one line of JSON a snapshot

Exit codes: 0 stopped by q, Ctrl+C or --for; 2 wrong configuration; 3 a limit in the state that --fail-on names.`;

export function addWatch(program: ApexProgram, where: Surroundings, choose: (wish: Wish) => void): void {
  program.command("watch", { isDefault: true })
    .description("watch the book: the dashboard, or one snapshot after the other (the default command)")
    .option("--no-dashboard", "plain text instead of the dashboard, as when the output is not a terminal")
    .addOption(
      new Option("--format <format>", "print each snapshot as a block of text or a line of JSON; no dashboard")
        .choices(["text", "jsonl"] as const),
    )
    .option("--auto-migrate", "bring a PostgreSQL database up to date; the embedded store always is", false)
    .addOption(failOnOption())
    .addHelpText("after", EXAMPLES)
    .action((own, command) => {
      const { for: forMs, now, color }: GlobalOptions = command.optsWithGlobals();
      choose({
        command: "watch",
        output: outputOf(own.dashboard, own.format ?? null, where),
        autoMigrate: own.autoMigrate,
        forMs: forMs ?? null,
        now: now ?? null,
        failOn: own.failOn ?? null,
        color: color && where.color,
      });
    });
}

function outputOf(dashboard: boolean, format: "text" | "jsonl" | null, where: Surroundings): WatchRequest["output"] {
  if (format !== null) return format;
  return dashboard && where.terminal ? "dashboard" : "text";
}
