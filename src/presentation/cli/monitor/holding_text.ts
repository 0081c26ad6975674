/** What `apex positions` prints: one row for each account's holding. */
import type { PositionsAnswer } from "../../../application/control/monitor_control.ts";
import type { PositionBook } from "../../../application/ports/store_records.ts";
import { isoInstant } from "../../../domain/time.ts";
import { contractName, count, type Named } from "../../format.ts";
import type { Column } from "../history/column.ts";
import { fittedTable } from "../history/fitted_table.ts";
import type { HistoryLook } from "../history/look.ts";
import { liveHead } from "./answer_head.ts";

export interface HoldingRow {
  /** False: what was stored, as of `asOf`. */
  readonly live: boolean;
  /** ISO. */
  readonly asOf: string;
  readonly account: string;
  readonly source: string;
  readonly contract: Named & { readonly underlying: string; readonly multiplier: number; readonly currency: string };
  readonly quantity: number;
  readonly avgPrice: number | null;
  readonly mark: number | null;
  /** Null for what was stored: the store does not say. */
  readonly markSource: string | null;
  readonly close: number | null;
  /** In the base currency, like the P&L and the exposure. */
  readonly marketValue: number | null;
  readonly dailyPnl: number | null;
  readonly unrealizedPnl: number | null;
  readonly exposure: number | null;
  readonly daysToExpiry: number | null;
  readonly flags: readonly string[];
}

export function liveHoldings({ asOf, positions }: PositionsAnswer): HoldingRow[] {
  return positions.flatMap((position) =>
    position.leaves.map(({ account, source, quantity, avgPrice, marketValue, dailyPnl, unrealizedPnl, ...leaf }) => ({
      ...{ live: true, asOf, account, source, contract: position, quantity, avgPrice },
      ...{ mark: position.mark, markSource: position.markSource, close: position.close },
      ...{ marketValue, dailyPnl, unrealizedPnl, exposure: leaf.exposure, daysToExpiry: position.daysToExpiry },
      flags: leaf.restored ? ["RESTORED", ...position.flags] : position.flags,
    }))
  );
}

export function storedHoldings(books: readonly PositionBook[]): HoldingRow[] {
  return books.flatMap(({ account, source, takenAt, positions }) =>
    positions.map(({ instrument, closeDate: _, ...figures }) => ({
      ...{ live: false, asOf: isoInstant(takenAt), account, source, contract: instrument, ...figures },
      ...{ markSource: null, exposure: null, daysToExpiry: null, flags: [] },
    }))
  );
}

export function holdingColumns({ format, account }: HistoryLook): Column<HoldingRow>[] {
  const field = (key: keyof HoldingRow["contract"]): Column<HoldingRow> => ({
    key,
    value: ({ contract }) => contract[key],
  });
  const figure = (
    title: string,
    key: "quantity" | "avgPrice" | "mark" | "close" | "marketValue" | "dailyPnl" | "unrealizedPnl" | "exposure",
    rank: number,
    text: (value: number | null) => string,
  ): Column<HoldingRow> => ({
    key,
    value: (row) => row[key],
    shown: { title, text: (row) => text(row[key]), rank },
  });
  const price = (value: number | null) => format.price(value);
  return [
    { key: "live", value: (row) => row.live },
    { key: "asOf", value: (row) => row.asOf },
    {
      key: "contract",
      value: ({ contract }) => contractName(contract),
      shown: { title: "Contract", text: ({ contract }) => contractName(contract), words: true, rank: 0 },
    },
    ...(["symbol", "underlying", "assetType", "expiry", "strike", "right", "multiplier", "currency"] as const).map(
      field,
    ),
    {
      key: "account",
      value: (row) => row.account,
      shown: { title: "Account", text: (row) => account(row.account), words: true, rank: 2 },
    },
    { key: "source", value: (row) => row.source, shown: words("Source", 8, (row) => row.source) },
    figure("Qty", "quantity", 0, format.quantity),
    figure("Avg", "avgPrice", 5, price),
    figure("Mark", "mark", 1, price),
    { key: "markSource", value: (row) => row.markSource },
    figure("Close", "close", 9, price),
    figure("Mkt value", "marketValue", 3, format.money),
    figure("Day P&L", "dailyPnl", 2, format.signed),
    figure("Unreal.", "unrealizedPnl", 4, format.signed),
    figure("Exposure", "exposure", 6, format.money),
    { key: "daysToExpiry", value: (row) => row.daysToExpiry },
    { key: "flags", value: (row) => row.flags.join(" "), shown: words("Flags", 7, (row) => row.flags.join(" ")) },
  ];
}

/** @param asked words for what was asked for, where it was not all: ` of AAPL in DU1` */
export function liveHoldingText(answer: PositionsAnswer, asked: string, look: HistoryLook): string {
  const rows = liveHoldings(answer);
  const total = rows.length === 0
    ? `No position${asked}.\n`
    : `${count(rows.length, "holding")}${asked}. Values in base.\n`;
  const table = rows.length === 0 ? "" : fittedTable(holdingColumns(look), rows, { width: look.width });
  return liveHead(answer, look) + total + table;
}

function words(title: string, rank: number, text: (row: HoldingRow) => string) {
  return { title, text, words: true, rank };
}
