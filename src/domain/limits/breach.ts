/**
 * The life of a breach: it opens when its limit has held for the debounce, rises and falls in severity, is acknowledged or
 * escalates, and clears. Pure: the same limits at the same times give the same transitions.
 *
 * Severity and state are apart from each other. A breach clears when the value is back below 98 % of the soft threshold and
 * falls from hard to soft below 98 % of the limit, so that a value at the edge does not flutter. A value that is missing
 * counts like soft, and never lowers or clears anything.
 */
import type { BreachSeverity, BreachState, BreachView, LimitState, LimitView } from "../risk/snapshot.ts";
import type { LimitSettings } from "../settings.ts";
import { type EpochMs, isoInstant } from "../time.ts";
import { limitMessage } from "./limit_text.ts";
import {
  acknowledged,
  type BreachTransition,
  cleared,
  escalated,
  severityChanged,
  takenBack,
} from "./breach_transition.ts";

export type BreachSettings = Pick<LimitSettings, "softBreachThreshold" | "debounceSeconds" | "escalateAfterMinutes">;

export interface Breach {
  /** The limit as last seen. */
  readonly limit: LimitView;
  readonly severity: BreachSeverity;
  readonly state: BreachState;
  readonly openedAt: EpochMs;
  /** When it took its present severity. */
  readonly since: EpochMs;
  /** When it was last opened, reopened or taken back: escalation counts from here. */
  readonly unacknowledgedSince: EpochMs;
  readonly acknowledgement: Acknowledgement | null;
}

export interface Acknowledgement {
  readonly at: EpochMs;
  readonly by: string;
  readonly note: string | null;
}

/** For how long a limit has held without a break; null while it does not. */
interface Holding {
  /** At soft, hard or unknown. */
  readonly any: EpochMs;
  readonly hard: EpochMs | null;
  /** At `unknown`, or at a known value, without changing between the two. */
  readonly label: EpochMs;
  readonly unknown: boolean;
}

export interface Breaches {
  readonly settings: BreachSettings;
  readonly open: ReadonlyMap<string, Breach>;
  readonly holding: ReadonlyMap<string, Holding>;
}

export interface BreachStep {
  readonly state: Breaches;
  readonly transitions: readonly BreachTransition[];
}

/** Values this far below a threshold count as back inside it. */
const BACK_INSIDE = 0.98;

/** No breaches yet; `restored` are those that an earlier run left open. */
export function newBreaches(settings: BreachSettings, restored: readonly Breach[] = []): Breaches {
  return { settings, open: new Map(restored.map((breach) => [breach.limit.id, breach])), holding: new Map() };
}

/**
 * Takes the limits as judged now and hands out what changed. A breach whose limit is no longer listed clears: the position is
 * gone, or the limit is.
 *
 * @param limits every limit, or null when they were not judged: then nothing changes
 */
export function recordBreaches(state: Breaches, limits: readonly LimitView[] | null, now: EpochMs): BreachStep {
  if (limits === null) return { state, transitions: [] };
  const open = new Map<string, Breach>();
  const holding = new Map<string, Holding>();
  const transitions: BreachTransition[] = [];
  const gone = new Map(state.open);
  for (const limit of limits) {
    gone.delete(limit.id);
    const held = hold(limit.state, state.holding.get(limit.id), now);
    if (held !== null) holding.set(limit.id, held);
    const before = state.open.get(limit.id);
    const after = before === undefined
      ? opened(limit, held, state.settings, now, transitions)
      : carried(before, limit, held, state.settings, now, transitions);
    if (after !== null) open.set(limit.id, escalate(after, state.settings, now, transitions));
  }
  for (const breach of gone.values()) transitions.push(cleared(breach, null, now));
  return { state: { settings: state.settings, open, holding }, transitions };
}

/** Notes who has seen the breach. Acknowledging again replaces the note. No transition when no such breach is open. */
export function acknowledge(state: Breaches, id: string, by: string, note: string | null, now: EpochMs): BreachStep {
  const breach = state.open.get(id);
  if (breach === undefined) return { state, transitions: [] };
  const after: Breach = { ...breach, state: "acknowledged", acknowledgement: { at: now, by, note } };
  return { state: withBreach(state, after), transitions: [acknowledged(breach, after, by, note, now)] };
}

/** Takes an acknowledgement back: the breach is open again and its escalation starts anew. */
export function takeBack(state: Breaches, id: string, now: EpochMs): BreachStep {
  const breach = state.open.get(id);
  if (breach === undefined || breach.state !== "acknowledged") return { state, transitions: [] };
  const after: Breach = { ...breach, state: "open", unacknowledgedSince: now, acknowledgement: null };
  return { state: withBreach(state, after), transitions: [takenBack(breach, after, now)] };
}

/** Open breaches as the snapshot lists them: hard, unknown, soft; the newest first inside each. */
export function breachViews(state: Breaches): BreachView[] {
  return [...state.open.values()]
    .sort((a, b) => RANK[b.severity] - RANK[a.severity] || b.since - a.since || (a.limit.id < b.limit.id ? -1 : 1))
    .map(breachView);
}

const RANK: Readonly<Record<BreachSeverity, number>> = { hard: 3, unknown: 2, soft: 1 };

function breachView({ limit, severity, state, since, acknowledgement }: Breach): BreachView {
  return {
    id: limit.id,
    rule: limit.rule,
    scope: limit.scope,
    severity,
    state,
    value: limit.value,
    limit: limit.limit,
    utilization: limit.utilization,
    since: isoInstant(since),
    message: limitMessage(limit),
    acknowledgedAt: acknowledgement === null ? null : isoInstant(acknowledgement.at),
    acknowledgedBy: acknowledgement?.by ?? null,
    note: acknowledgement?.note ?? null,
  };
}

/** Starts, keeps or, when the value went back, resets the debounce. */
function hold(state: LimitState, before: Holding | undefined, now: EpochMs): Holding | null {
  if (state === "ok") return null;
  const unknown = state === "unknown";
  return {
    any: before?.any ?? now,
    hard: state === "hard" ? before?.hard ?? now : null,
    label: before?.unknown === unknown ? before.label : now,
    unknown,
  };
}

function opened(
  limit: LimitView,
  held: Holding | null,
  settings: BreachSettings,
  now: EpochMs,
  transitions: BreachTransition[],
): Breach | null {
  const severity = dueSeverity(held, settings, now);
  if (severity === null) return null;
  const breach: Breach = {
    limit,
    severity,
    state: "open",
    openedAt: now,
    since: now,
    unacknowledgedSince: now,
    acknowledgement: null,
  };
  transitions.push(severityChanged("opened", "ok", breach, now));
  return breach;
}

/** The severity that has held for its debounce. */
function dueSeverity(held: Holding | null, settings: BreachSettings, now: EpochMs): BreachSeverity | null {
  if (held === null) return null;
  const { soft, hard } = settings.debounceSeconds;
  if (held.hard !== null && now - held.hard >= hard * 1000) return "hard";
  if (now - held.any < soft * 1000) return null;
  return held.unknown ? "unknown" : "soft";
}

function carried(
  before: Breach,
  limit: LimitView,
  held: Holding | null,
  settings: BreachSettings,
  now: EpochMs,
  transitions: BreachTransition[],
): Breach | null {
  if (isBackInside(limit, settings.softBreachThreshold * BACK_INSIDE)) {
    transitions.push(cleared(before, limit, now));
    return null;
  }
  const severity = nextSeverity(before, limit, held, settings, now);
  if (severity === before.severity) return { ...before, limit };
  const rises = severity === "hard";
  const after: Breach = rises
    ? { ...before, limit, severity, state: "open", since: now, unacknowledgedSince: now, acknowledgement: null }
    : { ...before, limit, severity, since: now };
  const kind = rises ? "raised" : before.severity === "hard" ? "lowered" : "relabelled";
  transitions.push(severityChanged(kind, before.severity, after, now));
  return after;
}

function nextSeverity(
  before: Breach,
  limit: LimitView,
  held: Holding | null,
  settings: BreachSettings,
  now: EpochMs,
): BreachSeverity {
  if (before.severity === "hard") return isBackInside(limit, BACK_INSIDE) ? "soft" : "hard";
  if (dueSeverity(held, settings, now) === "hard") return "hard";
  const label = limit.state === "unknown" ? "unknown" : "soft";
  if (label === before.severity) return label;
  // Soft and unknown weigh the same; the label follows once it has held, so that it does not flutter.
  const since = held === null ? before.since : held.label;
  return now - since >= settings.debounceSeconds.soft * 1000 ? label : before.severity;
}

/** Known, and below the threshold. Against a bound of 0 there is no utilization: not being beyond it counts. */
function isBackInside(limit: LimitView, threshold: number): boolean {
  if (limit.state === "unknown") return false;
  return limit.utilization === null ? limit.state === "ok" : limit.utilization < threshold;
}

function escalate(breach: Breach, settings: BreachSettings, now: EpochMs, transitions: BreachTransition[]): Breach {
  const waited = now - breach.unacknowledgedSince;
  if (breach.state !== "open" || waited < settings.escalateAfterMinutes * 60_000) return breach;
  const after: Breach = { ...breach, state: "escalated" };
  transitions.push(escalated(breach, after, waited, now));
  return after;
}

function withBreach(state: Breaches, breach: Breach): Breaches {
  return { ...state, open: new Map(state.open).set(breach.limit.id, breach) };
}
