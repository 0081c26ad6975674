/** The overlay on `?`: every key and what it does. */
import type { ViewContext } from "../context.ts";
import { type Frame, padded } from "../frame.ts";
import { drawTitles } from "../panels/titles.ts";

const LEFT: readonly string[] = [
  "1 to 7  open that view; Tab, Shift+Tab: next, previous",
  "j k ↓ ↑ move the selected row; the mouse wheel scrolls",
  "g G     first row, last row; PgUp and PgDn one page",
  "Enter   open the name's positions, or open and fold a group",
  "Esc     one step back: prompt, filter, account, freeze",
  "E       open or fold every name and strategy",
  "s > <   sort by the next, the previous column; S reverses",
  "/       filter: words, !not, a:DU1, dte<8, flag:stale",
  "o       only rows with a problem, in 5 what is new",
  "t       tree by name and strategy, or flat list",
];

const RIGHT: readonly string[] = [
  "Space  freeze and resume; alerts still break in",
  "c      next account, then all again, in 1 2 3 6",
  "%      amounts or percent of net liq, in 1 2 3",
  "a      acknowledge the selected row, else the top alert",
  "u      take back a breach's acknowledgement",
  "T      next theme; Ctrl+L draws the whole screen again",
  "?      this help",
  "q      quit, terminal restored; Ctrl+C does the same",
];

export function drawHelp(frame: Frame, top: number, bottom: number, _context: ViewContext): void {
  const two = frame.width >= 104;
  const wall = two ? 62 : -1;
  const keys = two ? LEFT : [...LEFT, ...RIGHT];
  const rows = Math.min(bottom - top - 1, Math.max(keys.length, two ? RIGHT.length : 0));
  for (let row = top; row < bottom; row++) frame.put(row, 0, padded("", frame.width));
  drawTitles(frame, top, Math.max(0, rows), [
    { wall: -1, title: two ? "Keys" : "Keys · ? or Esc closes" },
    ...(two ? [{ wall, title: "? or Esc closes" }] : []),
  ]);
  drawColumn(frame, { top: top + 1, left: 1, rows }, keys);
  if (two) drawColumn(frame, { top: top + 1, left: wall + 2, rows }, RIGHT);
}

function drawColumn(
  frame: Frame,
  at: { readonly top: number; readonly left: number; readonly rows: number },
  keys: readonly string[],
): void {
  for (const [index, text] of keys.slice(0, Math.max(0, at.rows)).entries()) {
    frame.put(at.top + index, at.left, text);
  }
}
