/** What stands in the Summary's place while there are no positions: still starting, or nothing held. */
import type { ViewContext } from "../context.ts";
import { cut, type Frame, wrapped } from "../frame.ts";
import { accountName } from "../context.ts";
import { COMPONENT_NAMES, componentsInOrder, STATUS_WORDS, statusStyle } from "../panels/health.ts";
import { drawTitles } from "../panels/titles.ts";
import { Role } from "../style.ts";

/** Whether there is no book to show: the first full view is still to come, nothing was ever read, or nothing is held. */
export function isWaiting({ snapshot, live }: ViewContext): boolean {
  if (live.kind === "starting") return true;
  return snapshot.positions.length === 0 && snapshot.byUnderlying.length === 0;
}

/**
 * Whether that stands in the active view's place. A book that was read and is flat still has limits, signals and sources that
 * may not agree; the log is there whatever is missing.
 */
export function isReplaced(context: ViewContext): boolean {
  const { active } = context.view;
  if (!isWaiting(context) || active === "health") return false;
  const flat = context.live.kind !== "starting" && !nothingRead(context);
  return !(flat && (active === "limits" || active === "signals" || active === "quality"));
}

export function drawWaiting(frame: Frame, top: number, bottom: number, context: ViewContext): void {
  const { title, lines, parts } = contentOf(context);
  drawTitles(frame, top, 0, [{ wall: -1, title }]);
  for (const [index, line] of lines.entries()) {
    if (top + 1 + index < bottom) frame.put(top + 1 + index, 1, cut(line, frame.width - 2));
  }
  if (parts) drawParts(frame, top + 2 + lines.length, bottom, context);
}

function contentOf(context: ViewContext): { title: string; lines: string[]; parts: boolean } {
  if (context.live.kind === "starting") return { title: "Starting", lines: startingLines(context), parts: true };
  if (nothingRead(context)) {
    const lines = ["Nothing has been read from the broker yet; APEX keeps trying by itself."];
    return { title: "No connection", lines, parts: true };
  }
  return { title: "No positions", lines: emptyLines(context), parts: context.live.kind === "stale" };
}

/** Whether the broker has told nothing since the start: there are no old numbers that could be shown. */
export function nothingRead({ snapshot, live }: ViewContext): boolean {
  return live.kind === "stale" && snapshot.positions.length === 0 && snapshot.accounts.length === 0;
}

/** What the monitor says it waits for, else what has come so far: `Positions 25, quotes 18 of 27 (67 %)`. */
export function startingLine({ snapshot, look }: ViewContext): string {
  const { positions, quality, statusReasons } = snapshot;
  const answered = quality.quotes === 0 ? "" : ` (${look.format.percent(quality.live / quality.quotes, 0)})`;
  const options = positions.filter((one) => one.greeksSource !== "unit");
  const greeks = options.filter((one) => one.greeksSource !== "missing").length;
  const counts = `Positions ${positions.length}, quotes ${quality.live} of ${quality.quotes}${answered}, ` +
    `greeks ${greeks} of ${options.length}`;
  const [waitsFor] = statusReasons;
  return waitsFor === undefined ? counts : waitsFor.charAt(0).toUpperCase() + waitsFor.slice(1);
}

function startingLines(context: ViewContext): string[] {
  return [startingLine(context), "The book appears as soon as enough of it is known; nothing is judged before."];
}

/** Each component and, in full, what it has to say: here is where somebody reads why nothing comes. */
function drawParts(frame: Frame, top: number, bottom: number, { snapshot }: ViewContext): void {
  let row = top;
  for (const part of componentsInOrder(snapshot.health)) {
    if (row >= bottom) return;
    frame.put(row, 1, STATUS_WORDS[part.status], statusStyle(part));
    frame.put(row, 7, COMPONENT_NAMES[part.component], Role.text);
    const lines = part.status === "off" ? [cut(part.detail, frame.width - 21)] : wrapped(part.detail, frame.width - 21);
    for (const line of lines.slice(0, bottom - row)) frame.put(row++, 20, line, Role.quiet);
    if (lines.length === 0) row++;
  }
}

function emptyLines({ snapshot, look }: ViewContext): string[] {
  const { format } = look;
  const { portfolio, accounts } = snapshot;
  const at = format.clock(Date.parse(snapshot.asOf));
  const names = accounts.length === 1
    ? `Account ${accounts.map((one) => accountName(one.account, look)).join("")} was read completely`
    : accounts.length === 2
    ? "Both accounts were read completely"
    : accounts.length === 0
    ? "No account has been read"
    : `All ${accounts.length} accounts were read completely`;
  const cash = accounts.length === 1 ? accounts[0]?.cash ?? null : null;
  const known = cash === null ? "" : `   Cash ${format.money(cash)}`;
  return [
    accounts.length === 0
      ? `${names} at ${at}.`
      : `${names} at ${at} and ${accounts.length === 1 ? "is" : "are"} flat.`,
    `Net liq ${format.money(portfolio.netLiquidation)}${known}   Margin ${
      format.percent(portfolio.marginUtilization, 1)
    }   Day P&L ${format.signed(portfolio.dailyPnl)}   Realized ${format.signed(portfolio.realizedPnl)}`,
    `A new position shows within one turn. Manual rows: ${look.manualFile}.`,
  ];
}
