/** `apex scenario`: what moves of the market would do to the book. */
import { Option } from "@commander-js/extra-typings";
import type { Wish } from "../../../application/command.ts";
import type { Surroundings } from "../invocation.ts";
import { type ApexProgram, durationOption, type GlobalOptions, repetition, watchOption } from "../options.ts";
import { dayShocks, spotShocks, volMoves } from "../shock_argument.ts";

const EXAMPLES = `
Examples:
  apex scenario                                    the moves of scenarios.shocks, volatility down and up
  apex scenario --spot -5% --vol 5pt               one move: spots down 5 %, volatility up 5 points
  apex scenario --spot -0.10,-0.05,0,0.05 --vol 0,+10% --days 0,5
  apex scenario --spot -10% --by-beta --by-name    each name by its beta, and what each contributes
  apex scenario --symbol TSLA --account DU1234567  that name in that account alone
  apex scenario --stored --format csv > grid.csv   on the last stored risk snapshot; no broker is asked

P&L in the base currency by Taylor's series (flag TAYLOR): today's delta, gamma, vega and theta are carried along; options
are not revalued, so that the further the move the rougher the number. Shares and futures move with the spot, currencies
do not; a volatility does not fall below 1 %. What has no greeks is left out, counted and named. Ask for --vol in points
(5pt) or relative to each option's own (+10%).`;

const DEFAULT_TIMEOUT_MS = 30_000;

export function addScenario(program: ApexProgram, where: Surroundings, choose: (wish: Wish) => void): void {
  program.command("scenario")
    .description("print what moves of spot, volatility and time would do to the book")
    .addOption(new Option("--spot <moves>", "moves of the spot: -5% or -0.05, commas between").argParser(spotShocks))
    .addOption(new Option("--vol <moves>", "moves of volatility: 5pt or +10%, commas between").argParser(volMoves))
    .addOption(new Option("--days <days>", "calendar days forward, commas between (default: 0)").argParser(dayShocks))
    .option("--by-beta", "each name moves by the spot's move times its beta")
    .option("--by-name", "each name's part as well")
    .option("--account <account>", "this account alone")
    .option("--symbol <symbol>", "this underlying or contract alone")
    .option("--stored", "on the last stored risk snapshot instead of the broker's book")
    .addOption(
      durationOption("--timeout <time>", "longest wait for a complete book").default(DEFAULT_TIMEOUT_MS, "30s"),
    )
    .addOption(
      new Option("--format <format>", "how to print it").choices(["table", "csv", "json"] as const)
        .default("table" as const),
    )
    .addOption(watchOption())
    .addHelpText("after", EXAMPLES)
    .action((own, command) => {
      const { for: forMs, now, color }: GlobalOptions = command.optsWithGlobals();
      const watch = repetition(own.watch, where);
      if (own.stored === true && watch !== null) {
        command.error("error: --watch follows the broker's book: leave out --stored");
      }
      choose({
        command: "scenario",
        spots: own.spot ?? null,
        vols: own.vol ?? null,
        days: own.days ?? [0],
        byBeta: own.byBeta === true,
        byName: own.byName === true,
        account: own.account ?? null,
        symbol: own.symbol ?? null,
        stored: own.stored === true,
        output: own.format ?? "table",
        timeoutMs: own.timeout ?? DEFAULT_TIMEOUT_MS,
        forMs: forMs ?? null,
        now: now ?? null,
        failOn: null,
        color: color && where.color && where.terminal,
        width: where.columns ?? null,
        watch,
      });
    });
}
