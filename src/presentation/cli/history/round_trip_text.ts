/** `apex history fills --round-trips`: holdings from nothing to nothing. */
import type { TripRow, TripScore } from "../../../application/history_report/round_trips.ts";
import { exactSum } from "../../../domain/history/exact.ts";
import type { IsoDate } from "../../../domain/time.ts";
import { count, span } from "../../format.ts";
import { wrapped } from "../../terminal/frame.ts";
import { type Column, instantCell } from "./column.ts";
import { fittedTable } from "./fitted_table.ts";
import {
  areSeveralBrokers,
  areSeveralCurrencies,
  brokerColumn,
  currencyName,
  instrumentColumns,
} from "./instrument_columns.ts";
import type { HistoryLook } from "./look.ts";
import { NewestRows } from "./newest_rows.ts";

const MOST_ROWS = 1_000;

type Amount = "gross" | "commissions" | "net";

/** @param rows those of the table: it shows the currency and the broker where they differ in it */
export function tripColumns(look: HistoryLook, rows: readonly TripRow[] = []): Column<TripRow>[] {
  const { format, time } = look;
  const words = (title: string, rank: number, text: (row: TripRow) => string) => ({ title, text, words: true, rank });
  const amount = (title: string, key: Amount, rank: number): Column<TripRow> => ({
    key,
    value: (row) => row[key],
    shown: { title, text: (row) => format.decimals(row[key], 2), rank },
  });
  const price = (title: string, key: "averageOpenPrice" | "averageClosePrice", rank: number): Column<TripRow> => ({
    key,
    value: (row) => row[key],
    shown: { title, text: (row) => format.price(row[key]), rank },
  });
  return [
    { key: "record", value: (row) => row.record },
    {
      key: "account",
      value: (row) => row.account,
      shown: words("Account", 6, (row) => look.account(row.account)),
    },
    brokerColumn<TripRow>((row) => row.source, { rank: 6, withBroker: areSeveralBrokers(rows) }),
    ...instrumentColumns<TripRow>(
      (row) => row.instrument,
      areSeveralCurrencies(rows.map(({ instrument }) => instrument)),
    ),
    { key: "direction", value: (row) => row.direction, shown: words("Side", 2, (row) => row.direction) },
    {
      key: "openedAt",
      value: (row) => instantCell(row.openedAt),
      shown: words("Entry", 1, (row) => minutes(row.openedAt)),
    },
    {
      key: "closedAt",
      value: (row) => instantCell(row.closedAt),
      shown: words("Exit", 1, (row) => minutes(row.closedAt)),
    },
    {
      key: "quantity",
      value: (row) => row.quantity,
      shown: { title: "Qty", text: (row) => format.quantity(row.quantity), rank: 0 },
    },
    price("In", "averageOpenPrice", 3),
    price("Out", "averageClosePrice", 3),
    amount("Gross", "gross", 5),
    amount("Fees", "commissions", 4),
    amount("Net", "net", 0),
    { key: "heldMs", value: (row) => row.heldMs, shown: { title: "Held", text: (row) => span(row.heldMs), rank: 4 } },
    {
      key: "executions",
      value: (row) => row.executions,
      shown: { title: "Fills", text: (row) => String(row.executions), rank: 7 },
    },
  ];

  function minutes(at: number | null): string {
    return time(at).slice(0, 16);
  }
}

/** Closed trips, then what is open. Null when there are neither. */
export async function roundTripText(
  pages: AsyncIterable<readonly TripRow[]>,
  score: TripScore,
  today: IsoDate,
  look: HistoryLook,
): Promise<string | null> {
  const closed = new NewestRows<TripRow>(MOST_ROWS, (row) => row.closedAt ?? 0);
  const open: TripRow[] = [];
  const results = new Map<string, { wins: number; losses: number; unknown: number; nets: number[] }>();
  for await (const page of pages) {
    for (const row of page) {
      if (row.record !== "roundTrip") {
        open.push(row);
        continue;
      }
      closed.add(row);
      const { currency } = row.instrument;
      const tally = results.get(currency) ?? { wins: 0, losses: 0, unknown: 0, nets: [] };
      results.set(currency, tally);
      if (row.net === null) tally.unknown++;
      else tally.nets = [exactSum([...tally.nets, row.net])];
      if (row.net !== null && row.net > 0) tally.wins++;
      if (row.net !== null && row.net < 0) tally.losses++;
    }
  }
  if (closed.count === 0 && open.length === 0 && score.unmatchedFills === 0) return null;
  return [
    closedText(closed, look),
    ...Array.from(results, ([currency, { wins, losses, unknown, nets }]) => {
      const left = unknown === 0 ? "" : `, ${unknown} with a commission that is not known and in no sum`;
      const net = look.format.decimals(nets[0] ?? null, 2) + (unknown > 0 && nets.length > 0 ? "x" : "");
      return `${currencyName(currency)}: net ${net}, ${count(wins, "winner")}, ${count(losses, "loser")}${left}\n`;
    }),
    ...openText(open, today, look),
    ...notes(score).flatMap((note) => ["\n", ...wrapped(note, look.width).map((line) => `${line}\n`)]),
  ].join("");
}

function closedText(closed: NewestRows<TripRow>, look: HistoryLook): string {
  if (closed.count === 0) return "No round trip ended in the range.\n";
  const rows = closed.newest();
  const older = closed.count - rows.length;
  const cut = older === 0 ? "" : ` The ${count(older, "oldest trip")} are left out: --format csv has all.`;
  const head = `${count(closed.count, "round trip")}, by exit. Times in ${look.zone}.${cut}`;
  const heading = wrapped(head, look.width).map((line) => `${line}\n`).join("");
  return heading + fittedTable(tripColumns(look, rows), rows, { width: look.width });
}

function openText(open: readonly TripRow[], today: IsoDate, look: HistoryLook): string[] {
  const trips = open.filter((row) => row.record === "openTrip");
  const lots = open.filter((row) => row.record === "openLot");
  const without = (rows: readonly TripRow[], keys: readonly string[]) =>
    tripColumns(look, rows).filter((column) => !keys.includes(column.key));
  const expired = lots.filter(({ instrument }) => instrument.expiry !== null && instrument.expiry < today);
  return [
    ...(trips.length === 0 ? [] : [
      `\nPartly closed, with what was closed so far (${trips.length})\n`,
      fittedTable(without(trips, ["closedAt"]), trips, { width: look.width }),
    ]),
    ...(lots.length === 0 ? [] : [
      `\nOpen lots at the end of the range (${lots.length})\n`,
      fittedTable(without(lots, ["closedAt", "averageClosePrice", "gross", "net", "executions"]), lots, {
        width: look.width,
      }),
    ]),
    ...(expired.length === 0 ? [] : wrapped(
      `${count(expired.length, "open lot")} past expiry: no stored fill says whether they expired, were exercised or ` +
        `assigned. Flex statements hold these closings.`,
      look.width,
    ).map((line) => `${line}\n`)),
  ];
}

function notes({ unmatchedFills, withoutCommission, otherCurrency }: TripScore): string[] {
  return [
    ...(unmatchedFills === 0 ? [] : [
      `${count(unmatchedFills, "fill")} closed what was opened before the stored history and ` +
      `${unmatchedFills === 1 ? "is" : "are"} in no trip: apex backfill reads older trades.`,
    ]),
    ...(withoutCommission === 0 ? [] : [
      `${count(withoutCommission, "fill")} without a known commission: nothing net of ` +
      `${withoutCommission === 1 ? "it" : "them"} is shown.`,
    ]),
    ...(otherCurrency === 0 ? [] : [
      `${count(otherCurrency, "fill")} with a commission in another currency than the contract: it is not converted, ` +
      `so nothing net is shown.`,
    ]),
  ];
}
