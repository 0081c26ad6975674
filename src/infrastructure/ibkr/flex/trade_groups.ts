/**
 * Trades that the broker took back.
 *
 * A correction comes as three rows: the trade, its cancellation (`BUY (Ca.)`, the opposite quantity, no execution id, the
 * trade's number as `origTradeID`) and the trade as it should have been, under the same trade number and an execution id
 * whose last part is one higher, or the same. What the trade cost is the sum over its rows: a correction's commission is only
 * the difference to what was taken before.
 */
import { splitExecId } from "../../../domain/session_fills.ts";
import type { TradeRow } from "./trade_row.ts";

/** A trade as it stands in the end. */
export interface SettledTrade {
  /** The row that stands; of a trade that was cancelled, the cancelled one. */
  readonly row: TradeRow;
  readonly cancelled: boolean;
  readonly commission: number | null;
  readonly taxes: number | null;
  readonly realizedPnl: number | null;
}

export interface SettledGroup {
  readonly trades: readonly SettledTrade[];
  /** Cancellations of trades that the file does not hold, with nothing booked in their place. */
  readonly orphans: readonly TradeRow[];
}

/** A trade that nothing takes back. */
export function standing(row: TradeRow): SettledTrade {
  const { commission, taxes, realizedPnl } = row;
  return { row, cancelled: false, commission, taxes, realizedPnl };
}

/** Takes the rows of one trade number, in the order of the file. */
export function settleGroup(rows: readonly TradeRow[]): SettledGroup {
  const cancellations = rows.filter((row) => row.cancels !== null);
  const live = new Set(rows.filter((row) => row.cancels === null));
  const takenBack: TradeRow[] = [];
  const unmatched: TradeRow[] = [];
  for (const cancellation of cancellations) {
    const original = originalOf(cancellation, live, rows);
    if (original === null) {
      unmatched.push(cancellation);
    } else {
      live.delete(original);
      takenBack.push(original);
    }
  }
  const standingRows = [...live];
  const heir = standingRows[standingRows.length - 1] ?? takenBack[takenBack.length - 1];
  // Nobody to bear them: the trade stands in another file, and what its cancellation cost belongs there.
  if (heir === undefined) return { trades: [], orphans: unmatched };
  // Where a trade was booked after the cancellation, its execution id replaces what another file told.
  const orphans = unmatched.filter((cancellation) => !standingRows.some((row) => isAfter(row, cancellation, rows)));
  const ended = rows.filter((row) => !live.has(row) && row !== heir && !orphans.includes(row));
  return {
    trades: [
      ...gone(takenBack, standingRows).filter((row) => row !== heir).map(withoutCost),
      ...standingRows.filter((row) => row !== heir).map(standing),
      { ...sums([...ended, heir]), row: heir, cancelled: standingRows.length === 0 },
    ],
    orphans,
  };
}

/** The row that a cancellation means: by its number, else the one before it with the opposite quantity at the same price. */
function originalOf(cancellation: TradeRow, live: ReadonlySet<TradeRow>, rows: readonly TradeRow[]): TradeRow | null {
  const named = cancellation.cancels?.transactionId ?? "";
  for (const row of live) {
    if (named !== "" && row.transactionId !== "") {
      if (row.transactionId === named) return row;
      continue;
    }
    const isOpposite = row.quantity === -cancellation.quantity && row.price === cancellation.price;
    if (isOpposite && isAfter(cancellation, row, rows)) return row;
  }
  return null;
}

/** By the numbers that rise with every row that the broker books; by the order of the file when they are not there. */
function isAfter(row: TradeRow, other: TradeRow, rows: readonly TradeRow[]): boolean {
  if (!/^\d+$/.test(row.transactionId) || !/^\d+$/.test(other.transactionId)) {
    return rows.indexOf(row) > rows.indexOf(other);
  }
  return BigInt(row.transactionId) > BigInt(other.transactionId);
}

/** Those that no standing row replaces by its execution id. */
function gone(takenBack: readonly TradeRow[], standingRows: readonly TradeRow[]): TradeRow[] {
  return takenBack.filter((row) => {
    const { root, revision } = splitExecId(row.execId);
    return !standingRows.some((other) => {
      const known = splitExecId(other.execId);
      return known.root === root && known.revision >= revision;
    });
  });
}

/** What it cost was given to the trade in its place, so that here it is 0 and takes the place of what was reported. */
function withoutCost(row: TradeRow): SettledTrade {
  return { row, cancelled: true, commission: row.commission === null ? null : 0, taxes: null, realizedPnl: null };
}

function sums(rows: readonly TradeRow[]): Pick<SettledTrade, "commission" | "taxes" | "realizedPnl"> {
  return {
    // A part that is not known makes the sum unknown.
    commission: rows.some((row) => row.commissionFault !== null) ? null : sumOf(rows.map((row) => row.commission)),
    taxes: sumOf(rows.map((row) => row.taxes)),
    realizedPnl: sumOf(rows.map((row) => row.realizedPnl)),
  };
}

/** Of the known ones; null when none is. Rounded to what statements write, so that 1.3666 − 0.3333 has no tail. */
function sumOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  return Math.round(known.reduce((sum, value) => sum + value, 0) * 1e8) / 1e8;
}
