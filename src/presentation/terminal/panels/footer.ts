/** The last two rows: what the screen is made of, and the keys that work now. */
import { age } from "../../format.ts";
import { accountName, type ViewContext } from "../context.ts";
import { cut, type Frame, widthOf } from "../frame.ts";
import { SET_NAMES } from "../column_sets.ts";
import { filterFault } from "../filter.ts";
import { whyDead } from "../key_list.ts";
import { type Sorting, sortText } from "../row_order.ts";
import { shownTotal } from "../shown_total.ts";
import { drawRecordPrompt } from "./record_prompt.ts";
import { typedText } from "./typed_text.ts";
import { BOLD, Role } from "../style.ts";
import type { Sort, ViewId } from "../view_state.ts";

/** `place` says which rows are in sight, empty when all are; `sorting` how they are ordered. */
export function drawStatusRow(
  frame: Frame,
  row: number,
  context: ViewContext,
  { place, sorting }: { readonly place: string; readonly sorting: Sorting | null },
): void {
  const { view, now } = context;
  if (drawRecordPrompt(frame, row, context)) return;
  if (view.prompt?.kind === "filter") {
    drawFilterPrompt(frame, row, context, view.prompt.text);
    return;
  }
  if (view.toast !== null && view.toast.until > now) {
    frame.put(row, 1, cut(view.toast.text, frame.width - 2), BOLD);
    return;
  }
  const left = madeOf(context).filter((part) => part !== "");
  const right = [place, chosen(context, sorting)].filter((part) => part !== "").join(" · ");
  const kept = context.newest.monitor.clockShifted === true ? widthOf(left[0] ?? "") + 2 : 0;
  const start = frame.putEnding(row, frame.width - 1, cut(right, frame.width - 2 - kept), Role.quiet);
  // A part that does not fit leaves as a whole: half a number would be another one.
  while (left.length > 0 && widthOf(left.join(" · ")) + 2 > start) left.pop();
  frame.put(row, 1, left.join(" · "), Role.quiet);
}

/** What is typed, then what is wrong with it or how much it leaves, then what ends it. */
function drawFilterPrompt(frame: Frame, row: number, context: ViewContext, text: string): void {
  const keys = "Enter keep  Esc clear";
  const fault = filterFault(text, context);
  const told = fault ?? shownOf(context);
  const room = frame.width - 4 - widthOf(keys);
  const most = Math.max(12, fault === null ? room - widthOf(told) - 4 : Math.floor(room / 3));
  const end = frame.put(row, 1, `/ ${typedText(text, most)}`, BOLD);
  const start = frame.putEnding(row, frame.width - 1, keys);
  if (fault !== null) frame.put(row, end + 2, cut(fault, start - end - 4), Role.soft);
  else if (end + widthOf(told) + 2 < start) frame.putEnding(row, start - 2, told, Role.quiet);
}

/** `3 of 25 shown`, of positions; nothing in a view of other things. */
function shownOf(context: ViewContext): string {
  if (!OF_POSITIONS.includes(context.view.active)) return "";
  const { format } = context.look;
  const shown = shownTotal(context)?.positions ?? context.snapshot.positions.length;
  return `${format.money(shown)} of ${format.money(context.snapshot.positions.length)} shown`;
}

const OF_POSITIONS: readonly ViewId[] = ["summary", "positions", "risk", "quality"];

/** `turn 42 in 0.6 ms`, `41 quotes/s`, `oldest live quote 3.2 s`; first of all that the clock is not the real one. */
function madeOf({ newest, look: { format } }: ViewContext): string[] {
  const { turnMs, ticksPerSecond, oldestLiveQuoteMs, clockShifted = false } = newest.monitor;
  return [
    clockShifted ? "clock shifted" : "",
    `turn ${newest.sequence}${turnMs === null ? "" : ` in ${format.decimals(turnMs, 1)} ms`}`,
    ticksPerSecond === null ? "" : `${format.money(ticksPerSecond)} quotes/s`,
    oldestLiveQuoteMs === null ? "" : `oldest live quote ${age(oldestLiveQuoteMs)}`,
  ];
}

function chosen(context: ViewContext, sorting: Sorting | null): string {
  const { view, look, size } = context;
  const wide = size.columns >= 104;
  const table = view.tables[view.active];
  const account = view.account === null ? (wide ? "all accounts" : "all") : accountName(view.account, look);
  const filter = view.filter === "" ? "no filter" : cut(`/ ${view.filter}`, 24);
  return [
    view.zoomed ? "zoomed, z back" : "",
    view.onlyProblems ? "problems only" : "",
    view.ownCurrency ? "own currency" : "",
    table.columns === "standard" ? "" : `columns ${SET_NAMES[table.columns]}`,
    account,
    sortOf(table.sort, sorting, wide),
    filter,
  ].filter((part) => part !== "").join(" · ");
}

/** `sort |$Delta|`; `sort Theta, largest first · S reverses`. */
function sortOf(sort: Sort | null, sorting: Sorting | null, wide: boolean): string {
  if (sorting === null) return "";
  if (sort === null) return wide ? `sort ${sorting.own.title}` : "";
  return `sort ${sortText(sorting.columns.find(({ id }) => id === sort.column), sort)}${wide ? " · S reverses" : ""}`;
}

/** Keys of a view from the one that matters most; what does not fit is left out at the end. */
export function drawKeyRow(frame: Frame, row: number, context: ViewContext): void {
  const wide = frame.width >= 104;
  const right = wide ? "? help  q quit" : "? q";
  const start = frame.width - 1 - widthOf(right);
  frame.putEnding(row, frame.width - 1, right);
  let column = 1;
  for (const [long, short, brief] of KEYS[context.view.active]) {
    const hint = wide ? long : frame.width >= 80 ? short : brief;
    const text = context.view.frozen === null ? hint : hint.replace("freeze", "resume");
    if (text === "" || whyDead(context, long.split(/[ /]/)[0] ?? "") !== null) continue;
    if (column + widthOf(text) + 2 > start) break;
    column = frame.put(row, column, text) + 2;
  }
}

/** From 104, from 80 columns on, below. */
type KeyHint = readonly [long: string, short: string, brief: string];

const VIEWS: KeyHint = ["1-7 view", "1-7 view", "1-7"];
const MOVE: KeyHint = ["j/k move", "j/k", "j/k"];
const SORT: KeyHint = ["s/S sort", "s sort", ""];
const COLUMNS: KeyHint = ["w columns", "", ""];
const EXPLAIN: KeyHint = ["i explain", "", ""];
const NOTE: KeyHint = ["n note", "n note", ""];
const HISTORY: KeyHint = ["h history", "", ""];
const FILTER: KeyHint = ["/ filter", "/ filter", "/ filter"];
const ACK: KeyHint = ["a ack", "a ack", "a ack"];
const ACCOUNT: KeyHint = ["c account", "c account", "c account"];
const FREEZE: KeyHint = ["Space freeze", "Space freeze", "Space"];
const PERCENT: KeyHint = ["% percent", "", ""];

const ONLY: KeyHint = ["o only problems", "o problems", "o"];
const DETAIL: KeyHint = ["Enter detail", "Enter", ""];
const ACKNOWLEDGE: KeyHint = ["a acknowledge", "a ack", "a ack"];
const TAKE_BACK: KeyHint = ["u take back", "u take back", "u"];

const KEYS: Readonly<Record<ViewId, readonly KeyHint[]>> = {
  summary: [VIEWS, MOVE, DETAIL, SORT, FILTER, ACK, ACCOUNT, FREEZE, PERCENT, COLUMNS],
  positions: [
    VIEWS,
    MOVE,
    ["Enter open/fold", "Enter fold", "Enter"],
    ["E all", "E all", "E"],
    SORT,
    FILTER,
    ["t flat/tree", "t flat/tree", "t"],
    PERCENT,
    COLUMNS,
    EXPLAIN,
  ],
  risk: [
    VIEWS,
    ["[ ] shock set", "[ ] shocks", "[ ]"],
    ["v vol rows", "v vol", "v"],
    ["b by beta", "b beta", "b"],
    ["Enter positions", "Enter", ""],
    PERCENT,
    ACCOUNT,
    FREEZE,
    SORT,
  ],
  limits: [VIEWS, MOVE, ACKNOWLEDGE, TAKE_BACK, NOTE, HISTORY, ["o only open", "o only open", "o"], DETAIL, FILTER],
  signals: [VIEWS, MOVE, ACKNOWLEDGE, NOTE, EXPLAIN, ["o only new", "o only new", "o"], DETAIL, FILTER, TAKE_BACK],
  quality: [
    VIEWS,
    MOVE,
    ["Enter all fields", "Enter", ""],
    ["r resubscribe row", "r resubscribe", ""],
    ONLY,
    FILTER,
    ACCOUNT,
    FREEZE,
  ],
  health: [
    VIEWS,
    ["l level", "l level", "l"],
    ["f follow", "f follow", "f"],
    ["/ search", "/ search", "/"],
    ["Enter full record", "Enter record", ""],
    ["r reconnect", "r reconnect", "r"],
    FREEZE,
  ],
};
