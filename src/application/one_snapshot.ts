/** Waits for a complete view of the book and hands it out once. */
import type { RiskSnapshot } from "../domain/risk/snapshot.ts";
import type { Monitor } from "./monitor.ts";
import type { Clock } from "./ports/clock.ts";
import { isComplete, lacking, type Readiness } from "./readiness.ts";

export interface OneSnapshot {
  readonly snapshot: RiskSnapshot;
  /** What had not arrived when the time was over; null when the view is complete. */
  readonly missing: string | null;
}

/**
 * Resolves with the first complete snapshot, or with what there is after `timeoutMs` or when `signal` aborts. The
 * monitor must be running.
 */
export function oneSnapshot(
  monitor: Monitor,
  clock: Clock,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<OneSnapshot> {
  return new Promise((resolve) => {
    let done = false;
    const finish = (snapshot: RiskSnapshot, missing: string | null): void => {
      if (done) return;
      done = true;
      unsubscribe();
      cancel();
      signal.removeEventListener("abort", giveUp);
      resolve({ snapshot, missing });
    };
    const giveUp = (): void => {
      const ready = monitor.readiness();
      const snapshot = monitor.turn();
      finish(snapshot, isComplete(ready) ? null : missingText(ready));
    };
    const unsubscribe = monitor.subscribe(({ snapshot }) => {
      if (isComplete(monitor.readiness()) && snapshot.status !== "starting") finish(snapshot, null);
    });
    const cancel = clock.after(timeoutMs, giveUp);
    signal.addEventListener("abort", giveUp);
    if (signal.aborted) giveUp();
  });
}

/** Names everything that has not arrived. */
export function missingText(ready: Readiness): string {
  const missing: string[] = [];
  if (!ready.positionsKnown) missing.push(lacking(ready, "positions", (broker) => broker.positionsKnown));
  if (!ready.accountsKnown) missing.push(lacking(ready, "account values", (broker) => broker.accountsKnown));
  if (!ready.pnlKnown) missing.push("the broker's P&L");
  if (!ready.executionsKnown) {
    const what = ready.brokers.length < 2 ? "today's executions" : "executions of today";
    missing.push(lacking(ready, what, (broker) => broker.executionsKnown));
  }
  if (ready.answered < ready.lines) missing.push(`${ready.lines - ready.answered} of ${ready.lines} quotes`);
  if (ready.awaitingGreeks > 0) missing.push(`greeks of ${ready.awaitingGreeks} options`);
  return missing.join(", ");
}
