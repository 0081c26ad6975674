/** What expires when: the buckets with gamma and vega as bars, and what is near. */
import { MISSING } from "../../format.ts";
import { type Area, liveMark, type ViewContext } from "../context.ts";
import { type ExpiryFigure, type ExpiryRow, expiryRows } from "../expiry_rows.ts";
import { cut, type Frame } from "../frame.ts";
import { barColumn } from "../bar_column.ts";
import { digestOf, type Figure, markOf } from "../digest.ts";
import { inPercent } from "../percent_of_net.ts";
import { BOLD, Role } from "../style.ts";
import { type Column, drawHeadings, drawRow, NOT_SPLIT, placeColumns, signStyle } from "../table.ts";

/** Rows that the ladder wants: headings, buckets, the total and the line about what is near. */
export function ladderRows(context: ViewContext): number {
  return expiryRows(context).length + 2;
}

/** Draws what fits; the line about the near term is given up first, then buckets, the total last. */
export function drawLadder(frame: Frame, area: Area, context: ViewContext): void {
  const all = expiryRows(context);
  const [total] = all.slice(-1);
  const body = Math.max(0, area.height - 1);
  const rows = all.length <= body || total === undefined ? all : [...all.slice(0, Math.max(0, body - 1)), total];
  const placed = placeColumns(columns(context, all, area.width), order(area.width), all, area.width);
  if (area.height > 0) drawHeadings(frame, { row: area.top, left: area.left }, placed);
  for (const [index, row] of rows.slice(0, body).entries()) {
    drawRow(frame, { row: area.top + 1 + index, left: area.left }, placed, all.indexOf(row));
    if (row.total) frame.paint(area.top + 1 + index, area.left, area.left + 11, BOLD);
  }
  if (rows.length < body) {
    frame.put(
      area.top + 1 + rows.length,
      area.left + 1,
      cut(nearTerm(context, area.width), area.width - 2),
      Role.quiet,
    );
  }
}

function columns(context: ViewContext, rows: readonly ExpiryRow[], width: number): Column<ExpiryRow>[] {
  const { format, glyphs } = context.look;
  const sum = (id: ExpiryFigure, title: string, columnWidth: number, signed = false): Column<ExpiryRow> => ({
    id,
    title,
    width: columnWidth,
    kind: "number",
    cell: (row) => {
      const value = row.sums[id];
      if (value === null) return row.whole ? { text: MISSING } : NOT_SPLIT;
      const mark = row.mark(id);
      const percent = id === "delta" ? undefined : inPercent(context, value, signed);
      const text = percent ?? (signed ? format.signed(value) : format.money(value));
      return { text, mark, ...(signed ? { style: signStyle(value, mark) } : {}) };
    },
  });
  const bar = (id: ExpiryFigure, title: string): Column<ExpiryRow> =>
    barColumn(`${id}Bar`, title, half(width), glyphs, rows, (row) => (row.total ? null : row.sums[id]));
  return [
    { id: "bucket", title: "Bucket", width: 11, kind: "text", cell: (row) => ({ text: row.label }) },
    {
      id: "positions",
      title: "Pos",
      width: 4,
      kind: "number",
      cell: ({ positions }) => ({ text: positions === null ? "" : format.money(positions) }),
    },
    sum("marketValue", "Mkt value", 12),
    sum("dailyPnl", "Day P&L", 10, true),
    sum("dollarDelta", "$Delta", 13),
    sum("delta", "Delta", 9),
    sum("gammaDollars1Pct", "Gamma1%", 10),
    bar("gammaDollars1Pct", "- Gamma +"),
    sum("vega", "Vega", 8),
    bar("vega", "- Vega +"),
    sum("theta", "Theta", 8),
  ];
}

/** Cells to either side of a bar's zero. */
function half(width: number): number {
  return width >= 160 ? 12 : width >= 112 ? 6 : 5;
}

function order(width: number): string[] {
  const kept = ["bucket", "gammaDollars1Pct", "vega"];
  if (width >= 44) kept.push("dollarDelta", "theta");
  if (width >= 72) kept.push("gammaDollars1PctBar", "vegaBar");
  if (width >= 88) kept.push("dailyPnl");
  if (width >= 104) kept.push("marketValue", "positions");
  if (width >= 112) kept.push("delta");
  return kept;
}

/** `Near term: Gamma1% -146,352x to 7 days, 64 % of the book; Vega -1,310x to 30 days`. */
function nearTerm(context: ViewContext, width: number): string {
  const [days, book] = width >= 104 ? ["days", " of the book"] : ["d", ""];
  const { portfolio } = context.snapshot;
  const { nearTermGammaDollars1Pct: gamma, nearTermVega: vega } = portfolio;
  const whole = context.view.account === null ? "" : " (whole book)";
  const part = (near: number | null, figure: "gammaDollars1Pct" | "vega", within: number): string => {
    const value = near === null ? MISSING : context.look.format.money(near) + mark(context, figure, near);
    const share = shareOf(near, portfolio[figure], context);
    return `${value} to ${within} ${days}${share === "" ? "" : `, ${share}${book}`}`;
  };
  return `Near term${whole}: Gamma1% ${part(gamma, "gammaDollars1Pct", 7)}; Vega ${part(vega, "vega", 30)}`;
}

function mark(context: ViewContext, figure: Figure, value: number): string {
  const left = context.snapshot.portfolio.excluded.some(({ total, count }) => total === figure && count > 0);
  return liveMark(context, left ? "x" : markOf(digestOf(context.snapshot).book, figure), value);
}

/** A share only where both pull the same way and the part is not the larger: else the word would mislead. */
function shareOf(part: number | null, whole: number | null, { look: { format } }: ViewContext): string {
  if (part === null || whole === null || whole === 0) return "";
  const share = part / whole;
  return share > 0 && share <= 1 ? format.percent(share, 0) : "";
}
