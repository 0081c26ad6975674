/** Keys of the program's log, of a row's history, of the shocks and of the feed, and what they do to the view. */
import type { HistorySubject } from "../../application/day_record.ts";
import { neighbourOf, type ShockChoice, type VolRows } from "../../application/shock_sets.ts";
import type { LogLine } from "../../application/ports/log.ts";
import type { PositionView } from "../../domain/risk/snapshot.ts";
import { contractName } from "../format.ts";
import { dead, type Pressed, quiet } from "./answer.ts";
import type { ViewContext } from "./context.ts";
import { selectedKey } from "./dashboard.ts";
import type { Key } from "./keys.ts";
import { linesInSight, LOG_LEVELS, logKey, logRows, selectedLine } from "./log_rows.ts";
import { longLimitName } from "./limit_text.ts";
import { type SelectedRow, selectedRow } from "./selected_row.ts";
import type { FeedRequest, LogChoice, Prompt, ViewState } from "./view_state.ts";

export type RecordAction =
  | { readonly kind: "feed"; readonly request: FeedRequest }
  /** The day's history of a row is wanted: `view.history` waits for the answer. */
  | { readonly kind: "history"; readonly subject: HistorySubject };

type RecordPrompt = Extract<Prompt, { readonly kind: "search" | "feed" }>;

const LONGEST_SEARCH = 200;

/** The answer to a key that is about the log or the feed; null: it is not. */
export function recordKey(context: ViewContext, text: string): Pressed | null {
  const { view } = context;
  const inLog = view.active === "health" && context.record.log !== null;
  switch (text) {
    case "/":
      if (view.active !== "health") return null;
      if (!inLog) return dead(context, "nothing to filter here");
      return quiet({ ...view, prompt: { kind: "search", text: view.log.search } });
    case "l":
      return inLog ? quiet(withLog(view, { level: nextLevel(view.log) })) : dead(context, "l works in 7 Health");
    case "f":
      return inLog ? quiet(following(context)) : dead(context, "f works in 7 Health");
    case "r":
      return asking(context);
    case "h":
      return openingHistory(context);
    case "[":
      return shocked(context, { set: neighbourOf(view.shocks.set, context.look.shockSets, -1) });
    case "]":
      return shocked(context, { set: neighbourOf(view.shocks.set, context.look.shockSets, 1) });
    case "v":
      return shocked(context, { vol: NEXT_VOL[view.shocks.vol] });
    case "b":
      return shocked(context, { byBeta: !view.shocks.byBeta });
    default:
      return null;
  }
}

const NEXT_VOL: Readonly<Record<VolRows, VolRows>> = { flat: "points", points: "relative", relative: "flat" };

/** Other shocks in 3 Risk, the only view that shows them. */
function shocked(context: ViewContext, change: Partial<ShockChoice>): Pressed {
  const { view } = context;
  if (view.active !== "risk") return dead(context, "[ ] v b choose the shocks of 3 Risk");
  return quiet({ ...view, shocks: { ...view.shocks, ...change } });
}

/** `r` asks before it touches the feed: for the selected row's line where a row has one, in 7 for the connection. */
function asking(context: ViewContext): Pressed {
  const { view } = context;
  if (view.active === "health") return quiet({ ...view, prompt: { kind: "feed", request: { kind: "reconnect" } } });
  const instrument = instrumentOfRow(context);
  if (instrument === "elsewhere") return dead(context, "r works in 2 Positions, 6 Quality and 7 Health");
  if (instrument === null) return dead(context, "this row has no quotes of its own: choose a contract");
  const request = { kind: "resubscribe", instrument, label: contractName(instrument) } as const;
  return quiet({ ...view, prompt: { kind: "feed", request } });
}

/** The contract of the selected row; null: the row is none; `elsewhere`: the view has no such rows. */
function instrumentOfRow(context: ViewContext): PositionView | null | "elsewhere" {
  if (context.view.active !== "positions" && context.view.active !== "quality") return "elsewhere";
  const row = rowUnderCursor(context);
  return row?.kind === "position" ? row.position : null;
}

/** `h` opens the day's history of the selected row, which comes when it has been read. */
function openingHistory(context: ViewContext): Pressed {
  const { view } = context;
  const row = rowUnderCursor(context);
  const found = row === undefined ? null : subjectOf(row, context);
  if (found === null) {
    return dead(context, view.active === "health" ? "h works in 1 to 6" : "this row has no history of its own");
  }
  const { subject, title } = found;
  return { view: { ...view, history: { subject, title, answer: null } }, actions: [{ kind: "history", subject }] };
}

/** Keys while a history is shown: `h`, Enter and Esc close it. */
export function inHistory(view: ViewState, key: Key): Pressed {
  const closes = key.kind === "named"
    ? key.name === "escape" || key.name === "enter"
    : key.kind === "text" && key.text === "h";
  return quiet(closes ? { ...view, history: null } : view);
}

function subjectOf(
  row: SelectedRow,
  { look }: ViewContext,
): { readonly subject: HistorySubject; readonly title: string } | null {
  switch (row.kind) {
    case "position":
      return { subject: { kind: "contract", contract: row.position }, title: contractName(row.position) };
    case "name":
      return row.name.key === null
        ? null
        : { subject: { kind: "name", underlying: row.name.key }, title: `all of ${row.name.label}` };
    case "strategy":
      return {
        subject: { kind: "name", underlying: row.strategy.underlying },
        title: `all of ${row.strategy.underlying}`,
      };
    case "limit":
      return { subject: { kind: "breach", id: row.limit.id }, title: longLimitName(row.limit, look) };
    case "signal":
      return row.row.kind === "signal"
        ? null
        : { subject: { kind: "breach", id: row.row.breach.id }, title: longLimitName(row.row.breach, look) };
    case "reconciliation":
      return null;
  }
}

function rowUnderCursor(context: ViewContext): SelectedRow | undefined {
  const key = selectedKey(context);
  return key === null ? undefined : selectedRow(context, key);
}

/** Typing into a search, or the answer to a question. */
export function inRecordPrompt(view: ViewState, prompt: RecordPrompt, key: Key): Pressed {
  const named = key.kind === "named" ? key.name : null;
  if (prompt.kind === "feed") {
    if (named === "enter" || (key.kind === "text" && key.text === "y")) {
      return { view: { ...view, prompt: null }, actions: [{ kind: "feed", request: prompt.request }] };
    }
    const refused = named === "escape" || (key.kind === "text" && key.text === "n");
    return quiet(refused ? { ...view, prompt: null } : view);
  }
  if (named === "escape") return quiet(withLog({ ...view, prompt: null }, { search: "" }));
  if (named === "enter") return quiet({ ...view, prompt: null });
  const text = edited(prompt.text, key);
  // The search works while it is typed.
  return quiet(withLog({ ...view, prompt: { kind: "search", text } }, { search: text }));
}

/** One step back of what this file opens; null: nothing of it is open. */
export function recordClosed(view: ViewState): ViewState | null {
  if (view.toast !== null || view.active !== "health") return null;
  if (view.log.full) return withLog(view, { full: false });
  return view.log.search === "" ? null : withLog(view, { search: "" });
}

/** The selection moved through the log; at its end the log is followed, and above it not. */
export function recordMoved(context: ViewContext, page: number, by: number): ViewState {
  const { view } = context;
  const lines = logRows(context);
  if (lines.length === 0) return view;
  const at = Math.max(0, Math.min(lines.length - 1, selectedLine(lines, view) + by));
  const line = lines[at];
  const moved = placed(view, lines, page, line === undefined ? null : logKey(line));
  return withLog(moved, { follow: by > 0 && at === lines.length - 1 });
}

/** Enter in the log shows the selected line's full record, or closes it. */
export function recordEntered(context: ViewContext): Pressed {
  if (logRows(context).length === 0) return dead(context, "no line is selected");
  return quiet(withLog(context.view, { full: !context.view.log.full }));
}

function following(context: ViewContext): ViewState {
  const { view } = context;
  const lines = logRows(context);
  const line = lines[lines.length - 1];
  // What was in sight stays when the following ends.
  const held = view.log.follow ? placed(view, lines, 1, line === undefined ? null : logKey(line)) : view;
  return withLog(held, { follow: !view.log.follow });
}

/** The view with another line selected and the first one in sight remembered. */
function placed(
  view: ViewState,
  lines: readonly LogLine[],
  page: number,
  selected: string | null,
): ViewState {
  const table = { ...view.tables.health, selected };
  const next = { ...view, tables: { ...view.tables, health: table }, log: { ...view.log, follow: false } };
  const { first } = linesInSight(lines, next, page);
  const top = lines[first]?.number ?? 0;
  return { ...view, tables: { ...view.tables, health: { ...table, top } } };
}

function nextLevel({ level }: LogChoice): LogChoice["level"] {
  return LOG_LEVELS[(LOG_LEVELS.indexOf(level) + 1) % LOG_LEVELS.length] ?? "INFO";
}

function withLog(view: ViewState, change: Partial<LogChoice>): ViewState {
  return { ...view, log: { ...view.log, ...change } };
}

function edited(text: string, key: Key): string {
  if (key.kind === "text" || key.kind === "paste") return (text + key.text).slice(0, LONGEST_SEARCH);
  if (key.kind === "control" && key.letter === "u") return "";
  if (key.kind === "control" && key.letter === "w") return text.replace(/\S*\s*$/, "");
  return key.kind === "named" && key.name === "backspace" ? [...text].slice(0, -1).join("") : text;
}
