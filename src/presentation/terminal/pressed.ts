/** What a key does: the next view, and what the outside is to do. Pure; the same keys give the same screens. */
import { acknowledgeKey } from "./acknowledge_keys.ts";
import { acting, dead, type Pressed, quiet, toasted } from "./answer.ts";
import { contextOf, type DashboardInput, selectedKey, tableOf, VIEWS } from "./dashboard.ts";
import { filterFault } from "./filter.ts";
import { whyDead } from "./key_list.ts";
import type { Key, KeyName } from "./keys.ts";
import { detailKey, rowPanelKey } from "./row_panel_keys.ts";
import { inHistory, inRecordPrompt, recordClosed, recordEntered, recordKey, recordMoved } from "./record_keys.ts";
import { groupKeys, isGroupKey, rowOfName } from "./position_rows.ts";
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
  if (view.help) return inHelp(view, key);
  if (key.kind === "text" && key.text === "q") return acting(view, { kind: "quit" });
  if (view.history !== null) return inHistory(view, key);
  const context = contextOf(input);
  if (context === null) return quiet(view);
  if (key.kind === "named") return named(context, key.name);
  return key.kind === "text" ? letter(context, key.text) : quiet(view);
}

/** Typing searches the help; what moves rows elsewhere scrolls it. */
function inHelp(view: ViewState, key: Key): Pressed {
  const { search, top } = view.helpPlace;
  const step = key.kind === "named" ? HELP_STEPS[key.name] : undefined;
  if (step !== undefined) return quiet({ ...view, helpPlace: { search, top: Math.max(0, Math.min(40, top + step)) } });
  const closes = (key.kind === "named" && key.name === "escape") || (key.kind === "text" && key.text === "?");
  return quiet(closes ? { ...view, help: false } : { ...view, helpPlace: { search: edited(search, key), top: 0 } });
}

const HELP_STEPS: Readonly<Partial<Record<KeyName, number>>> = {
  up: -1,
  down: 1,
  wheelUp: -3,
  wheelDown: 3,
  pageUp: -10,
  pageDown: 10,
  home: -40,
  end: 40,
};

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
  const fault = context === null ? null : filterFault(view.filter, context);
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
  const why = whyDead(context, text);
  if (why !== null) return dead(context, `${text} ${why}`);
  const sorting = VIEWS[view.active].sorting(context);
  const answer = recordKey(context, text) ?? tableKey(context, sorting, text) ??
    rowPanelKey(context, selectedKey(context), sorting, text) ?? acknowledgeKey(context, selectedKey(context), text);
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
      return quiet({ ...view, help: true, helpPlace: { search: "", top: 0 } });
    case " ":
      return quiet(
        view.frozen === null
          ? { ...view, frozen: { snapshot: context.newest, at: context.now } }
          : { ...view, frozen: null },
      );
    case "/":
      return quiet({ ...view, prompt: { kind: "filter", text: view.filter, before: view.filter } });
    case "%":
      return quiet({ ...view, percent: !view.percent });
    case "c":
      return quiet({ ...view, account: nextAccount(context) });
    case "m":
      return quiet({ ...view, ownCurrency: !view.ownCurrency });
    case "o":
      return quiet({ ...view, onlyProblems: !view.onlyProblems });
    case "t":
      return quiet({ ...view, tree: !view.tree });
    case "E":
      return quiet(allFolded(context));
    case "T":
      return acting(view, { kind: "nextTheme" });
    default:
      return KNOWN_LATER.includes(text) ? dead(context, `${text} does nothing here`) : quiet(view);
  }
}

/** Keys of the full set that have nothing to work on yet: they say so instead of staying silent. */
const KNOWN_LATER = "hvb[]";

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
  return quiet({ ...view, active: id, toast: null, panel: null, zoomed: false });
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
  if (view.active !== "positions" || !isGroupKey(key)) return detailKey(context, key);
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
  if (view.panel !== null) return { ...view, panel: null };
  if (view.zoomed) return { ...view, zoomed: false };
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

function withTable(view: ViewState, table: TableState): ViewState {
  return { ...view, tables: { ...view.tables, [view.active]: table } };
}
