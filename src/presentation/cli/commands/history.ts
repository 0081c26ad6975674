/** `apex history`: the store read back. */
import { Argument, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import type { HistoryRequest, Wish } from "../../../application/command.ts";
import { dayNumber } from "../../../domain/calendar/date.ts";
import type { IsoDate } from "../../../domain/time.ts";
import type { Surroundings } from "../invocation.ts";
import { type ApexProgram, type GlobalOptions, repetition, watchOption } from "../options.ts";

const EXAMPLES = `
Examples:
  apex history pnl --plot                              results by day, 30 days back, with plots
  apex history pnl --by-symbol --from 2026-01-01       realized by symbol, first in first out, this year
  apex history risk --plot --account DU1234567         exposure of one account over time
  apex history fills --symbol AAPL --round-trips       trades from entry to exit, and the lots still open
  apex history fills --format csv > fills.csv          every fill of the range, as RFC 4180 has it
  apex history breaches                                what is open, and each step on the way
  apex history positions --to 2026-11-20               the last book stored by the end of that day
  apex history positions --changes                     what changed, and what explains it
  apex history sync                                    how far history was read, and what failed
  apex history sync --watch 10                         the same again every 10 seconds, until Ctrl+C

Reads the store of database.dsn and asks no broker. Days are those of display.time_zone (for pnl: trade dates), first
and last included. Without --account, pnl and risk show the whole book, the others every account. An x marks what
leaves something out; two dashes what is not known. CSV and JSON have every row and column, times in UTC.`;

const WHAT = ["pnl", "risk", "fills", "breaches", "positions", "sync"] as const;

export function addHistory(program: ApexProgram, where: Surroundings, choose: (wish: Wish) => void): void {
  program.command("history")
    .description("read back what was stored: results, exposure, trades, breaches, positions")
    .addArgument(new Argument("<what>", "what to read").choices(WHAT))
    .addOption(new Option("--from <date>", "first day, YYYY-MM-DD (default: 30 days in all)").argParser(date))
    .addOption(new Option("--to <date>", "last day, YYYY-MM-DD (default: today)").argParser(date))
    .option("--account <account>", "this account alone")
    .option("--symbol <symbol>", "this underlying or contract alone (fills, positions, pnl --by-symbol)")
    .option("--by-symbol", "pnl: realized by symbol instead of by day")
    .option("--round-trips", "fills: from entry to exit instead of single fills")
    .option("--changes", "positions: what changed in the range instead of the last book")
    .option("--plot", "pnl by day and risk: draw it as well")
    .addOption(
      new Option("--format <format>", "how to print it").choices(["table", "csv", "json"] as const)
        .default("table" as const),
    )
    .addOption(watchOption())
    .addHelpText("after", EXAMPLES)
    .action((what, own, command) => {
      const { for: forMs, now, color }: GlobalOptions = command.optsWithGlobals();
      const request: HistoryRequest = {
        command: "history",
        what,
        from: own.from ?? null,
        to: own.to ?? null,
        account: own.account ?? null,
        symbol: own.symbol ?? null,
        output: own.format ?? "table",
        plot: own.plot === true,
        grouped: own.bySymbol === true || own.roundTrips === true,
        changes: own.changes === true,
        now: now ?? null,
        watch: repetition(own.watch, where),
        forMs: forMs ?? null,
        width: where.columns ?? null,
        color: color && where.color && where.terminal,
      };
      const fault = misplaced(request, own);
      if (fault !== null) command.error(`error: ${fault}`);
      choose(request);
    });
}

/** What makes no sense together, or null. */
function misplaced(
  { what, from, to, symbol, plot, output, grouped, watch }: HistoryRequest,
  own: { readonly bySymbol?: boolean; readonly roundTrips?: boolean; readonly changes?: boolean },
): string | null {
  if (own.bySymbol === true && what !== "pnl") return `--by-symbol belongs to pnl, not to ${what}`;
  if (own.roundTrips === true && what !== "fills") return `--round-trips belongs to fills, not to ${what}`;
  if (own.changes === true && what !== "positions") return `--changes belongs to positions, not to ${what}`;
  if (symbol !== null && !(what === "fills" || what === "positions" || (what === "pnl" && grouped))) {
    return `--symbol belongs to fills, positions and pnl --by-symbol: ${what} is kept by account alone`;
  }
  if (plot && !(what === "risk" || (what === "pnl" && !grouped))) return `--plot belongs to pnl by day and to risk`;
  if (plot && output !== "table") return `--plot draws for the screen: leave out --format ${output}`;
  if (watch !== null && output !== "table") return `--watch shows tables: leave out --format ${output}`;
  if (what === "sync" && (from !== null || to !== null)) {
    return "sync shows where things stand: leave out --from and --to";
  }
  if (from !== null && to !== null && from > to) return `--from ${from} is after --to ${to}`;
  return null;
}

function date(text: string): IsoDate {
  try {
    dayNumber(text);
  } catch (fault) {
    if (fault instanceof RangeError) throw new InvalidArgumentError("Write YYYY-MM-DD, a day that exists.");
    throw fault;
  }
  return text;
}
