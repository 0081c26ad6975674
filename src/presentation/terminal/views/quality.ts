/** View 6: how good the quotes are, whether our P&L agrees with TWS, and whether the sources agree with each other. */
import type { Flag, PnlDisagreement } from "../../../domain/risk/snapshot.ts";
import { age, contractDate, count } from "../../format.ts";
import { accountName, type Area, type ViewContext } from "../context.ts";
import { gravity, TO_LOOK_AT } from "../flag_words.ts";
import { cut, type Frame, widthOf, wrapped } from "../frame.ts";
import { drawFlagged, flaggedDetail, flaggedSorting } from "../panels/flagged.ts";
import { drawReconciliation, reconciliationDetail, reconciliationTitle } from "../panels/reconciliation.ts";
import { drawTitles } from "../panels/titles.ts";
import { type QualityRows, qualityRows } from "../quality_rows.ts";
import { inSight, rangeInSight } from "../scrolled.ts";
import { Role } from "../style.ts";
import { ROWS_ABOVE, ROWS_BELOW, type View } from "../view.ts";

export const quality: View = {
  draw(frame, top, bottom, context) {
    const rows = qualityRows(context);
    const plan = planOf(context, rows, bottom - top);
    let row = top;
    if (plan.panels > 0) {
      drawPanels(frame, { top: row, left: 0, width: frame.width, height: plan.panels }, context);
      row += plan.panels;
    }
    if (row >= bottom) return "";
    const table = context.view.tables.quality;
    const keys = keysOf(rows, plan);
    const selected = table.selected !== null && keys.includes(table.selected) ? table.selected : keys[0] ?? null;
    const at = keys.indexOf(selected ?? "");
    const inFlagged = at >= 0 && at < rows.flagged.length;
    const flagged = rangeInSight(
      rows.flagged,
      ({ key }) => key,
      inFlagged ? { selected, top: table.top } : { selected: null, top: 0 },
      plan.flagged,
    );
    drawTitles(frame, row++, 0, [{ wall: -1, title: flaggedTitle(context, rows) }]);
    row = drawFlagged(frame, { top: row, left: 0, width: frame.width, height: bottom - row }, context, {
      rows: rows.flagged.slice(flagged.first, flagged.first + plan.flagged),
      selected: inFlagged ? selected : null,
    });
    if (row < bottom && plan.reconciliation >= 0) {
      drawTitles(frame, row++, 0, [{ wall: -1, title: reconciliationTitle(context) }]);
      const differences = rangeInSight(
        rows.reconciliation,
        ({ key }) => key,
        { selected: inFlagged ? null : selected, top: 0 },
        plan.reconciliation,
      );
      row = drawReconciliation(frame, { top: row, left: 0, width: frame.width, height: bottom - row }, context, {
        rows: rows.reconciliation.slice(differences.first, differences.first + plan.reconciliation),
        selected: inFlagged ? null : selected,
      });
    }
    // What the row in sight had no room for, in the same place whichever table it is of.
    const told = inFlagged
      ? flaggedDetail(context, rows.flagged[at])
      : reconciliationDetail(rows.reconciliation[at - rows.flagged.length]);
    for (const line of detailLines(told, frame.width, Math.min(plan.detail, bottom - row))) {
      frame.put(row++, 1, line, Role.quiet);
    }
    return inSight(flagged.first, flagged.first + plan.flagged, rows.flagged.length, context.look.format);
  },
  rowKeys: (context) => {
    const rows = qualityRows(context);
    return keysOf(rows, planOf(context, rows, context.size.rows - ROWS_ABOVE - ROWS_BELOW));
  },
  bodyRows: (context) =>
    Math.max(1, planOf(context, qualityRows(context), context.size.rows - ROWS_ABOVE - ROWS_BELOW).flagged),
  sorting: flaggedSorting,
};

/** A table that has no room has no rows to move through. */
function keysOf({ flagged, reconciliation }: QualityRows, plan: Plan): string[] {
  return [...flagged, ...(plan.reconciliation < 0 ? [] : reconciliation)].map(({ key }) => key);
}

/** From this width on the three panels stand side by side. */
const SIDE_BY_SIDE = 112;
/** From this width on two of them do. */
const TWO_PANELS = 64;
const PANEL_ROWS = 4;

/** Rows of each part with its title; -1 leaves it out. */
interface Plan {
  readonly panels: number;
  /** Rows of the table without its title and headings. */
  readonly flagged: number;
  readonly detail: number;
  readonly reconciliation: number;
}

/** Shares the rows out: the panels give way to the tables, and the flagged rows keep the larger part of those. */
function planOf(context: ViewContext, { flagged, reconciliation }: QualityRows, rows: number): Plan {
  const { size } = context;
  const panels = size.columns >= SIDE_BY_SIDE
    ? PANEL_ROWS + 1
    : size.columns >= TWO_PANELS
    ? PANEL_ROWS + 1 + flagLines(context, size.columns)
    : 3;
  const detail = 2;
  if (context.view.zoomed) {
    return { panels: 0, flagged: Math.max(1, rows - 2 - detail), detail, reconciliation: -1 };
  }
  const differences = Math.max(1, reconciliation.length + (reconciliation.length > 0 ? 1 : 0));
  const tables = 2 + detail + Math.min(3, Math.max(1, flagged.length)) + 1 + Math.min(3, differences);
  const shown = rows >= panels + tables ? panels : 0;
  const left = rows - shown - 2 - detail;
  if (left < 4) return { panels: shown, flagged: Math.max(1, left + detail), detail: 0, reconciliation: -1 };
  const most = Math.max(
    2,
    Math.min(differences, Math.max(Math.floor(left / 3), left - 1 - Math.max(1, flagged.length))),
  );
  return { panels: shown, flagged: Math.max(1, left - 1 - most), detail, reconciliation: Math.max(1, most - 1) };
}

function drawPanels(frame: Frame, area: Area, context: ViewContext): void {
  const { top, width } = area;
  const { quotes: contracts } = context.snapshot.quality;
  const title = `Quotes: ${count(contracts, "contract").replace(/^\d+/, context.look.format.money(contracts))}`;
  const quotes = quoteLines(context);
  const check = checkLines(context);
  if (width >= SIDE_BY_SIDE) {
    const walls = [31, width - 45] as const;
    drawTitles(frame, top, PANEL_ROWS, [
      { wall: -1, title },
      { wall: walls[0], title: "Flags" },
      { wall: walls[1], title: "P&L against TWS" },
    ]);
    drawLines(frame, top + 1, 0, walls[0], quotes);
    drawFlags(frame, { top: top + 1, left: walls[0] + 1, width: walls[1] - walls[0] - 1, height: PANEL_ROWS }, context);
    drawLines(frame, top + 1, walls[1] + 1, width - walls[1] - 1, check);
    return;
  }
  if (width >= TWO_PANELS) {
    const wall = width - 45;
    drawTitles(frame, top, PANEL_ROWS, [{ wall: -1, title }, { wall, title: "P&L against TWS" }]);
    drawLines(frame, top + 1, 0, wall, quotes);
    drawLines(frame, top + 1, wall + 1, width - wall - 1, check);
    drawFlags(
      frame,
      { top: top + 1 + PANEL_ROWS, left: 0, width, height: flagLines(context, width) },
      context,
    );
    return;
  }
  drawLines(frame, top, 0, width, [quotes[0] ?? "", check[0] ?? ""]);
  drawFlags(frame, { top: top + 2, left: 0, width, height: 1 }, context);
}

function drawLines(frame: Frame, top: number, left: number, width: number, lines: readonly string[]): void {
  for (const [index, line] of lines.slice(0, PANEL_ROWS).entries()) {
    frame.put(top + index, left + 1, cut(line, width - 1));
  }
}

function quoteLines({ snapshot, look: { format } }: ViewContext): string[] {
  const { quality: { live, quotes, flags }, monitor } = snapshot;
  const of = (flag: Flag): number => flags[flag] ?? 0;
  return [
    `live ${format.money(live)} of ${format.money(quotes)}   stale ${of("STALE")}`,
    `missing ${of("MISSING")}  delayed ${of("DELAYED")}  frozen ${of("FROZEN")}`,
    `oldest live quote ${age(monitor.oldestLiveQuoteMs)}`,
    `lines used ${format.money(monitor.linesUsed)} of ${format.money(monitor.linesAllowed)}`,
  ];
}

/** Every flag that occurs, the gravest first, with how many positions carry it. */
function flagCounts({ snapshot, look: { format } }: ViewContext): { readonly flag: Flag; readonly text: string }[] {
  return (Object.entries(snapshot.quality.flags) as [Flag, number][]).filter(([, number]) => number > 0)
    .sort(([a], [b]) => gravity(a) - gravity(b))
    .map(([flag, number]) => ({ flag, text: `${flag} ${format.money(number)}` }));
}

function drawFlags(frame: Frame, area: Area, context: ViewContext): void {
  const flags = flagCounts(context);
  const end = area.left + area.width;
  if (flags.length === 0) frame.put(area.top, area.left + 1, cut("no flags", area.width - 1), Role.quiet);
  let row = 0;
  let column = area.left + 1;
  for (const [index, { flag, text }] of flags.entries()) {
    const last = row === area.height - 1;
    // The last row keeps room to say how many flags it leaves out.
    const spare = last && index < flags.length - 1 ? MORE : 0;
    if (column > area.left + 1 && column + widthOf(text) + spare >= end) {
      if (last) {
        frame.put(area.top + row, column, cut(`+${flags.length - index} more`, end - column - 1), Role.quiet);
        return;
      }
      row++;
      column = area.left + 1;
    }
    const style = TO_LOOK_AT.includes(flag) ? Role.soft : Role.text;
    column = frame.put(area.top + row, column, cut(text, end - column), style) + 3;
  }
}

/** Room for `   +12 more`. */
const MORE = 11;

/** Rows that the flags take in a width, two at the most. */
function flagLines(context: ViewContext, width: number): number {
  const length = flagCounts(context).reduce((sum, { text }) => sum + widthOf(text) + 3, 0);
  return length > width - 1 ? 2 : 1;
}

function checkLines({ snapshot, look }: ViewContext): string[] {
  const { format } = look;
  const { dailyAccuracy, unrealizedAccuracy, leavesCompared, worst } = snapshot.pnlCheck;
  const compared = `${count(leavesCompared, "lot")} compared`;
  const [first] = worst;
  if (leavesCompared === 0) return ["nothing to compare yet"];
  const accuracy = `day ${format.percent(dailyAccuracy, 2)}   unreal. ${format.percent(unrealizedAccuracy, 2)}`;
  if (first === undefined) return [accuracy, `${compared}, none differs by a cent`];
  const amount = (value: number): string => Math.abs(value) < 100_000 ? cents(value) : format.signed(value);
  const cents = (value: number): string => (value > 0 ? "+" : "") + format.decimals(value, 2);
  const name = accountName(first.account, look);
  return [
    accuracy,
    `${format.money(leavesCompared)} compared; worst ${
      first.position.replace(/\d{4}-\d\d-\d\d/, (day) => contractDate(day))
    }`,
    `${name} ${FIGURE_NAMES[first.figure]} ours ${amount(first.ours)} TWS ${amount(first.broker)}`,
    `mark ours ${format.price(first.mark)} TWS ${format.price(first.brokerMark)}`,
  ];
}

const FIGURE_NAMES: Readonly<Record<PnlDisagreement["figure"], string>> = { daily: "day P&L", unrealized: "unreal." };

function flaggedTitle({ view }: ViewContext, { flagged, inPassing }: QualityRows): string {
  const shown = flagged.length === 0
    ? "none"
    : `${count(flagged.length, "row")}${view.tables.quality.sort === null ? ", worst first" : ""}`;
  const more = inPassing > 0 ? `; ${inPassing} more only QUIET, CLOSED or TAYLOR` : "";
  return `Flagged: ${shown}${more}${view.filter === "" ? "" : ", as filtered"}`;
}

/** The words in at most so many lines, the last one cut where there are more. */
function detailLines(told: string, width: number, most: number): string[] {
  const lines = wrapped(told, width - 2);
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), cut(lines.slice(most - 1).join(" "), width - 2)].slice(0, Math.max(0, most));
}
