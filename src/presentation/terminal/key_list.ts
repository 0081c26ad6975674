/** Every key, what it does, and why it does nothing just now: for the help, and for who presses it all the same. */
import type { ViewContext } from "./context.ts";
import { unacknowledged } from "./limit_text.ts";
import { isWaiting, signalRows } from "./signal_rows.ts";
import type { ViewId } from "./view_state.ts";

export interface KeyLine {
  /** As the help writes them, at most seven cells. */
  readonly keys: string;
  readonly does: string;
  /** Why it does nothing on this screen; null: it does. */
  readonly why: (context: ViewContext) => string | null;
}

/** Why the key does nothing on this screen, in words that follow its name; null: it does, or is none. */
export function whyDead(context: ViewContext, key: string): string | null {
  return LINES.find(({ keys }) => keys.split(" ").includes(key))?.why(context) ?? null;
}

const always = (): null => null;

/** Works in these views alone. */
function inViews(...views: readonly ViewId[]): KeyLine["why"] {
  const [only] = views;
  const names = views.length === 1 && only !== undefined
    ? `${NUMBERS[only]} ${TITLES[only]}`
    : views.map((one) => NUMBERS[one]).join(" ");
  return ({ view }) => views.includes(view.active) ? null : `works in ${names}`;
}

const NUMBERS: Readonly<Record<ViewId, number>> = {
  summary: 1,
  positions: 2,
  risk: 3,
  limits: 4,
  signals: 5,
  quality: 6,
  health: 7,
};
const TITLES: Readonly<Record<ViewId, string>> = {
  summary: "Summary",
  positions: "Positions",
  risk: "Risk",
  limits: "Limits",
  signals: "Signals",
  quality: "Quality",
  health: "Health",
};

function inTree(context: ViewContext): string | null {
  return inViews("positions")(context) ?? (context.view.tree ? null : "works in the tree: t");
}

const WITH_TABLE = inViews("summary", "positions", "risk", "limits", "signals", "quality");

export const LEFT: readonly KeyLine[] = [
  { keys: "1 to 7", does: "open that view; Tab, Shift+Tab: next, previous", why: always },
  { keys: "j k ↓ ↑", does: "move the selected row; the mouse wheel scrolls", why: always },
  { keys: "g G", does: "first row, last row; PgUp and PgDn one page", why: always },
  { keys: "Enter", does: "open the row's detail, or open and fold a group", why: always },
  { keys: "Esc", does: "one step back: prompt, detail, zoom, filter", why: always },
  { keys: "E", does: "open or fold every group", why: inTree },
  { keys: "z", does: "zoom the table to the whole screen", why: inViews("summary", "risk", "limits", "quality") },
  { keys: "< >", does: "choose the sort column to the left, to the right", why: WITH_TABLE },
  { keys: "s S", does: "sort by the next column; reverse the order", why: WITH_TABLE },
  { keys: "/", does: "filter: words, !not, a:DU1, dte<8, flag:stale", why: always },
  { keys: "o", does: "only rows with a problem or an open breach", why: WITH_TABLE },
  { keys: "t", does: "tree or flat list", why: inViews("positions") },
  { keys: "w", does: "next column set: risk, P&L, quotes, all", why: inViews("summary", "positions") },
  { keys: "c", does: "next account, then all accounts again", why: inViews("summary", "positions", "risk", "quality") },
  { keys: "m", does: "base currency or the instrument's own", why: inViews("summary", "positions") },
  { keys: "%", does: "amounts or percent of net liquidation", why: inViews("summary", "positions", "risk") },
];

export const RIGHT: readonly KeyLine[] = [
  { keys: "Space", does: "freeze and resume; alerts still break in", why: always },
  { keys: "i", does: "explain the sorted number: formula and inputs", why: WITH_TABLE },
  { keys: "a", does: "acknowledge the selected or the top alert", why: nothingToAcknowledge },
  { keys: "u", does: "take back an acknowledgement", why: nothingAcknowledged },
  { keys: "n", does: "change the note of an acknowledged breach", why: inViews("limits", "signals") },
  { keys: "h", does: "history of this row today", why: always },
  { keys: "[ ]", does: "previous, next shock set", why: inViews("risk") },
  { keys: "v", does: "vol rows: points, relative, as configured", why: inViews("risk") },
  { keys: "b", does: "shocks plain or scaled by beta", why: inViews("risk") },
  { keys: "l", does: "lowest log level shown", why: inViews("health") },
  { keys: "f", does: "follow the log's end", why: inViews("health") },
  { keys: "r", does: "resubscribe this line, or reconnect; asks", why: inViews("positions", "quality", "health") },
  {
    keys: "J K",
    does: "scroll what Enter or i opened",
    why: ({ view }) => view.panel === null ? "needs one open" : null,
  },
  { keys: "T", does: "next theme: safe, classic, mono", why: always },
  { keys: "Ctrl+L", does: "draw the whole screen again", why: always },
  { keys: "Mouse", does: "the wheel scrolls; select text with Shift held", why: always },
  { keys: "?", does: "this help; typing searches it", why: always },
  { keys: "q", does: "quit, terminal restored; Ctrl+C does the same", why: always },
];

const LINES: readonly KeyLine[] = [...LEFT, ...RIGHT];

function nothingToAcknowledge(context: ViewContext): string | null {
  if (unacknowledged(context).length > 0) return null;
  if (context.view.active === "signals" && signalRows(context).some(isWaiting)) return null;
  return "finds no open alert to acknowledge";
}

function nothingAcknowledged({ newest }: ViewContext): string | null {
  return newest.breaches.some(({ state }) => state === "acknowledged") ? null : "finds nothing that is acknowledged";
}
