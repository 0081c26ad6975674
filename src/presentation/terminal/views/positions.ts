/** View 2: every position, as a tree of names and their strategies or flat. */
import type { Flag, PositionView } from "../../../domain/risk/snapshot.ts";
import { MISSING } from "../../format.ts";
import { liveMark, type ViewContext } from "../context.ts";
import { digestOf, type Figure, markOf, marksOver } from "../digest.ts";
import { markLetter } from "../mark_letter.ts";
import { totalRows } from "../name_rows.ts";
import { drawFootnotes } from "../panels/footnotes.ts";
import { drawScrolled, inSight, rangeInSight } from "../scrolled.ts";
import { inPercent } from "../percent_of_net.ts";
import { POSITION_SORTS } from "../position_order.ts";
import { type PositionRow, positionRows } from "../position_rows.ts";
import { BOLD, Role } from "../style.ts";
import { type Cell, type Column, drawHeadings, drawRow, NOT_SPLIT, placeColumns, signStyle } from "../table.ts";
import { ROWS_ABOVE, ROWS_BELOW, type View } from "../view.ts";

export const positions: View = {
  draw(frame, top, bottom, context) {
    const rows = positionRows(context);
    const totals = totalRows(context);
    const body = Math.max(0, bottom - top - 2 - totals.length);
    const table = context.view.tables.positions;
    const { first, last, selected } = rangeInSight(rows.map((row) => row.key), table, body);
    const visible = rows.slice(first, last);
    const all: Line[] = [
      ...visible.map((row) => lineOf(context, row)),
      ...totals.map((total): Line => ({
        label: total.label,
        style: BOLD,
        position: null,
        quantity: null,
        sums: total.sums,
        whole: total.whole,
        mark: total.mark,
        over: [],
      })),
    ];
    const placed = placeColumns(columns(context, frame.width), order(frame.width), all, frame.width);
    const at = (row: number) => ({ row, left: 0 });
    drawHeadings(frame, at(top), placed, {
      id: table.sort?.column ?? "dollarDelta",
      arrow: table.sort?.reversed ? "▲" : "▼",
    });
    drawScrolled(frame, { top: top + 1, left: 0, width: frame.width, height: body }, {
      keys: visible.map((row) => row.key),
      selected,
      draw: (row, index) => {
        const line = all[index];
        if (line !== undefined) drawRow(frame, at(row), placed, line);
      },
    });
    let row = top + 1 + Math.min(body, visible.length);
    for (const line of all.slice(visible.length)) drawRow(frame, at(row++), placed, line);
    drawFootnotes(frame, at(row), frame.width, context, []);
    return inSight(first, last, rows.length, context.look.format);
  },
  rowKeys: (context) => positionRows(context).map((row) => row.key),
  bodyRows: (context) => context.size.rows - ROWS_ABOVE - ROWS_BELOW - 2 - totalRows(context).length,
  sortColumns: POSITION_SORTS,
};

/** One row of the table, whether of a name, a strategy, a contract or a total. */
interface Line {
  readonly label: string;
  readonly style: number;
  readonly position: PositionView | null;
  /** Contracts, or how many times a strategy is held. */
  readonly quantity: number | null;
  /** Null where the snapshot does not hold them. */
  readonly sums: Readonly<Record<Summed, number | null>> | null;
  /** False where one account's part of a sum is not known. */
  readonly whole: boolean;
  readonly mark: (figure: Figure) => string;
  /** Positions that a missing sum may be missing for. */
  readonly over: readonly PositionView[];
}

type Summed = "marketValue" | "dailyPnl" | "unrealizedPnl" | "dollarDelta" | "gammaDollars1Pct" | "vega" | "theta";

function lineOf(context: ViewContext, row: PositionRow): Line {
  if (row.kind === "position") {
    const { position } = row;
    const quote = position.flags.includes("STALE") ? "s" : "";
    const model = position.greeksSource === "model" ? "m" : "";
    return {
      label: row.label,
      style: Role.text,
      position,
      quantity: position.quantity,
      sums: position,
      whole: position.quantity !== 0 || position.leaves.length === 0 || context.view.account === null,
      mark: (figure) => liveMark(context, quote || (GREEKS.includes(figure) ? model : ""), 0),
      over: [position],
    };
  }
  const fold = row.open ? "v" : ">";
  if (row.kind === "strategy") {
    const marks = marksOver(row.legs);
    return {
      label: `  ${fold} ${row.label}`,
      style: Role.text,
      position: null,
      quantity: row.strategy.units,
      sums: row.strategy,
      whole: true,
      mark: (figure) => liveMark(context, markOf(marks, figure), 0),
      over: row.legs,
    };
  }
  const marks = digestOf(context.snapshot).names.get(row.underlying);
  return {
    label: `${fold} ${row.label}`,
    style: BOLD,
    position: null,
    quantity: null,
    sums: row.sums,
    whole: row.sums !== null,
    mark: (figure) => liveMark(context, markOf(marks, figure), 0),
    over: [],
  };
}

const GREEKS: readonly Figure[] = ["dollarDelta", "gammaDollars1Pct", "vega", "theta"];

function columns(context: ViewContext, width: number): Column<Line>[] {
  const { format } = context.look;
  const own = (id: string, title: string, width: number, cell: (position: PositionView) => Cell): Column<Line> => ({
    id,
    title,
    width,
    kind: "number",
    cell: (line) => line.position === null ? { text: "" } : cell(line.position),
  });
  const sum = (id: Summed, title: string, width: number, signed = false): Column<Line> => ({
    id,
    title,
    width,
    kind: "number",
    cell(line) {
      const value = line.sums?.[id] ?? null;
      if (value === null) return line.whole ? { text: missing(line.over, id) } : NOT_SPLIT;
      const mark = line.mark(id);
      const percent = inPercent(context, value);
      if (percent !== undefined) return { text: percent, mark, style: signStyle(value, mark) };
      if (signed) return { text: format.signed(value), mark, style: signStyle(value, mark) };
      return { text: format.money(value), mark };
    },
  });
  const kind = (position: PositionView): "rate" | "price" => position.assetType === "FOREX" ? "rate" : "price";
  return [
    {
      id: "name",
      title: "Instrument",
      width: width >= 140 ? 28 : 20,
      kind: "text",
      cell: (line) => ({ text: line.label, style: line.style }),
    },
    {
      id: "quantity",
      title: "Qty",
      width: 7,
      kind: "number",
      cell: ({ quantity }) => ({ text: quantity === null ? "" : format.quantity(quantity) }),
    },
    own("avgPrice", "Avg", 9, (one) => ({ text: format.price(one.avgPrice, kind(one)) })),
    own("mark", "Mark", 9, (one) => ({
      text: one.mark === null ? missing([one], "marketValue") : format.price(one.mark, kind(one)),
      mark: one.mark === null ? "" : liveMark(context, markLetter(one), one.mark),
    })),
    sum("marketValue", "Mkt value", 10),
    sum("dailyPnl", "Day P&L", 9, true),
    sum("unrealizedPnl", "Unreal.", 10, true),
    sum("dollarDelta", "$Delta", 11),
    sum("gammaDollars1Pct", "Gamma1%", 10),
    sum("vega", "Vega", 8),
    sum("theta", "Theta", 7),
    own("iv", "IV%", 6, (one) => ({
      text: one.right === null ? "" : one.iv === null ? MISSING : format.decimals(one.iv * 100, 1),
      mark: one.iv !== null && one.greeksSource === "model" ? "m" : "",
    })),
    own("daysToExpiry", "DTE", 4, (one) => ({ text: one.daysToExpiry === null ? "" : format.money(one.daysToExpiry) })),
  ];
}

function order(width: number): string[] {
  const kept = ["name", "quantity", "dailyPnl", "dollarDelta"];
  if (width >= 60) kept.push("mark", "unrealizedPnl");
  if (width >= 80) kept.push("gammaDollars1Pct", "daysToExpiry");
  if (width >= 100) kept.push("vega", "theta", "iv");
  if (width >= 120) kept.push("avgPrice", "marketValue");
  return kept;
}

/** `--` with a letter that says why, of the first position that has a reason. */
function missing(positions: readonly PositionView[], figure: Summed): string {
  for (const position of positions) {
    const reason = position[figure] === null || position.mark === null ? reasonOf(position, figure) : "";
    if (reason !== "") return MISSING + reason;
  }
  return MISSING;
}

function reasonOf(position: PositionView, figure: Summed): string {
  const has = (...flags: readonly Flag[]): boolean => flags.some((flag) => position.flags.includes(flag));
  if (has("FX_MISSING")) return "f";
  if (has("NO_PERMISSION") && position.mark === null) return "p";
  if (position.mark === null && (figure === "marketValue" || figure.endsWith("Pnl"))) return "q";
  return GREEKS.includes(figure) && position.greeksSource === "missing" ? "g" : "";
}
