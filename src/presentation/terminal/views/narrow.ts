/** The Summary where there is no room for panels: a few lines of figures and the table. Any size, however small. */
import { age } from "../../format.ts";
import type { ViewContext } from "../context.ts";
import { digestOf, markOf } from "../digest.ts";
import { cut, type Frame } from "../frame.ts";
import { limitMark, shortLimitName, STATE_WORDS, worstFirst } from "../limit_text.ts";
import { liveMark } from "../context.ts";
import { drawAlertRow } from "../panels/alert_row.ts";
import { bodyRows, drawByUnderlying, totalCount } from "../panels/by_underlying.ts";
import { drawKeyRow, drawStatusRow } from "../panels/footer.ts";
import { drawNarrowHeader } from "../panels/header.ts";
import { stateStyle } from "../panels/limits.ts";
import { drawPortfolioLines } from "../panels/portfolio.ts";
import { markStyle, signStyle } from "../table.ts";

/** Rows of figures between the alert row and the table. */
const FIGURE_ROWS = 3;

export function drawNarrow(frame: Frame, context: ViewContext): void {
  const { width, height } = frame;
  drawNarrowHeader(frame, context);
  drawAlertRow(frame, 1, context);
  drawPortfolioLines(frame, 2, FIGURE_ROWS, context);
  const top = 2 + FIGURE_ROWS;
  drawByUnderlying(frame, { top, left: 0, width, height: height - top - 1 }, context, false);
  // A prompt or a toast needs a row of its own only while there is one.
  const spoken = context.view.prompt?.kind === "filter" || (context.view.toast?.until ?? 0) > context.now;
  if (spoken) drawStatusRow(frame, height - 1, context, { place: "", sorting: null });
  else drawKeyRow(frame, height - 1, context);
}

export function narrowBodyRows(context: ViewContext): number {
  return bodyRows(context.size.rows - 2 - FIGURE_ROWS - 1, totalCount(context), false);
}

/** Below 40×8: the alert, the day, the delta and the worst limit, as many as there are rows. */
export function drawTiny(frame: Frame, context: ViewContext): void {
  const { snapshot, look } = context;
  const { dailyPnl, dollarDelta } = snapshot.portfolio;
  const { book } = digestOf(snapshot);
  drawAlertRow(frame, 0, context);
  const dayMark = dailyPnl === null ? "" : liveMark(context, markOf(book, "dailyPnl"), dailyPnl);
  const deltaMark = dollarDelta === null ? "" : liveMark(context, markOf(book, "dollarDelta"), dollarDelta);
  number(frame, 1, "Day", look.format.signed(dailyPnl) + dayMark, signStyle(dailyPnl, dayMark));
  number(frame, 2, "$Delta", look.format.short(dollarDelta) + deltaMark, markStyle(deltaMark));
  const worst = worstFirst(snapshot.limits)[0];
  if (worst !== undefined) {
    const used = look.format.used(worst.utilization) + limitMark(worst);
    frame.put(
      3,
      0,
      cut(` ${STATE_WORDS[worst.state]} ${shortLimitName(worst, look)} ${used}`, frame.width),
      stateStyle(worst),
    );
  }
  if (frame.height > 5) {
    const old = context.now - Date.parse(snapshot.asOf);
    frame.put(
      4,
      0,
      cut(
        ` ${look.format.clock(context.now)}  ${snapshot.env}${snapshot.simulated ? " SIM" : ""}  ${age(old)}`,
        frame.width,
      ),
    );
  }
}

/** A number that does not fit is not cut: a `#` says that there is one. */
function number(frame: Frame, row: number, label: string, text: string, style: number): void {
  const line = ` ${label} ${text}`;
  if (line.length <= frame.width) frame.put(row, 0, line, style);
  else if (text.length <= frame.width) frame.put(row, 0, text, style);
  else frame.put(row, 0, "#", style);
}
