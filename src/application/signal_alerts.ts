/**
 * Which signals are alerts. A critical one is at once. Warnings come in dozens when a market moves: they wait up to a
 * minute for each other, and one that has cleared by then is nobody's news. What is only for information is never an alert.
 *
 * That a signal cleared is told of those that were told.
 */
import type { SignalTransition } from "../domain/signals/signal_transition.ts";
import type { EpochMs } from "../domain/time.ts";
import type { AlertDraft } from "./health_alerts.ts";
import type { AlertKind, AlertSeverity } from "./ports/notifier.ts";

/** The least severe signals that are alerts; `off`: none are. */
export type SignalAlertChoice = "critical" | "warning" | "off";

/** From the first warning that waits. */
export const WARNINGS_WAIT_MS = 60_000;

export class SignalAlerts {
  readonly #choice: SignalAlertChoice;
  /** By signal, in the order they came. */
  readonly #waiting = new Map<string, AlertDraft>();
  #waitingSince: EpochMs | null = null;
  readonly #told = new Set<string>();

  constructor(choice: SignalAlertChoice) {
    this.#choice = choice;
  }

  /** Takes the transitions of one turn, and gives what is to go out now. */
  observe(transitions: readonly SignalTransition[], now: EpochMs): AlertDraft[] {
    const due = this.#choice === "off" ? [] : transitions.flatMap((transition) => this.#take(transition, now));
    const late = this.#waitingSince !== null && now - this.#waitingSince >= WARNINGS_WAIT_MS;
    return late ? [...due, ...this.flush()] : due;
  }

  /** What still waits, now: before the program ends. */
  flush(): AlertDraft[] {
    const drafts = [...this.#waiting.values()];
    for (const id of this.#waiting.keys()) this.#told.add(id);
    this.#waiting.clear();
    this.#waitingSince = null;
    return drafts;
  }

  #take(transition: SignalTransition, now: EpochMs): AlertDraft[] {
    const { id, kind, severity } = transition;
    if (kind === "acknowledged") return [];
    if (kind === "cleared") {
      this.#forget(id);
      return this.#told.delete(id) ? [draftOf(transition, "cleared", "info")] : [];
    }
    if (severity === "critical") {
      this.#forget(id);
      this.#told.add(id);
      return [draftOf(transition, kind === "raised" ? "opened" : "raised", "critical")];
    }
    // A warning that was critical before got better; one for information never counts.
    if (severity !== "warning" || this.#choice !== "warning" || this.#told.has(id)) {
      if (severity === "info") this.#forget(id);
      return [];
    }
    this.#waiting.set(id, draftOf(transition, kind === "raised" ? "opened" : "raised", "warning"));
    this.#waitingSince ??= now;
    return [];
  }

  #forget(id: string): void {
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#waitingSince = null;
  }
}

function draftOf(transition: SignalTransition, kind: AlertKind, severity: AlertSeverity): AlertDraft {
  const { id, rule, scope, value, threshold, action, message } = transition;
  const state = kind === "cleared" ? "cleared" : transition.severity;
  return { subject: `signal:${id}`, kind, severity, message, values: { rule, scope, state, value, threshold, action } };
}
