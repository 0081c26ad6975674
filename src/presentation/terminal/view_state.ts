/** What the person at the screen has chosen: everything that decides a frame beside the snapshot and the clock. */
import type { HistorySubject, RowHistory } from "../../application/day_record.ts";
import { CONFIGURED_SHOCKS, type ShockChoice } from "../../application/shock_sets.ts";
import type { LogLevel } from "../../application/ports/log.ts";
import type { KeyFields } from "../../domain/instrument.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { RiskSnapshot } from "../../domain/risk/snapshot.ts";
import type { ColumnSet } from "./column_sets.ts";
import { type DayTrail, initialTrail } from "./day_trail.ts";

export type ViewId = "summary" | "positions" | "risk" | "limits" | "signals" | "quality" | "health";

export const VIEW_IDS: readonly ViewId[] = ["summary", "positions", "risk", "limits", "signals", "quality", "health"];

export interface Sort {
  readonly column: string;
  readonly reversed: boolean;
}

/** Where the cursor of one view's table is. */
export interface TableState {
  /** Key of the selected row; null is the first one. It follows its row when the order changes. */
  readonly selected: string | null;
  /** First row shown. */
  readonly top: number;
  /** Null is the view's own order. */
  readonly sort: Sort | null;
  /** Columns chosen with `w`, in the tables that have several sets. */
  readonly columns: ColumnSet;
}

export type Prompt =
  | { readonly kind: "filter"; readonly text: string; readonly before: string }
  | { readonly kind: "acknowledge"; readonly text: string; readonly breachId: string }
  /** Words that lines of the log must have. */
  | { readonly kind: "search"; readonly text: string }
  /** Asks before the feed is touched. */
  | { readonly kind: "feed"; readonly request: FeedRequest };

/** A line of one contract asked for anew, or the broker's whole connection made anew. */
export type FeedRequest =
  | { readonly kind: "resubscribe"; readonly instrument: KeyFields; readonly label: string }
  | { readonly kind: "reconnect" };

/** The day's history of one row, on the screen. */
export interface OpenedHistory {
  readonly subject: HistorySubject;
  readonly title: string;
  /** Null while it is being read. */
  readonly answer: RowHistory | null;
}

/** Which lines of the program's log are shown, and how. */
export interface LogChoice {
  /** The lowest one shown. */
  readonly level: LogLevel;
  /** The newest line stays selected and in sight. */
  readonly follow: boolean;
  readonly search: string;
  /** The selected line's full record is shown under the lines. */
  readonly full: boolean;
}

export interface ViewState {
  readonly active: ViewId;
  readonly tables: Readonly<Record<ViewId, TableState>>;
  readonly filter: string;
  /** Account shown alone; null is all. */
  readonly account: string | null;
  /** Snapshot whose rows are held still, and since when. */
  readonly frozen: { readonly snapshot: RiskSnapshot; readonly at: EpochMs } | null;
  /** Amounts as percent of net liquidation. */
  readonly percent: boolean;
  /** Amounts of a contract in its own currency instead of the base. */
  readonly ownCurrency: boolean;
  readonly prompt: Prompt | null;
  readonly help: boolean;
  /** What is searched in the help, and how far it is scrolled. */
  readonly helpPlace: { readonly search: string; readonly top: number };
  /** What is told of the selected row under its table. */
  readonly panel: { readonly kind: "detail" | "explain"; readonly top: number } | null;
  /** The view's table has the whole screen. */
  readonly zoomed: boolean;
  /** A line in the status row until the time given. */
  readonly toast: { readonly text: string; readonly until: EpochMs } | null;
  readonly trail: DayTrail;
  /** Groups of the position tree whose fold differs from the default. */
  readonly folds: ReadonlySet<string>;
  /** Positions as a tree by underlying, or flat. */
  readonly tree: boolean;
  /** Rows without a problem or an open breach are left out. */
  readonly onlyProblems: boolean;
  readonly log: LogChoice;
  readonly history: OpenedHistory | null;
  /** The shocks that 3 Risk shows. */
  readonly shocks: ShockChoice;
}

const FIRST_ROW: TableState = { selected: null, top: 0, sort: null, columns: "standard" };

export const INITIAL_VIEW: ViewState = {
  active: "summary",
  tables: {
    summary: FIRST_ROW,
    positions: FIRST_ROW,
    risk: FIRST_ROW,
    limits: FIRST_ROW,
    signals: FIRST_ROW,
    quality: FIRST_ROW,
    health: FIRST_ROW,
  },
  filter: "",
  account: null,
  frozen: null,
  percent: false,
  ownCurrency: false,
  prompt: null,
  help: false,
  helpPlace: { search: "", top: 0 },
  panel: null,
  zoomed: false,
  toast: null,
  trail: initialTrail,
  folds: new Set(),
  tree: true,
  onlyProblems: false,
  log: { level: "INFO", follow: true, search: "", full: false },
  history: null,
  shocks: CONFIGURED_SHOCKS,
};
