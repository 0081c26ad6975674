/** View 1: the whole book at a glance. */
import type { ViewContext } from "../context.ts";
import type { Frame } from "../frame.ts";
import { nameRows } from "../name_rows.ts";
import { ACCOUNT_COLUMN, ACCOUNT_LABEL, drawAccounts } from "../panels/accounts.ts";
import { drawByExpiry, expiryPanelRows } from "../panels/by_expiry.ts";
import { bodyRows, drawByUnderlying, nameSorting, totalCount } from "../panels/by_underlying.ts";
import { drawHealth } from "../panels/health.ts";
import { drawLimits } from "../panels/limits.ts";
import { drawPortfolio, drawPortfolioCompact } from "../panels/portfolio.ts";
import { drawShocks } from "../panels/shocks.ts";
import { drawTitles, type PanelTitle } from "../panels/titles.ts";
import { cut } from "../frame.ts";
import { sortText } from "../row_order.ts";
import { Role } from "../style.ts";
import { ROWS_ABOVE, ROWS_BELOW, type View } from "../view.ts";

export const summary: View = {
  draw(frame, top, bottom, context) {
    const plan = planOf(context, bottom - top);
    let row = top;
    if (plan.top > 0) {
      drawTop(frame, row, plan.top, context);
      row += plan.top + 1;
    }
    drawTitles(frame, row, 0, [{ wall: -1, title: namesTitle(context) }]);
    const area = { top: row + 1, left: 0, width: frame.width, height: plan.table };
    const place = drawByUnderlying(frame, area, context, true);
    row += plan.table + 1;
    if (plan.bottom > 0) {
      drawBottom(frame, row, plan.bottom, context);
      row += plan.bottom + 1;
    }
    if (plan.events > 0) drawEvents(frame, bottom - 1, context);
    return place;
  },
  rowKeys: (context) => nameRows(context).flatMap((row) => row.key === null ? [] : [row.key]),
  bodyRows(context) {
    const plan = planOf(context, context.size.rows - ROWS_ABOVE - ROWS_BELOW);
    return bodyRows(plan.table, totalCount(context), true);
  },
  sorting: nameSorting,
};

/** Rows of each part, titles not counted; 0 leaves it out. */
interface Plan {
  readonly top: number;
  readonly table: number;
  readonly bottom: number;
  readonly events: number;
}

/** The widths from which three panels stand side by side. */
const THREE_PANELS = 112;
const FULL_TOP = 12;
const COMPACT_TOP = 6;

/**
 * Shares the rows out. As the height shrinks the events go first, then the panels below the table, then half of the
 * panels above it; the table keeps at least five names, and what is left over is the table's and the limits'.
 */
function planOf(context: ViewContext, rows: number): Plan {
  if (context.view.zoomed) return { top: 0, table: Math.max(0, rows - 1), bottom: 0, events: 0 };
  // All names, also while a filter hides some: panels keep their place while somebody types.
  const names = context.snapshot.byUnderlying.length;
  const fixed = 2 + totalCount(context) + 1;
  const table = (wanted: number): number => fixed - 1 + Math.min(names, wanted);
  const wide = context.size.columns >= THREE_PANELS;
  const bottom = expiryPanelRows(context);
  const events = (context.newest.events?.length ?? 0) > 0 ? 1 : 0;
  const choices: readonly [top: number, bottom: number, events: number, names: number][] = wide
    ? [[FULL_TOP, bottom, 1, 8], [FULL_TOP, bottom, 0, 8], [FULL_TOP, 0, 0, 8], [COMPACT_TOP, 0, 0, 5]]
    : [[FULL_TOP, bottom, 1, 8], [FULL_TOP, bottom, 0, 8], [COMPACT_TOP, bottom, 0, 8], [COMPACT_TOP, 0, 0, 5]];
  for (const [top, low, line, wanted] of choices) {
    const shownEvents = Math.min(line, events);
    const need = top + 1 + table(wanted) + 1 + (low > 0 ? low + 1 : 0) + shownEvents;
    if (need > rows) continue;
    const spare = rows - need;
    // More names first, then more limits; what is still left stays blank under the table.
    const moreNames = Math.min(spare, Math.max(0, names - wanted));
    const limits = context.snapshot.limits.length;
    const moreLimits = top < FULL_TOP ? 0 : Math.min(spare - moreNames, Math.max(0, limits - top));
    return {
      top: top + moreLimits,
      table: table(wanted) + spare - moreLimits,
      bottom: low,
      events: shownEvents,
    };
  }
  return { top: 0, table: Math.max(0, rows - 1), bottom: 0, events: 0 };
}

/** Of when numbers that are not live are; empty while they are. */
function ofWhen({ live, look: { format } }: ViewContext): string {
  if (live.kind !== "stale") return "";
  return live.stored
    ? ` of ${format.weekday(live.at)} ${format.clockMinutes(live.at)}`
    : ` at ${format.clock(live.at)}`;
}

function drawTop(frame: Frame, row: number, height: number, context: ViewContext): void {
  const { width } = frame;
  const base = context.snapshot.baseCurrency ?? "no base currency";
  const at = ofWhen(context);
  // With one account shown these two stay on the whole book, and say so.
  const scope = context.view.account === null ? "" : ", whole book";
  const limits = context.live.kind === "stale" ? `Limits${at}${scope}` : `Limits${scope}, worst first`;
  const portfolio: PanelTitle = { wall: -1, title: `Portfolio (${base})${at}${scope}` };
  const top = row + 1;
  if (width < THREE_PANELS) {
    const wall = 35;
    drawTitles(frame, row, height, [portfolio, { wall, title: limits }]);
    const left = { top, left: 0, width: wall, height };
    if (height >= FULL_TOP) drawPortfolio(frame, left, context);
    else drawPortfolioCompact(frame, left, context);
    drawLimits(frame, { top, left: wall + 1, width: width - wall - 1, height }, context);
    return;
  }
  const wall = height >= FULL_TOP ? 36 : 35;
  const accounts = ACCOUNT_LABEL + ACCOUNT_COLUMN * accountColumns(context);
  const second = width - accounts - 1;
  drawTitles(frame, row, height, [portfolio, { wall, title: limits }, { wall: second, title: "Accounts" }]);
  const left = { top, left: 0, width: wall, height };
  if (height >= FULL_TOP) drawPortfolio(frame, left, context);
  else drawPortfolioCompact(frame, left, context);
  drawLimits(frame, { top, left: wall + 1, width: second - wall - 1, height }, context);
  drawAccounts(frame, { top, left: second + 1, width: accounts, height }, context);
}

/** Two accounts at 120 columns, one more for every 22 columns beyond. */
function accountColumns({ snapshot, size }: ViewContext): number {
  const fit = 2 + Math.floor(Math.max(0, size.columns - 120) / 22);
  return Math.max(2, Math.min(fit, snapshot.accounts.length));
}

function namesTitle(context: ViewContext): string {
  const sort = context.view.tables.summary.sort;
  const rows = nameRows(context).length;
  const all = context.snapshot.byUnderlying.length;
  const shown = rows === all ? "" : `, ${rows} of ${all} shown`;
  if (sort === null) return `By underlying, |$Delta| first${shown}`;
  const column = nameSorting(context).columns.find(({ id }) => id === sort.column);
  return `By underlying, ${sortText(column, sort)}${shown}`;
}

function drawBottom(frame: Frame, row: number, height: number, context: ViewContext): void {
  const { width } = frame;
  const wide = width >= THREE_PANELS;
  const first = wide ? 58 : width - 32;
  const top = row + 1;
  const panels: PanelTitle[] = [{ wall: -1, title: "By expiry" }, {
    wall: first,
    title: context.view.account === null ? "Spot shocks, vol flat" : "Spot shocks, whole book",
  }];
  if (wide) panels.push({ wall: first + 32, title: "Health" });
  drawTitles(frame, row, height, panels);
  drawByExpiry(frame, { top, left: 0, width: first, height }, context);
  drawShocks(frame, { top, left: first + 1, width: 31, height }, context);
  if (wide) drawHealth(frame, { top, left: first + 33, width: width - first - 33, height }, context);
}

/** The latest events in one row, newest first. */
function drawEvents(frame: Frame, row: number, context: ViewContext): void {
  const { format } = context.look;
  let column = 1;
  for (const event of context.newest.events ?? []) {
    const text = `${format.clock(Date.parse(event.at))} ${event.text}`;
    const room = frame.width - 1 - column;
    if (room < 20) return;
    column = frame.put(row, column, cut(text, room), Role.quiet) + 3;
  }
}
