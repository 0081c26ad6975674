/** What happens to a breach: each transition is an event, a log line, a metric and a row of the audit trail. */
import type { BreachSeverity, BreachState, LimitView } from "../risk/snapshot.ts";
import type { EpochMs } from "../time.ts";
import type { Breach } from "./breach.ts";
import { boundText, limitLabel, limitMessage } from "./limit_text.ts";

export type TransitionKind =
  | "opened"
  /** To hard; voids an acknowledgement. */
  | "raised"
  /** From hard to soft. */
  | "lowered"
  /** Between soft and unknown, which weigh the same: an acknowledgement stays. */
  | "relabelled"
  | "escalated"
  | "acknowledged"
  | "taken-back"
  | "cleared";

/** A change of severity goes from one severity to another, beginning at `ok`; a change of state from state to state. */
export interface BreachTransition {
  /** The limit's id. */
  readonly id: string;
  readonly rule: string;
  readonly scope: string | null;
  readonly kind: TransitionKind;
  readonly from: "ok" | BreachSeverity | BreachState;
  readonly to: BreachSeverity | BreachState | "cleared";
  /** After the transition; of a cleared breach, what it had. */
  readonly severity: BreachSeverity;
  readonly at: EpochMs;
  readonly value: number | null;
  /** Null for a range. */
  readonly limit: number | null;
  readonly utilization: number | null;
  /** May name an account (margin limits). */
  readonly message: string;
}

export function severityChanged(
  kind: "opened" | "raised" | "lowered" | "relabelled",
  from: "ok" | BreachSeverity,
  after: Breach,
  at: EpochMs,
): BreachTransition {
  return { ...of(after.limit, kind, at), from, to: after.severity, severity: after.severity };
}

/** @param limit where it stands now; null when it is no longer there to be judged */
export function cleared(before: Breach, limit: LimitView | null, at: EpochMs): BreachTransition {
  const label = limitLabel(before.limit.rule, before.limit.scope);
  const lasted = durationText(at - before.openedAt);
  const message = limit === null
    ? `${label} cleared after ${lasted}: nothing is left to judge`
    : limit.utilization === null
    ? `${label} cleared within its ${boundText(limit)} after ${lasted}`
    : `${label} cleared at ${(limit.utilization * 100).toFixed(1)} % of its ${boundText(limit)} after ${lasted}`;
  const seen = limit ?? { ...before.limit, value: null, utilization: null };
  return { ...of(seen, "cleared", at), from: before.severity, to: "cleared", severity: before.severity, message };
}

export function escalated(before: Breach, after: Breach, waited: number, at: EpochMs): BreachTransition {
  const message = `${limitMessage(after.limit)}, not acknowledged for ${durationText(waited)}`;
  return { ...stateChanged("escalated", before, after, at), message };
}

export function acknowledged(
  before: Breach,
  after: Breach,
  by: string,
  note: string | null,
  at: EpochMs,
): BreachTransition {
  const label = limitLabel(after.limit.rule, after.limit.scope);
  const message = `${label} acknowledged by ${by}${note === null ? "" : `: ${note}`}`;
  return { ...stateChanged("acknowledged", before, after, at), message };
}

export function takenBack(before: Breach, after: Breach, at: EpochMs): BreachTransition {
  const label = limitLabel(after.limit.rule, after.limit.scope);
  return { ...stateChanged("taken-back", before, after, at), message: `${label} acknowledgement taken back` };
}

function stateChanged(kind: TransitionKind, before: Breach, after: Breach, at: EpochMs): BreachTransition {
  return { ...of(after.limit, kind, at), from: before.state, to: after.state, severity: after.severity };
}

function of(limit: LimitView, kind: TransitionKind, at: EpochMs) {
  const { id, rule, scope, value, utilization } = limit;
  return { id, rule, scope, kind, at, value, limit: limit.limit, utilization, message: limitMessage(limit) };
}

/** 45s, 26m10s, 3h02m. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`;
  return `${Math.floor(seconds / 3600)}h${two(Math.floor(seconds / 60) % 60)}m`;
}
