/** What a key does: the next view, and what the outside is to do. Pure; the same keys give the same screens. */
import type { BreachView } from "../../domain/risk/snapshot.ts";
import { acting, dead, type Pressed, quiet, toasted } from "./answer.ts";
import { contextOf, type DashboardInput, tableOf, VIEWS } from "./dashboard.ts";
import { filterFault } from "./filter.ts";
import type { Key, KeyName } from "./keys.ts";
import { longLimitName, unacknowledged } from "./limit_text.ts";
import { inRecordPrompt, recordClosed, recordEntered, recordKey, recordMoved } from "./record_keys.ts";
import { groupKeys, isGroupKey, rowOfName } from "./position_rows.ts";
import { isCleared, isWaiting, type SignalRow, signalRows } from "./signal_rows.ts";
import { tableKey } from "./sort_keys.ts";
import { type TableState, VIEW_IDS, type ViewId, type ViewState } from "./view_state.ts";
import type { ViewContext } from "./context.ts";

export type { Action, Pressed } from "./answer.ts";

const LONGEST_LINE = 200;
const WHEEL_ROWS = 3;

/** The answer to one key on the screen that `input` draws. */
export function pressed(input: DashboardInput, key: Key): Pressed {
  const { view } = input;
  if (key.kind === "control" && key.letter === "c") return acting(view, { kind: "quit" });
  if (key.kind === "control" && key.letter === "l") return acting(view, { kind: "redraw" });
  if (view.prompt !== null) return inPrompt(input, key);
  if (key.kind === "text" && key.text === "q") return acting(view, { kind: "quit" });
  if (view.help) return inHelp(view, key);
  const context = contextOf(input);
  if (context === null) return quiet(view);
  if (key.kind === "named") return named(context, key.name);
  return key.kind === "text" ? letter(context, key.text) : quiet(view);
}

function inHelp(view: ViewState, key: Key): Pressed {
  const closes = (key.kind === "named" && key.name === "escape") || (key.kind === "text" && key.text === "?");
  return quiet(closes ? { ...view, help: false } : view);
}

/** Typing into the filter or a note. */
function inPrompt(input: DashboardInput, key: Key): Pressed {
  const { view } = input;
  const { prompt } = view;
  if (prompt === null) return quiet(view);
  if (prompt.kind === "search" || prompt.kind === "feed") return inRecordPrompt(view, prompt, key);
  if (key.kind === "named" && key.name === "escape") {
    return quiet({ ...view, prompt: null, filter: prompt.kind === "filter" ? "" : view.filter });
  }
  if (key.kind === "named" && key.name === "enter") {
    const done = { ...view, prompt: null };
    if (prompt.kind === "filter") return quiet(withFault(done, input));
    return acting(done, { kind: "acknowledge", breachId: prompt.breachId, note: prompt.text.trim() });
  }
  const text = edited(prompt.text, key);
  // The filter works while it is typed.
  return quiet({ ...view, prompt: { ...prompt, text }, filter: prompt.kind === "filter" ? text : view.filter });
}

/** A filter that is kept although a word of it cannot be read says so. */
function withFault(view: ViewState, input: DashboardInput): ViewState {
  const context = contextOf(input);
  const fault = context === null ? null : filterFault(view.filter, context.snapshot);
  return context === null || fault === null ? view : toasted({ ...context, view }, fault);
}

function edited(text: string, key: Key): string {
  if (key.kind === "text" || key.kind === "paste") return (text + key.text).slice(0, LONGEST_LINE);
  if (key.kind === "control" && key.letter === "u") return "";
  if (key.kind === "control" && key.letter === "w") return text.replace(/\S*\s*$/, "");
  return key.kind === "named" && key.name === "backspace" ? [...text].slice(0, -1).join("") : text;
}

function named(context: ViewContext, name: KeyName): Pressed {
  const { view } = context;
  if (name === "up") return moved(context, -1);
  if (name === "down") return moved(context, 1);
  if (name === "wheelUp") return moved(context, -WHEEL_ROWS);
  if (name === "wheelDown") return moved(context, WHEEL_ROWS);
  if (name === "pageUp") return moved(context, -tableOf(context).page);
  if (name === "pageDown") return moved(context, tableOf(context).page);
  if (name === "home") return moved(context, -Infinity);
  if (name === "end") return moved(context, Infinity);
  if (name === "tab") return opened(context, neighbour(view.active, 1));
  if (name === "shiftTab") return opened(context, neighbour(view.active, -1));
  if (name === "enter") return entered(context);
  return name === "escape" ? quiet(recordClosed(view) ?? back(view)) : quiet(view);
}

function letter(context: ViewContext, text: string): Pressed {
  const { view } = context;
  const answer = recordKey(context, text) ?? tableKey(context, VIEWS[view.active].sorting(context), text);
  if (answer !== null) return answer;
  const digit = VIEW_IDS["1234567".indexOf(text)];
  if (digit !== undefined && text.length === 1) return opened(context, digit);
  switch (text) {
    case "j":
      return moved(context, 1);
    case "k":
      return moved(context, -1);
    case "g":
      return moved(context, -Infinity);
    case "G":
      return moved(context, Infinity);
    case "?":
      return quiet({ ...view, help: true });
    case " ":
      return quiet(
        view.frozen === null
          ? { ...view, frozen: { snapshot: context.newest, at: context.now } }
          : { ...view, frozen: null },
      );
    case "/":
      return quiet({ ...view, prompt: { kind: "filter", text: view.filter, before: view.filter } });
    case "%":
      if (!IN_AMOUNTS.includes(view.active)) return dead(context, "% works in 1 Summary, 2 Positions and 3 Risk");
      return quiet({ ...view, percent: !view.percent });
    case "c":
      if (WHOLE_BOOK.includes(view.active)) return dead(context, "this view is of the whole book; c works in 1 2 3 6");
      return quiet({ ...view, account: nextAccount(context) });
    case "m":
      if (!OF_CONTRACTS.includes(view.active)) return dead(context, "m works in 1 Summary and 2 Positions");
      return quiet({ ...view, ownCurrency: !view.ownCurrency });
    case "o":
      if (view.active === "health") return dead(context, "o works in 1 to 6");
      return quiet({ ...view, onlyProblems: !view.onlyProblems });
    case "a":
      return acknowledging(context);
    case "u":
      return takingBack(context);
    case "t":
      return view.active === "positions"
        ? quiet({ ...view, tree: !view.tree })
        : dead(context, "t works in 2 Positions");
    case "E":
      return view.active === "positions" ? quiet(allFolded(context)) : dead(context, "E works in 2 Positions");
    case "T":
      return acting(view, { kind: "nextTheme" });
    default:
      return KNOWN_LATER.includes(text) ? dead(context, `${text} does nothing here`) : quiet(view);
  }
}

/** Views of amounts, which can be percent of net liquidation. */
const IN_AMOUNTS: readonly ViewId[] = ["summary", "positions", "risk"];
/** Views whose rows can be in a currency of their own. */
const OF_CONTRACTS: readonly ViewId[] = ["summary", "positions"];
/** Views that no account has for its own. */
const WHOLE_BOOK: readonly ViewId[] = ["limits", "signals", "health"];

/** Keys of the full set that have nothing to work on yet: they say so instead of staying silent. */
const KNOWN_LATER = "hinvbwzmlfr[]";

function moved(context: ViewContext, by: number): Pressed {
  const { view } = context;
  const { keys, page } = tableOf(context);
  if (keys.length === 0) return quiet(view);
  if (view.active === "health") return quiet(recordMoved(context, page, by));
  const table = view.tables[view.active];
  const found = table.selected === null ? 0 : keys.indexOf(table.selected);
  const at = Math.max(0, Math.min(keys.length - 1, Math.max(0, found) + by));
  const top = Math.max(0, Math.min(Math.max(table.top, at - page + 1), at, Math.max(0, keys.length - page)));
  return quiet(withTable(view, { ...table, selected: keys[at] ?? null, top }));
}

function opened({ view }: ViewContext, id: ViewId): Pressed {
  return quiet({ ...view, active: id, toast: null });
}

function neighbour(active: ViewId, step: number): ViewId {
  const at = VIEW_IDS.indexOf(active) + step + VIEW_IDS.length;
  return VIEW_IDS[at % VIEW_IDS.length] ?? active;
}

/** Enter on a name opens its positions; on a group it opens or folds it. */
function entered(context: ViewContext): Pressed {
  const { view } = context;
  if (view.active === "health") return recordEntered(context);
  const { keys } = tableOf(context);
  const { selected } = view.tables[view.active];
  const key = selected !== null && keys.includes(selected) ? selected : keys[0];
  if (key === undefined) return quiet(view);
  if (view.active === "summary" || view.active === "risk") {
    const positions = { ...view.tables.positions, selected: rowOfName(context, key) };
    return quiet({ ...view, active: "positions", tree: true, tables: { ...view.tables, positions } });
  }
  if (view.active !== "positions" || !isGroupKey(key)) return dead(context, "Enter opens nothing on this row");
  const folds = new Set(view.folds);
  if (!folds.delete(key)) folds.add(key);
  return quiet({ ...view, folds });
}

/** Folds every group, or opens all when none is open. */
function allFolded(context: ViewContext): ViewState {
  const { view } = context;
  const groups = groupKeys(context);
  return { ...view, folds: view.folds.size > 0 ? new Set() : new Set(groups) };
}

function back(view: ViewState): ViewState {
  if (view.toast !== null) return { ...view, toast: null };
  if (view.filter !== "") return { ...view, filter: "" };
  if (view.onlyProblems) return { ...view, onlyProblems: false };
  if (view.account !== null) return { ...view, account: null };
  if (view.frozen !== null) return { ...view, frozen: null };
  return { ...view, active: "summary" };
}

function nextAccount({ view, snapshot }: ViewContext): string | null {
  const names = [...new Set(snapshot.accounts.map((one) => one.account))];
  return names[view.account === null ? 0 : names.indexOf(view.account) + 1] ?? null;
}

function acknowledging(context: ViewContext): Pressed {
  if (context.view.active === "signals") return acknowledgingRow(context);
  const breach = selectedBreach(context, (one) => one.state !== "acknowledged") ?? unacknowledged(context)[0];
  if (breach === undefined) return dead(context, "no open alert to acknowledge");
  return prompting(context, breach.id);
}

/** In the signals view `a` is about the selected row alone: another one would not be seen. */
function acknowledgingRow(context: ViewContext): Pressed {
  const row = selectedSignalRow(context);
  if (row === undefined) return dead(context, "no open alert to acknowledge");
  if (isCleared(row)) return dead(context, "it has cleared: nothing to acknowledge");
  if (!isWaiting(row)) return dead(context, "it is acknowledged already");
  return prompting(context, row.kind === "breach" ? row.breach.id : row.signal.id);
}

function prompting({ view }: ViewContext, breachId: string): Pressed {
  return quiet({ ...view, prompt: { kind: "acknowledge", text: "", breachId } });
}

function takingBack(context: ViewContext): Pressed {
  const row = context.view.active === "signals" ? selectedSignalRow(context) : undefined;
  if (row?.kind === "signal") return dead(context, "u takes back what was said of a breach; a signal stays as it is");
  if (row?.kind === "breach" && isWaiting(row)) return dead(context, "this breach is not acknowledged");
  const acknowledged = context.newest.breaches.filter((one) => one.state === "acknowledged");
  const latest = [...acknowledged].sort((a, b) => (a.acknowledgedAt ?? "") < (b.acknowledgedAt ?? "") ? 1 : -1)[0];
  const breach = row?.breach ?? selectedBreach(context, (one) => one.state === "acknowledged") ?? latest;
  if (breach === undefined) return dead(context, "nothing is acknowledged");
  const view = toasted(context, `${longLimitName(breach, context.look)}: acknowledgement taken back`);
  return { view, actions: [{ kind: "takeBack", breachId: breach.id }] };
}

/** The selected row of the signals view; the first without a choice. */
function selectedSignalRow(context: ViewContext): SignalRow | undefined {
  const rows = signalRows(context);
  return rows.find(({ key }) => key === context.view.tables.signals.selected) ?? rows[0];
}

/** The breach of the selected row in the limits view. */
function selectedBreach({ view, newest }: ViewContext, fits: (breach: BreachView) => boolean): BreachView | undefined {
  if (view.active !== "limits") return undefined;
  const { selected } = view.tables.limits;
  return newest.breaches.find((one) =>
    fits(one) && (selected === `limit:${one.id}` || selected === `breach:${one.id}`)
  );
}

function withTable(view: ViewState, table: TableState): ViewState {
  return { ...view, tables: { ...view.tables, [view.active]: table } };
}
