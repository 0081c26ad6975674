/** `apex backfill`: past trades into the store. */
import { Option } from "@commander-js/extra-typings";
import { HISTORY_MARKETS } from "../../../application/backfill/market_zone.ts";
import type { BackfillRequest, Wish } from "../../../application/command.ts";
import { dateArgument } from "../date_argument.ts";
import type { Surroundings } from "../invocation.ts";
import { type ApexProgram, type GlobalOptions, wholeNumber } from "../options.ts";

const EXAMPLES = `
Examples:
  apex backfill --broker ib                                   what is missing of the last 30 days
  apex backfill --broker ib --days 365 --dry-run              read a year and print it, and write nothing
  apex backfill --broker ib --from 2025-01-01 --to 2025-12-31
  apex backfill --broker ib --account DU1234567 --force       this account, read again
  apex backfill --broker futu --market HK --days 365          a year of Hong Kong, of every account of Futu's

IB has three sources. The API keeps the current day's executions, up to a week where TWS's trade log shows one. Older history
comes from Flex statements: *.xml in the folder flex.folder (data/flex), each read once and whole, whatever --days says; and
the Flex web service, when flex.token and flex.query_id are set and the program was built to reach it. An execution that
several of them give is stored once.

Futu's OpenD gives orders, deals and fees, account by account and market by market, of real accounts; of paper accounts orders
alone. It takes ten questions in 30 s: what waits for that says so. What may still change is read again by the next run.

Run it as often as you like: it goes on where it stopped, also after a kill. Days are New York's, of Futu those of the market,
first and last included.
Exit codes: 0 done; 1 something failed, the rest is stored; 130 stopped by Ctrl+C.`;

const BROKERS: Readonly<Record<"ib" | "futu" | "all", BackfillRequest["broker"]>> = {
  ib: "IB",
  futu: "FUTU",
  all: "all",
};
const DEFAULT_DAYS = 30;
const MOST_DAYS = 3_660;

export function addBackfill(program: ApexProgram, where: Surroundings, choose: (wish: Wish) => void): void {
  program.command("backfill")
    .description("read past trades and what they cost into the store")
    .addOption(
      new Option("--broker <broker>", "whose history").choices(["ib", "futu", "all"] as const).default("all" as const),
    )
    .option("--account <account>", "this account alone")
    .addOption(
      new Option("--market <market>", "this market alone; for Futu, since IB's history knows no markets")
        .choices(HISTORY_MARKETS),
    )
    .addOption(
      new Option("--days <number>", "this many days back from today (default: 30)")
        .argParser(wholeNumber(1, MOST_DAYS)).conflicts(["from", "to"]),
    )
    .addOption(new Option("--from <date>", "first day, YYYY-MM-DD (default: 30 days in all)").argParser(dateArgument))
    .addOption(new Option("--to <date>", "last day, YYYY-MM-DD (default: today)").argParser(dateArgument))
    .option("--dry-run", "read and print, and write nothing at all")
    .option("--force", "read again what was read before")
    .addHelpText("after", EXAMPLES)
    .action((own, command) => {
      const { now }: GlobalOptions = command.optsWithGlobals();
      const { from = null, to = null, account = null, market = null } = own;
      const broker = BROKERS[own.broker ?? "all"];
      if (from !== null && to !== null && from > to) command.error(`error: --from ${from} is after --to ${to}`);
      if (market !== null && broker === "IB") {
        command.error("error: --market is for Futu: IB's history knows no markets");
      }
      choose({
        command: "backfill",
        broker,
        account,
        market,
        from,
        to,
        days: own.days ?? DEFAULT_DAYS,
        dryRun: own.dryRun === true,
        force: own.force === true,
        now: now ?? null,
        progress: where.errorTerminal === true,
        width: where.columns ?? null,
      });
    });
}
