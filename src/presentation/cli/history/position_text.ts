/** `apex history positions`: the last book, and what changed. */
import type { PositionBook, PositionChangeRecord, PositionRecord } from "../../../application/ports/store_records.ts";
import type { EpochMs } from "../../../domain/time.ts";
import { age, count } from "../../format.ts";
import { type Column, instantCell } from "./column.ts";
import { fittedTable } from "./fitted_table.ts";
import { instrumentColumns } from "./instrument_columns.ts";
import type { HistoryLook } from "./look.ts";

/** A holding with the book that it is of. */
export interface BookRow {
  readonly book: PositionBook;
  readonly position: PositionRecord;
}

export function bookRows(books: readonly PositionBook[]): BookRow[] {
  return books.flatMap((book) => book.positions.map((position) => ({ book, position })));
}

export function bookColumns({ format }: HistoryLook): Column<BookRow>[] {
  const figure = (
    title: string,
    key: "avgPrice" | "mark" | "close" | "marketValue" | "unrealizedPnl" | "dailyPnl",
    rank: number,
    text: (value: number | null) => string,
  ): Column<BookRow> => ({
    key,
    value: ({ position }) => position[key],
    shown: { title, text: ({ position }) => text(position[key]), rank },
  });
  const price = (value: number | null) => format.price(value);
  return [
    { key: "account", value: ({ book }) => book.account },
    { key: "source", value: ({ book }) => book.source },
    { key: "takenAt", value: ({ book }) => instantCell(book.takenAt) },
    ...instrumentColumns<BookRow>(({ position }) => position.instrument),
    {
      key: "quantity",
      value: ({ position }) => position.quantity,
      shown: { title: "Qty", text: ({ position }) => format.quantity(position.quantity), rank: 0 },
    },
    figure("Avg", "avgPrice", 2, price),
    figure("Mark", "mark", 1, price),
    figure("Close", "close", 5, price),
    { key: "closeDate", value: ({ position }) => position.closeDate },
    figure("Mkt value", "marketValue", 3, format.money),
    figure("Day P&L", "dailyPnl", 4, format.signed),
    figure("Unreal.", "unrealizedPnl", 4, format.signed),
  ];
}

/** One table a book, under a line that says how old it is. @param asOf now, or the end of the range */
export function bookText(books: readonly PositionBook[], asOf: EpochMs, look: HistoryLook): string {
  const parts = books.map((book) => {
    const { account, source, takenAt, positions } = book;
    const when = `taken ${look.time(takenAt)} ${look.format.zoneAbbreviation(takenAt)}, ${age(asOf - takenAt)} old`;
    const heading = `${look.account(account)} ${source}, ${when}: ${count(positions.length, "position")}\n`;
    if (positions.length === 0) return `${heading}It held nothing.\n`;
    const rows = positions.map((position) => ({ book, position }));
    return heading + fittedTable(bookColumns(look), rows, { width: look.width });
  });
  const asked = `As of ${look.time(asOf)} ${
    look.format.zoneAbbreviation(asOf)
  }. Values and P&L in the base currency.\n`;
  return [asked, ...parts].join("\n");
}

export function changeColumns({ format, account, time, text }: HistoryLook): Column<PositionChangeRecord>[] {
  const words = (title: string, rank: number, value: (row: PositionChangeRecord) => string) => ({
    title,
    text: value,
    words: true,
    rank,
  });
  return [
    {
      key: "changedAt",
      value: (row) => instantCell(row.changedAt),
      shown: words("Time", 0, (row) => time(row.changedAt).slice(0, 16)),
    },
    { key: "account", value: (row) => row.account, shown: words("Account", 3, (row) => account(row.account)) },
    { key: "source", value: (row) => row.source, shown: words("Source", 4, (row) => row.source) },
    ...instrumentColumns<PositionChangeRecord>((row) => row.instrument),
    {
      key: "quantityBefore",
      value: (row) => row.quantityBefore,
      shown: { title: "Before", text: (row) => format.quantity(row.quantityBefore), rank: 0 },
    },
    {
      key: "quantityAfter",
      value: (row) => row.quantityAfter,
      shown: { title: "After", text: (row) => format.quantity(row.quantityAfter), rank: 0 },
    },
    {
      key: "avgPriceBefore",
      value: (row) => row.avgPriceBefore,
      shown: { title: "Avg before", text: (row) => format.price(row.avgPriceBefore), rank: 6 },
    },
    {
      key: "avgPriceAfter",
      value: (row) => row.avgPriceAfter,
      shown: { title: "Avg after", text: (row) => format.price(row.avgPriceAfter), rank: 5 },
    },
    { key: "cause", value: (row) => row.cause, shown: words("Cause", 2, (row) => row.cause) },
    {
      key: "explanation",
      value: (row) => row.explanation,
      shown: { title: "Explanation", text: (row) => text(row.explanation ?? "none"), wraps: true, rank: 1 },
    },
  ];
}

export function changeText(changes: readonly PositionChangeRecord[], look: HistoryLook): string {
  return `${count(changes.length, "change")} of holdings. Times in ${look.zone}.\n` +
    fittedTable(changeColumns(look), changes, { width: look.width });
}
