/** View 3: when risk expires, what shocks would do, and which names the greeks are in. */
import { isConfigured } from "../../../application/shock_sets.ts";
import { count } from "../../format.ts";
import { shownAccount, type ViewContext } from "../context.ts";
import { nameRows, totalRows } from "../name_rows.ts";
import { drawLadder, ladderRows } from "../panels/expiry_ladder.ts";
import { drawGreeksByName, greekBodyRows, greekSorting } from "../panels/greeks_by_name.ts";
import { drawGrid, gridRows, hiddenMoves } from "../panels/shock_grid.ts";
import { drawTitles } from "../panels/titles.ts";
import { ROWS_ABOVE, ROWS_BELOW, type View } from "../view.ts";

export const risk: View = {
  draw(frame, top, bottom, context) {
    const plan = planOf(context, bottom - top);
    const { width } = frame;
    let row = top;
    if (plan.ladder > 0) {
      drawTitles(frame, row++, 0, [{ wall: -1, title: ladderTitle(context) }]);
      drawLadder(frame, { top: row, left: 0, width, height: plan.ladder }, context);
      row += plan.ladder;
    }
    if (plan.grid > 0) {
      drawTitles(frame, row++, 0, [{ wall: -1, title: gridTitle(context, width) }]);
      drawGrid(frame, { top: row, left: 0, width, height: plan.grid }, context);
      row += plan.grid;
    }
    if (plan.greeks <= 0) return "";
    drawTitles(frame, row++, 0, [{ wall: -1, title: "Greeks by underlying" }]);
    return drawGreeksByName(frame, { top: row, left: 0, width, height: plan.greeks }, context);
  },
  rowKeys(context) {
    const { greeks } = planOf(context, context.size.rows - ROWS_ABOVE - ROWS_BELOW);
    return greeks <= 0 ? [] : nameRows(context).flatMap(({ key }) => (key === null ? [] : [key]));
  },
  bodyRows(context) {
    const { greeks } = planOf(context, context.size.rows - ROWS_ABOVE - ROWS_BELOW);
    return greekBodyRows(context, greeks);
  },
  sorting: greekSorting,
};

/** Rows of each part without its title; 0 leaves it out. */
interface Plan {
  readonly ladder: number;
  readonly grid: number;
  readonly greeks: number;
}

/**
 * Shares the rows out: the ladder and the shocks first, names in what is left. Where all three do not fit, the line about
 * the near term goes, then names, then shocks.
 */
function planOf(context: ViewContext, rows: number): Plan {
  if (context.view.zoomed) return { ladder: 0, grid: 0, greeks: rows - 1 };
  const ladder = ladderRows(context);
  const grid = gridRows(context);
  const least = 1 + Math.min(2, Math.max(1, context.snapshot.byUnderlying.length)) + totalRows(context).length;
  for (const shorter of [0, 1]) {
    const left = rows - (1 + ladder - shorter) - (1 + grid) - 1;
    if (left >= least) return { ladder: ladder - shorter, grid, greeks: left };
  }
  if (rows >= ladder + grid + 2) return { ladder, grid, greeks: 0 };
  const left = rows - ladder - 2;
  if (left >= 3) return { ladder, grid: left, greeks: 0 };
  return { ladder: Math.max(0, rows - 1), grid: 0, greeks: 0 };
}

function ladderTitle(context: ViewContext): string {
  const account = shownAccount(context);
  const split = account === undefined || account.book !== undefined ? "" : ", --n not split by account";
  return `Expiry ladder (${context.snapshot.baseCurrency ?? "no base currency"})${split}`;
}

function gridTitle(context: ViewContext, width: number): string {
  const { view, snapshot } = context;
  const { set, byBeta } = view.shocks;
  const chosen = !isConfigured(view.shocks);
  const taylor = chosen || (snapshot.quality.flags.TAYLOR ?? 0) > 0 ? ", by delta, gamma, vega" : "";
  const whole = view.account === null ? "" : ", whole book";
  const hidden = hiddenMoves(context, width);
  const more = hidden > 0 ? `, ${count(hidden, "smaller move")} left out` : "";
  const name = set === null ? "" : ` of ${set.name} moves`;
  return `Scenario P&L${name}${byBeta ? ", by beta" : ""}${taylor}${whole}${
    view.percent ? ", % of net liq" : ""
  }${more}`;
}
