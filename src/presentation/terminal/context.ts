/** What every view is given to draw with. */
import type { ColumnChoice } from "../../application/dashboard_columns.ts";
import type { ShockSet } from "../../application/shock_sets.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { AccountView, RiskSnapshot } from "../../domain/risk/snapshot.ts";
import type { Format } from "../format.ts";
import type { Glyphs } from "./glyphs.ts";
import type { Liveness } from "./liveness.ts";
import type { ProgramRecord } from "./program_record.ts";
import type { ViewState } from "./view_state.ts";

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What stays the same from frame to frame. */
export interface Look {
  readonly format: Format;
  readonly glyphs: Glyphs;
  /** Utilization from which a limit is soft. */
  readonly softAt: number;
  /** Index that beta-weighted delta is counted in. */
  readonly betaReference: string;
  readonly accounts: "full" | "masked";
  /** Columns that the configuration names for the two large tables. */
  readonly columns: ColumnChoice;
  /** Where manual positions are read from, for the hint on an empty book. */
  readonly manualFile: string;
  /** Sets of moves beside the configured shocks. */
  readonly shockSets: readonly ShockSet[];
}

export interface ViewContext {
  /** Whose rows are shown: the newest snapshot, or the one the screen was frozen at. */
  readonly snapshot: RiskSnapshot;
  /** The newest snapshot: alerts and the header come from it even while frozen. */
  readonly newest: RiskSnapshot;
  readonly view: ViewState;
  readonly size: Size;
  readonly now: EpochMs;
  readonly live: Liveness;
  readonly look: Look;
  readonly record: ProgramRecord;
}

/** A rectangle of the screen. */
export interface Area {
  readonly top: number;
  readonly left: number;
  readonly width: number;
  readonly height: number;
}

/** Longer names would push everything else aside: Futu's have 18 digits. */
const LONGEST_NAME = 12;

/** An account's name as the setting allows it to be shown: `DU1`, a long one as `2817*5383`; or masked `U*567`. */
export function accountName(account: string, look: Pick<Look, "accounts">): string {
  if (look.accounts === "full") {
    return account.length <= LONGEST_NAME ? account : `${account.slice(0, 4)}*${account.slice(-4)}`;
  }
  return account.length <= 4 ? `${account.slice(0, 1)}*${account.slice(-1)}` : `${account[0]}*${account.slice(-3)}`;
}

/** The account shown alone; undefined when all are, or when it is gone. */
export function shownAccount(context: ViewContext): AccountView | undefined {
  const { account } = context.view;
  return account === null ? undefined : context.snapshot.accounts.find((one) => one.account === account);
}

/** A mark, or `s` for everything while nothing is live. */
export function liveMark(context: ViewContext, mark: string, value: number | null): string {
  return context.live.kind === "stale" && value !== null ? "s" : mark;
}
