/** View 7: which part works since when, what this process costs, and what happened lately. */
import type { ViewContext } from "../context.ts";
import { age } from "../../format.ts";
import { cut, type Frame, wrapped } from "../frame.ts";
import {
  COMPONENT_NAMES,
  componentsInOrder,
  reconciliationWords,
  STATUS_WORDS,
  statusStyle,
} from "../panels/health.ts";
import { drawTitles } from "../panels/titles.ts";
import { Role } from "../style.ts";
import type { View } from "../view.ts";

/** From this width on the process stands beside the components. */
const SIDE_BY_SIDE = 104;

export const health: View = {
  draw(frame, top, bottom, context) {
    const parts = componentsInOrder(context.newest.health);
    const facts = processFacts(context);
    const wide = frame.width >= SIDE_BY_SIDE;
    const wall = wide ? Math.floor(frame.width * 0.6) : -1;
    const details = parts.map((part) => wrapped(part.detail, Math.max(12, (wide ? wall : frame.width) - 32)));
    const told = details.reduce((sum, lines) => sum + Math.max(1, lines.length), 0);
    const rows = wide ? Math.max(told, facts.length) : told;
    drawTitles(frame, top, Math.max(0, Math.min(rows, bottom - top - 1)), [
      { wall: -1, title: "Components" },
      ...(wide ? [{ wall, title: "This process" }] : []),
    ]);
    let row = top + 1;
    for (const [index, part] of parts.entries()) {
      if (row >= bottom) return "";
      frame.put(row, 1, STATUS_WORDS[part.status], statusStyle(part));
      frame.put(row, 7, COMPONENT_NAMES[part.component]);
      frame.put(row, 21, context.look.format.clock(Date.parse(part.since)), Role.quiet);
      const lines = details[index] ?? [];
      for (const [line, text] of lines.entries()) if (row + line < bottom) frame.put(row + line, 31, text);
      row += Math.max(1, lines.length);
    }
    const left = wide ? wall + 2 : 1;
    const start = wide ? top + 1 : top + 1 + rows;
    for (const [index, fact] of facts.entries()) {
      if (start + index < bottom) frame.put(start + index, left, cut(fact, frame.width - left - 1));
    }
    drawLately(frame, wide ? top + 1 + rows : start + facts.length, bottom, context);
    return "";
  },
  rowKeys: () => [],
  bodyRows: () => 1,
  sortColumns: [],
};

function processFacts({ newest, look: { format } }: ViewContext): string[] {
  const { monitor, quality, pnlCheck } = newest;
  const memory = monitor.memoryBytes;
  return [
    `turn ${newest.sequence}${monitor.turnMs === null ? "" : ` in ${format.decimals(monitor.turnMs, 1)} ms`}`,
    `inbox ${format.money(monitor.inboxEvents)}   conflated ${format.money(monitor.conflated)}`,
    `lines ${format.money(monitor.linesUsed)} of ${format.money(monitor.linesAllowed)}   quotes ${
      format.money(quality.live)
    } of ${format.money(quality.quotes)} live`,
    `oldest live quote ${age(monitor.oldestLiveQuoteMs)}`,
    `P&L check ${format.percent(pnlCheck.dailyAccuracy, 2)} daily, ${
      format.percent(pnlCheck.unrealizedAccuracy, 2)
    } unrealized`,
    `reconciliation ${reconciliationWords(newest)}`,
    ...(memory === undefined || memory === null ? [] : [`memory ${format.money(memory / 1_048_576)} MB`]),
    ...newest.statusReasons.map((reason) => `${newest.status}: ${reason}`),
  ];
}

/** Differences between sources, then the latest events, newest first. */
function drawLately(frame: Frame, top: number, bottom: number, { newest, look: { format } }: ViewContext): void {
  if (top >= bottom) return;
  drawTitles(frame, top, 0, [{ wall: -1, title: "Lately, newest first" }]);
  const lines = [
    ...newest.reconciliation.map((row) => `${row.status.padEnd(10)}${row.key}: ${row.detail}`),
    ...(newest.events ?? []).map((event) => `${format.clock(Date.parse(event.at))} ${event.text}`),
  ];
  for (const [index, line] of lines.entries()) {
    if (top + 1 + index < bottom) frame.put(top + 1 + index, 1, cut(line, frame.width - 2));
  }
}
