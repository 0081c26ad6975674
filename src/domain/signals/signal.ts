/**
 * The life of a signal: it is raised when its condition has held for the debounce, is new until a person has seen it, and
 * clears when the condition no longer holds. Pure: the same conditions at the same times give the same transitions.
 *
 * A condition that is `near` keeps a signal and raises none, so that a value at the edge does not flutter. One that is
 * `unknown` stops the clock of the debounce and changes nothing else. What cleared is still listed for a while.
 */
import type { SignalView } from "../risk/snapshot.ts";
import { type EpochMs, isoInstant } from "../time.ts";
import type { KnownCondition, SignalCondition, SignalSeverity } from "./signal_condition.ts";
import type { SignalSettings } from "./signal_settings.ts";
import {
  signalAcknowledged,
  signalCleared,
  signalRaised,
  signalSeverityChanged,
  type SignalTransition,
} from "./signal_transition.ts";

export type SignalTiming = Pick<SignalSettings, "debounceSeconds" | "keepClearedMinutes">;

export interface Signal {
  /** As last known. */
  readonly condition: KnownCondition;
  /** When the condition began to hold, before the debounce. */
  readonly firstAt: EpochMs;
  /** When it was raised. */
  readonly since: EpochMs;
  /** When it was last found standing. */
  readonly lastAt: EpochMs;
  readonly acknowledgement: SignalAcknowledgement | null;
  readonly clearedAt: EpochMs | null;
}

export interface SignalAcknowledgement {
  readonly at: EpochMs;
  readonly by: string;
  readonly note: string | null;
}

/** A condition on its way through the debounce. */
interface Pending {
  readonly firstAt: EpochMs;
  /** For how long it was seen holding; time in which it was unknown does not count. */
  readonly heldMs: number;
  /** When it was last seen holding; null after an unknown turn. */
  readonly holdingAt: EpochMs | null;
}

export interface Signals {
  readonly timing: SignalTiming;
  readonly active: ReadonlyMap<string, Signal>;
  readonly cleared: ReadonlyMap<string, Signal>;
  readonly pending: ReadonlyMap<string, Pending>;
}

export interface SignalStep {
  readonly state: Signals;
  readonly transitions: readonly SignalTransition[];
}

/** The list of what cleared is for a person to read; the log and the store have all of it. */
const CLEARED_KEPT = 200;

/** No signals yet; `restored` are those that an earlier run left active. */
export function newSignals(timing: SignalTiming, restored: readonly Signal[] = []): Signals {
  const active = new Map(restored.filter(isActive).map((signal) => [signal.condition.id, signal]));
  return { timing, active, cleared: new Map(), pending: new Map() };
}

/**
 * Takes the conditions as found now and hands out what changed.
 *
 * @param conditions every condition, in any order, or null when the rules were not asked: then nothing changes
 */
export function recordSignals(
  state: Signals,
  conditions: readonly SignalCondition[] | null,
  now: EpochMs,
): SignalStep {
  if (conditions === null) return { state, transitions: [] };
  const active = new Map<string, Signal>();
  const pending = new Map<string, Pending>();
  const transitions: SignalTransition[] = [];
  for (const condition of conditions) {
    const { id } = condition;
    const before = state.active.get(id);
    if (before !== undefined) {
      active.set(id, carried(before, condition, now, transitions));
      continue;
    }
    const waiting = wait(condition, state.pending.get(id), now);
    if (waiting === null) continue;
    if (condition.state === "holding" && waiting.heldMs >= state.timing.debounceSeconds * 1000) {
      active.set(id, raised(condition, waiting, now, transitions));
    } else {
      pending.set(id, waiting);
    }
  }
  const cleared = stillTold(state, active, now);
  for (const signal of state.active.values()) {
    const { id } = signal.condition;
    if (active.has(id)) continue;
    cleared.set(id, { ...signal, clearedAt: now });
    transitions.push(signalCleared(signal, now));
  }
  // In whatever order the conditions came, what happened is told in one.
  transitions.sort((a, b) => a.id < b.id ? -1 : 1);
  return { state: { timing: state.timing, active, cleared: newestOf(cleared), pending }, transitions };
}

/** Notes who has seen the signal; again replaces the note. No transition when no such signal is active. */
export function acknowledgeSignal(
  state: Signals,
  id: string,
  by: string,
  note: string | null,
  now: EpochMs,
): SignalStep {
  const signal = state.active.get(id);
  if (signal === undefined) return { state, transitions: [] };
  const after: Signal = { ...signal, acknowledgement: { at: now, by, note } };
  const active = new Map(state.active).set(id, after);
  return { state: { ...state, active }, transitions: [signalAcknowledged(after, by, note, now)] };
}

/** Active before cleared, then by severity, then the newest first. */
export function signalViews(state: Signals): SignalView[] {
  // Most signals were last seen at the same instant.
  const texts = new InstantTexts();
  return [...state.active.values(), ...state.cleared.values()].sort(byImportance).map((signal) =>
    signalView(signal, texts)
  );
}

function carried(
  before: Signal,
  condition: SignalCondition,
  now: EpochMs,
  transitions: SignalTransition[],
): Signal {
  if (condition.state === "unknown") return before;
  const after: Signal = { ...before, condition, lastAt: now };
  const [from, to] = [before.condition.severity, condition.severity];
  if (from === to) return after;
  // Who has seen the lesser one has not seen this.
  const changed = RANK[to] > RANK[from] ? { ...after, acknowledgement: null } : after;
  transitions.push(signalSeverityChanged(changed, from, now));
  return changed;
}

/** Starts, continues, halts or ends the debounce. */
function wait(condition: SignalCondition, before: Pending | undefined, now: EpochMs): Pending | null {
  if (condition.state === "unknown") return before === undefined ? null : { ...before, holdingAt: null };
  if (condition.state === "near") return null;
  if (before === undefined) return { firstAt: now, heldMs: 0, holdingAt: now };
  const passed = before.holdingAt === null ? 0 : Math.max(0, now - before.holdingAt);
  return { ...before, heldMs: before.heldMs + passed, holdingAt: now };
}

function raised(
  condition: KnownCondition,
  { firstAt }: Pending,
  now: EpochMs,
  transitions: SignalTransition[],
): Signal {
  const signal: Signal = { condition, firstAt, since: now, lastAt: now, acknowledgement: null, clearedAt: null };
  transitions.push(signalRaised(signal, now));
  return signal;
}

/** Cleared signals that are not too old, without those that are back. */
function stillTold(state: Signals, active: ReadonlyMap<string, Signal>, now: EpochMs): Map<string, Signal> {
  const since = now - state.timing.keepClearedMinutes * 60_000;
  return new Map([...state.cleared].filter(([id, { clearedAt }]) => !active.has(id) && (clearedAt ?? 0) > since));
}

function newestOf(cleared: Map<string, Signal>): Map<string, Signal> {
  if (cleared.size <= CLEARED_KEPT) return cleared;
  return new Map([...cleared].sort(([, a], [, b]) => byImportance(a, b)).slice(0, CLEARED_KEPT));
}

const RANK: Readonly<Record<SignalSeverity, number>> = { critical: 3, warning: 2, info: 1 };

function byImportance(a: Signal, b: Signal): number {
  return Number(isActive(b)) - Number(isActive(a)) ||
    RANK[b.condition.severity] - RANK[a.condition.severity] ||
    (b.clearedAt ?? b.since) - (a.clearedAt ?? a.since) ||
    (a.condition.id < b.condition.id ? -1 : 1);
}

function isActive({ clearedAt }: Signal): boolean {
  return clearedAt === null;
}

class InstantTexts {
  readonly #texts = new Map<EpochMs, string>();

  of(at: EpochMs): string {
    let text = this.#texts.get(at);
    if (text === undefined) this.#texts.set(at, text = isoInstant(at));
    return text;
  }
}

function signalView(signal: Signal, texts: InstantTexts): SignalView {
  const { condition, firstAt, since, lastAt, acknowledgement, clearedAt } = signal;
  const { id, rule, scope, subject, layer, severity, unit, value, threshold, utilization, action, message } = condition;
  return {
    id,
    rule,
    scope,
    subject,
    layer,
    severity,
    state: clearedAt !== null ? "cleared" : acknowledgement === null ? "new" : "active",
    unit,
    value,
    threshold,
    utilization,
    action: clearedAt === null ? action : "none",
    message,
    firstAt: texts.of(firstAt),
    since: texts.of(since),
    lastAt: texts.of(lastAt),
    clearedAt: clearedAt === null ? null : texts.of(clearedAt),
    acknowledgedAt: acknowledgement === null ? null : texts.of(acknowledgement.at),
    acknowledgedBy: acknowledgement?.by ?? null,
    note: acknowledgement?.note ?? null,
  };
}
