/** `apex calendar`: the trading days that everything goes by. */
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import type { CalendarRequest, LocalRequest } from "../../../application/command.ts";
import { nearestWord } from "../../../application/nearest_word.ts";
import { dayNumber } from "../../../domain/calendar/date.ts";
import { type Exchange, EXCHANGES } from "../../../domain/calendar/exchange.ts";
import type { IsoDate } from "../../../domain/time.ts";
import type { Surroundings } from "../invocation.ts";
import type { ApexProgram, GlobalOptions } from "../options.ts";

const EXAMPLES = `
Examples:
  apex calendar                                      the coming 30 days of every exchange
  apex calendar --market NYSE HKEX                   of these two
  apex calendar --market NYSE --from 2026-01-01 --to 2026-12-31 --format csv > nyse.csv

One row a weekday: full (closed all day), early (closes early) or open (regular hours), with the regular session's open
and close. In CSV and JSON they are instants with the exchange's offset, empty or null on a full closure; a session
that begins the evening before opens on the date before. JSON also gives lunch, the holiday and who published it.
Without --from it begins today, on the exchange's date; without --to it covers 30 days. The calendars hold 2024 to 2027:
a range that reaches beyond is printed as far as they go, with a line on standard error and exit code 1.`;

/** The spot currency market keeps New York's days; it is listed when asked for. */
const BY_DEFAULT = EXCHANGES.filter((exchange) => exchange !== "FX");

export function addCalendar(program: ApexProgram, where: Surroundings, choose: (request: LocalRequest) => void): void {
  program.command("calendar")
    .description("print the trading days, half days and holidays of each exchange")
    .addOption(
      new Option("--market <exchange...>", `exchanges to list: ${EXCHANGES.join(", ")} (default: all but FX)`)
        .argParser(exchanges),
    )
    .addOption(new Option("--from <date>", "first date, YYYY-MM-DD (default: today)").argParser(date))
    .addOption(new Option("--to <date>", "last date, YYYY-MM-DD (default: 30 days from the first)").argParser(date))
    .addOption(
      new Option("--format <format>", "how to print it").choices(["table", "csv", "json"] as const)
        .default("table" as const),
    )
    .addHelpText("after", EXAMPLES)
    .action((own, command) => {
      const { now }: GlobalOptions = command.optsWithGlobals();
      const { from = null, to = null } = own;
      if (from !== null && to !== null && from > to) command.error(`error: --from ${from} is after --to ${to}`);
      const markets: CalendarRequest["markets"] = own.market ?? BY_DEFAULT;
      choose({
        command: "calendar",
        markets,
        from,
        to,
        output: own.format ?? "table",
        now: now ?? null,
        width: where.columns ?? null,
      });
    });
}

/** Adds a word to the exchanges named so far. */
function exchanges(word: string, before: readonly Exchange[] | undefined): readonly Exchange[] {
  const named = EXCHANGES.find((exchange) => exchange === word.toUpperCase());
  if (named !== undefined) return [...new Set([...before ?? [], named])];
  const nearest = nearestWord(word, EXCHANGES);
  const remedy = nearest === null ? `The exchanges are ${EXCHANGES.join(", ")}.` : `(Did you mean ${nearest}?)`;
  throw new InvalidArgumentError(remedy);
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
