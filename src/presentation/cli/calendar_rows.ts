/** The exchanges' days as a table, as CSV and as JSON. */
import type { CalendarRequest } from "../../application/command.ts";
import { dayNumber, isoDate } from "../../domain/calendar/date.ts";
import { type Exchange, exchangeZone } from "../../domain/calendar/exchange.ts";
import { FIRST_DATE, LAST_DATE } from "../../domain/calendar/row.ts";
import { localDate } from "../../domain/calendar/session.ts";
import { type DayKind, type TradingDay, tradingDays } from "../../domain/calendar/trading_day.ts";
import type { EpochMs, IsoDate } from "../../domain/time.ts";
import type { Column } from "./history/column.ts";
import { fittedTable } from "./history/fitted_table.ts";
import type { Printed } from "./local_command.ts";

const DEFAULT_DAYS = 30;

const KINDS: Readonly<Record<DayKind, "full" | "early" | "open">> = { closed: "full", early: "early", open: "open" };

export function printCalendar(request: CalendarRequest, now: EpochMs): Printed {
  const ranges = request.markets.map((exchange) => rangeOf(exchange, request, now));
  const backwards = ranges.find(({ from, to }) => from > to);
  if (backwards !== undefined) {
    const { from, to } = backwards;
    return { text: "", remarks: `apex: --to ${to} is before today, ${from}: give --from as well\n`, code: 2 };
  }
  const days = ranges.flatMap(({ exchange, from, to }) => tradingDays(exchange, from, to));
  const beyond = ranges.find(({ from, to }) => from < FIRST_DATE || to > LAST_DATE);
  return {
    text: written(days, request.output, request.width ?? UNBOUNDED),
    remarks: beyond === undefined ? "" : outside(beyond),
    code: beyond === undefined ? 0 : 1,
  };
}

interface DateRange {
  readonly exchange: Exchange;
  readonly from: IsoDate;
  readonly to: IsoDate;
}

function rangeOf(exchange: Exchange, { from, to }: CalendarRequest, now: EpochMs): DateRange {
  const first = from ?? localDate(exchange, now);
  return { exchange, from: first, to: to ?? isoDate(dayNumber(first) + DEFAULT_DAYS) };
}

function outside({ from, to }: DateRange): string {
  return `apex: the calendars hold ${FIRST_DATE} to ${LAST_DATE}; nothing is known of the other days from ${from} to ` +
    `${to}\n`;
}

function written(days: readonly TradingDay[], output: CalendarRequest["output"], width: number): string {
  switch (output) {
    case "csv":
      return csv(days);
    case "json":
      return JSON.stringify(days.map(jsonRow), null, 2) + "\n";
    case "table":
      return days.length === 0 ? "" : table(days, width);
  }
}

function csv(days: readonly TradingDay[]): string {
  const rows = days.map(({ exchange, date, kind, open, close }) =>
    [exchange, date, KINDS[kind], instantText(exchange, open) ?? "", instantText(exchange, close) ?? ""].join(",")
  );
  return ["exchange,date,kind,open,close", ...rows].map((row) => `${row}\r\n`).join("");
}

function jsonRow({ exchange, date, kind, open, close, pause, name, source }: TradingDay) {
  return {
    exchange,
    date,
    kind: KINDS[kind],
    open: instantText(exchange, open),
    close: instantText(exchange, close),
    pause: pause === null ? null : { from: instantText(exchange, pause.from), to: instantText(exchange, pause.to) },
    name,
    source,
  };
}

/** Without a terminal: as wide as it takes. */
const UNBOUNDED = 1_000;

function table(days: readonly TradingDay[], width: number): string {
  return fittedTable(COLUMNS, days, { width, all: "--format json" });
}

const COLUMNS: readonly Column<TradingDay>[] = [
  word("Exchange", 0, ({ exchange }) => exchange),
  word("Date", 0, ({ date }) => date),
  word("Day", 2, ({ date }) => weekdayText(date)),
  word("Kind", 0, ({ kind }) => KINDS[kind]),
  word("Open", 0, (day) => sessionTime(day, day.open)),
  word("Close", 0, (day) => sessionTime(day, day.close)),
  word("Break", 3, (day) => {
    return day.pause === null ? "" : `${sessionTime(day, day.pause.from)}-${sessionTime(day, day.pause.to)}`;
  }),
  word("Why", 1, ({ name }) => name ?? ""),
];

function word(title: string, rank: number, text: (day: TradingDay) => string): Column<TradingDay> {
  return { key: title, value: () => null, shown: { title, text, words: true, rank } };
}

function sessionTime({ exchange, date }: TradingDay, at: EpochMs | null): string {
  return at === null ? "" : timeText(exchange, date, at);
}

/** `2026-11-27T09:30:00-05:00`, in the exchange's own time. */
function instantText(exchange: Exchange, at: EpochMs | null): string | null {
  return at === null ? null : zoned(exchange, at).toString({ timeZoneName: "never", smallestUnit: "second" });
}

/** `09:30`; with the day in front where it is not the row's own: `Thu 17:00`. */
function timeText(exchange: Exchange, date: IsoDate, at: EpochMs): string {
  const moment = zoned(exchange, at);
  const day = moment.toPlainDate().toString();
  const time = moment.toPlainTime().toString({ smallestUnit: "minute" });
  return day === date ? time : `${weekdayText(day)} ${time}`;
}

function zoned(exchange: Exchange, at: EpochMs): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(exchangeZone(exchange));
}

function weekdayText(date: IsoDate): string {
  return WEEKDAYS[Temporal.PlainDate.from(date).dayOfWeek - 1] ?? "";
}

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
