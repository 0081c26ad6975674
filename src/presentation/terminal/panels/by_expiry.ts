/** Greeks by expiry bucket. All buckets are listed, also empty ones, so that rows keep their place. */
import type { ExpiryBucket, ExpiryView } from "../../../domain/risk/snapshot.ts";
import { MISSING } from "../../format.ts";
import { type Area, liveMark, shownAccount, type ViewContext } from "../context.ts";
import { digestOf, type Figure, markOf } from "../digest.ts";
import type { Frame } from "../frame.ts";
import { totalRows } from "../name_rows.ts";
import { type Column, drawHeadings, drawRow, placeColumns } from "../table.ts";

export const BUCKET_NAMES: Readonly<Record<ExpiryBucket, string>> = {
  EXPIRED: "expired",
  "0DTE": "0DTE",
  "1_7D": "1-7D",
  "8_30D": "8-30D",
  "31_90D": "31-90D",
  "90D_PLUS": "90D+",
  NO_EXPIRY: "no expiry",
};

type Greek = "dollarDelta" | "gammaDollars1Pct" | "vega" | "theta";

interface BucketRow {
  readonly label: string;
  readonly positions: number;
  readonly sums: Readonly<Record<Greek, number | null>>;
  readonly mark: (figure: Figure) => string;
}

/** Rows of the panel: headings, buckets and the total. */
export function expiryRows(context: ViewContext): number {
  return bucketRows(context).length + 1;
}

export function drawByExpiry(frame: Frame, area: Area, context: ViewContext): void {
  const { format } = context.look;
  const rows = bucketRows(context);
  const sum = (id: Greek, title: string, width: number): Column<BucketRow> => ({
    id,
    title,
    width,
    kind: "number",
    cell: (row) => {
      const value = row.sums[id];
      return value === null ? { text: MISSING } : { text: format.money(value), mark: row.mark(id) };
    },
  });
  const columns: Column<BucketRow>[] = [
    { id: "bucket", title: "Bucket", width: 11, kind: "text", cell: (row) => ({ text: row.label }) },
    { id: "positions", title: "Pos", width: 4, kind: "number", cell: (row) => ({ text: format.money(row.positions) }) },
    sum("dollarDelta", "$Delta", 12),
    sum("gammaDollars1Pct", "Gamma1%", 10),
    sum("vega", "Vega", 9),
    sum("theta", "Theta", 9),
  ];
  const order = ["bucket", "dollarDelta", "gammaDollars1Pct", "positions", "vega", "theta"];
  const placed = placeColumns(columns, order, rows, area.width);
  drawHeadings(frame, { row: area.top, left: area.left }, placed);
  for (const [index, row] of rows.slice(0, area.height - 1).entries()) {
    drawRow(frame, { row: area.top + 1 + index, left: area.left }, placed, row);
  }
}

function bucketRows(context: ViewContext): BucketRow[] {
  const { snapshot } = context;
  const digest = digestOf(snapshot);
  const views = shownAccount(context)?.book?.byExpiry ?? snapshot.byExpiry;
  const rows: BucketRow[] = [];
  for (const bucket of Object.keys(BUCKET_NAMES) as ExpiryBucket[]) {
    const view = views.find((one) => one.bucket === bucket) ?? EMPTY;
    if (bucket === "EXPIRED" && view.positions === 0) continue;
    const marks = digest.buckets.get(bucket);
    rows.push({
      label: BUCKET_NAMES[bucket],
      positions: view.positions,
      sums: view,
      mark: (figure) => liveMark(context, markOf(marks, figure), 0),
    });
  }
  const [total] = totalRows(context);
  if (total !== undefined) {
    rows.push({
      label: "Total",
      positions: total.positions ?? snapshot.positions.length,
      sums: total.sums,
      mark: total.mark,
    });
  }
  return rows;
}

const EMPTY: Pick<ExpiryView, Greek | "positions"> = {
  positions: 0,
  dollarDelta: 0,
  gammaDollars1Pct: 0,
  vega: 0,
  theta: 0,
};
