/** How alerts leave the program: a webhook, the terminal's bell, later mail and the like. */
import type { EpochMs } from "../../domain/time.ts";
import type { Environment } from "../settings.ts";

/**
 * What happened to the alert's subject. `opened`, `raised` (worse than it was), `escalated` (nobody has acknowledged it) and
 * `cleared` are its life; `expected` announces an outage that belongs to the day, such as the broker's nightly restart.
 */
export type AlertKind = "opened" | "raised" | "escalated" | "cleared" | "expected";

export type AlertSeverity = "info" | "warning" | "critical";

/** Numbers and words beside the message. A missing number is null. */
export type AlertValues = Readonly<Record<string, string | number | boolean | null>>;

export interface Alert {
  /** Unlike any other alert of this program; the same when a message has to be sent again. */
  readonly id: string;
  /** What the alert is about, the same from opening to clearing: `limit:max_total_gross_notional`, `health:ibkr`. */
  readonly subject: string;
  readonly kind: AlertKind;
  readonly severity: AlertSeverity;
  /** One sentence. May name an account: channels that leave the machine mask it. */
  readonly message: string;
  readonly at: EpochMs;
  readonly env: Environment;
  /** The numbers come from a simulator: every channel says so. */
  readonly simulated: boolean;
  readonly values: AlertValues;
}

/** What goes out as one message. */
export interface AlertBatch {
  /** In the order in which they happened; at least one, and at most 100. */
  readonly alerts: readonly Alert[];
  /** Alerts that had to be left out since the last message, because more happened than could be kept. */
  readonly omitted: number;
}

export interface Notifier {
  /** As messages about the channel itself name it: `webhook`. */
  readonly name: string;
  /**
   * Delivers one message. Rejects with an error whose message says what stood in the way, without secrets; whoever calls
   * tries again later, so that a message may arrive twice. Gives up when `signal` aborts.
   */
  send(batch: AlertBatch, signal: AbortSignal): Promise<void>;
}
