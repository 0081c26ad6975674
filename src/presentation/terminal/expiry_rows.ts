/** Expiry buckets as rows. All are listed, also empty ones, so that rows keep their place; then the total. */
import type { ExpiryBucket, ExpiryView } from "../../domain/risk/snapshot.ts";
import { liveMark, shownAccount, type ViewContext } from "./context.ts";
import { digestOf, type Figure, markOf } from "./digest.ts";
import { totalRows } from "./name_rows.ts";
import { soleAccounts } from "./sole_accounts.ts";

export const BUCKET_NAMES: Readonly<Record<ExpiryBucket, string>> = {
  EXPIRED: "expired",
  "0DTE": "0DTE",
  "1_7D": "1-7D",
  "8_30D": "8-30D",
  "31_90D": "31-90D",
  "90D_PLUS": "90D+",
  NO_EXPIRY: "no expiry",
};

export type ExpiryFigure =
  | "marketValue"
  | "dailyPnl"
  | "dollarDelta"
  | "delta"
  | "gammaDollars1Pct"
  | "vega"
  | "theta";

export interface ExpiryRow {
  readonly label: string;
  readonly total: boolean;
  /** Null where one account's number of them is not known. */
  readonly positions: number | null;
  readonly sums: Readonly<Record<ExpiryFigure, number | null>>;
  /** False where several accounts hold the bucket and the snapshot does not split it. */
  readonly whole: boolean;
  readonly mark: (figure: Figure) => string;
}

/** `EXPIRED` only when something has expired. */
export function expiryRows(context: ViewContext): ExpiryRow[] {
  const digest = digestOf(context.snapshot);
  const rows: ExpiryRow[] = [];
  for (const bucket of Object.keys(BUCKET_NAMES) as ExpiryBucket[]) {
    const view = viewOf(context, bucket);
    if (bucket === "EXPIRED" && view?.positions === 0) continue;
    const marks = digest.buckets.get(bucket);
    rows.push({
      label: BUCKET_NAMES[bucket],
      total: false,
      positions: view?.positions ?? null,
      sums: view ?? UNKNOWN,
      whole: view !== null,
      mark: (figure) => liveMark(context, view === EMPTY ? "" : markOf(marks, figure), 0),
    });
  }
  const [total] = totalRows(context);
  if (total !== undefined) {
    rows.push({
      label: total.positions === null ? total.label : "Total",
      total: true,
      positions: total.positions,
      sums: total.sums,
      whole: total.whole,
      mark: total.mark,
    });
  }
  return rows;
}

type Bucket = Pick<ExpiryView, ExpiryFigure | "positions">;

/** The bucket's sums; with one account shown its own, null when the snapshot does not split them. */
function viewOf(context: ViewContext, bucket: ExpiryBucket): Bucket | null {
  const { snapshot, view: { account } } = context;
  const found = (views: readonly ExpiryView[]): Bucket => views.find((one) => one.bucket === bucket) ?? EMPTY;
  if (account === null) return found(snapshot.byExpiry);
  const book = shownAccount(context)?.book;
  if (book !== undefined) return found(book.byExpiry);
  const { buckets, held } = soleAccounts(snapshot);
  if (!held.has(`${bucket} ${account}`)) return EMPTY;
  return buckets.get(bucket) === account ? found(snapshot.byExpiry) : null;
}

const EMPTY: Bucket = {
  positions: 0,
  marketValue: 0,
  dailyPnl: 0,
  dollarDelta: 0,
  delta: 0,
  gammaDollars1Pct: 0,
  vega: 0,
  theta: 0,
};

const UNKNOWN: ExpiryRow["sums"] = {
  marketValue: null,
  dailyPnl: null,
  dollarDelta: null,
  delta: null,
  gammaDollars1Pct: null,
  vega: null,
  theta: null,
};
