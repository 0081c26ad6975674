/** What happens to a signal: each transition is an event and a log line. */
import type { EpochMs } from "../time.ts";
import type { Signal } from "./signal.ts";
import type { SignalRule, SignalSeverity } from "./signal_condition.ts";

export type SignalTransitionKind = "raised" | "severity" | "acknowledged" | "cleared";

export interface SignalTransition {
  readonly id: string;
  readonly rule: SignalRule;
  readonly scope: string | null;
  readonly kind: SignalTransitionKind;
  readonly severity: SignalSeverity;
  readonly at: EpochMs;
  /** As last known. */
  readonly value: number | null;
  readonly threshold: number | null;
  readonly action: string;
  readonly message: string;
}

export function signalRaised(signal: Signal, at: EpochMs): SignalTransition {
  return of(signal, "raised", at, `${signal.condition.message}: ${signal.condition.action}`);
}

export function signalSeverityChanged(signal: Signal, from: SignalSeverity, at: EpochMs): SignalTransition {
  const { message, severity } = signal.condition;
  return of(signal, "severity", at, `${message}: ${from} is now ${severity}`);
}

export function signalAcknowledged(signal: Signal, by: string, note: string | null, at: EpochMs): SignalTransition {
  return of(signal, "acknowledged", at, `${titleOf(signal)} acknowledged by ${by}${note === null ? "" : `: ${note}`}`);
}

export function signalCleared(signal: Signal, at: EpochMs): SignalTransition {
  const seconds = Math.max(0, Math.floor((at - signal.since) / 1000));
  return of(signal, "cleared", at, `${titleOf(signal)} cleared after ${seconds} s`);
}

function titleOf({ condition }: Signal): string {
  const what = [condition.scope, condition.subject].filter((part) => part !== null).join(" ");
  return `${what} ${condition.rule.replaceAll("_", " ")}`.trim();
}

function of(signal: Signal, kind: SignalTransitionKind, at: EpochMs, message: string): SignalTransition {
  const { id, rule, scope, severity, value, threshold, action } = signal.condition;
  return { id, rule, scope, kind, severity, at, value, threshold, action, message };
}
