/**
 * Brings alerts to one channel: what happens close together goes out as one message, no more messages than the rate
 * allows, and again with growing waits when the channel fails.
 *
 * The rate is a bucket that holds half of what one window allows and refills with the other half over the window. So no
 * window sees more than it allows, and even in a storm the next message is never a whole window away; what happened
 * meanwhile goes out with it.
 *
 * The queue is bounded. At the bound the least is lost: clearings and notices first, then warnings, then critical alerts, the
 * oldest of them each time. What was lost is counted and said in the next message.
 */
import type { Clock } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";
import type { Alert, AlertBatch, AlertSeverity, Notifier } from "./ports/notifier.ts";

export interface DeliverySettings {
  /** How long after the first alert others may still join its message. */
  readonly groupMs: number;
  /** Messages in `rateWindowMs`; at least 2. */
  readonly maxMessages: number;
  readonly rateWindowMs: number;
  /** Alerts that may wait. */
  readonly queueAlerts: number;
  /** An attempt that takes longer has failed. */
  readonly timeoutMs: number;
  readonly retry: { readonly firstDelayMs: number; readonly maxDelayMs: number };
}

export interface DeliveryPorts {
  readonly notifier: Notifier;
  readonly clock: Clock;
  readonly log: Log;
}

/** How the channel does. */
export interface DeliveryStatus {
  readonly name: string;
  readonly messagesSent: number;
  /** Attempts that failed since the last one that did not. */
  readonly failuresInARow: number;
  /** Attempts that failed since the start. */
  readonly failures: number;
  /** What stood in the way of the last attempt; null when it went well or there was none. */
  readonly trouble: string | null;
  readonly waiting: number;
  /** Alerts lost at the bound of the queue since the start. */
  readonly lost: number;
}

const MOST_IN_MESSAGE = 100;
/** The program ends meanwhile: nobody should wait long for a channel that is gone. */
const LAST_ATTEMPT_MS = 2_000;

export class AlertDelivery {
  readonly #settings: DeliverySettings;
  readonly #ports: DeliveryPorts;
  readonly #waiting: Alert[] = [];
  /** Lost since the last message that arrived. */
  #omitted = 0;
  #lost = 0;
  #messagesSent = 0;
  #failures = 0;
  #failuresInARow = 0;
  #trouble: string | null = null;
  #tokens: number;
  #refilledAt: number;
  #cancelTimer: (() => void) | null = null;
  #sending: { readonly abort: AbortController; readonly done: Promise<void> } | null = null;
  #stopped = false;

  constructor(settings: DeliverySettings, ports: DeliveryPorts) {
    this.#settings = settings;
    this.#ports = ports;
    this.#tokens = this.#capacity;
    this.#refilledAt = ports.clock.monotonic();
  }

  /** Takes an alert and returns at once. */
  add(alert: Alert): void {
    if (this.#stopped) return;
    this.#waiting.push(alert);
    this.#keepToBound();
    if (this.#sending === null && this.#cancelTimer === null) this.#sendAfter(this.#settings.groupMs);
  }

  get status(): DeliveryStatus {
    return {
      name: this.#ports.notifier.name,
      messagesSent: this.#messagesSent,
      failuresInARow: this.#failuresInARow,
      failures: this.#failures,
      trouble: this.#trouble,
      waiting: this.#waiting.length,
      lost: this.#lost,
    };
  }

  /** Makes one short last attempt with what waits, whatever the rate, and ends. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const cancel = this.#ports.clock.after(LAST_ATTEMPT_MS, () => this.#sending?.abort.abort(new TookTooLong()));
    await this.#sending?.done;
    cancel();
    if (this.#waiting.length > 0 && this.#trouble === null) await this.#send(LAST_ATTEMPT_MS);
    if (this.#waiting.length > 0) {
      const { notifier: { name }, log } = this.#ports;
      log.write("WARN", "ALERT", `${count(this.#waiting.length)} did not reach the ${name} before the end`);
    }
  }

  #sendAfter(ms: number): void {
    if (this.#stopped) return;
    this.#cancelTimer = this.#ports.clock.after(ms, () => {
      this.#cancelTimer = null;
      const wait = this.#untilToken();
      if (wait > 0) this.#sendAfter(wait);
      else void this.#send(this.#settings.timeoutMs);
    });
  }

  #send(timeoutMs: number): Promise<void> {
    const abort = new AbortController();
    const batch: AlertBatch = { alerts: this.#waiting.splice(0, MOST_IN_MESSAGE), omitted: this.#omitted };
    const done = this.#attempt(batch, abort, timeoutMs).then(
      () => this.#delivered(batch),
      (fault) => this.#failed(batch, fault),
    );
    this.#sending = { abort, done };
    return done;
  }

  /** Ends at the time-out even when the channel does not heed the signal. */
  async #attempt(batch: AlertBatch, abort: AbortController, timeoutMs: number): Promise<void> {
    const { notifier, clock } = this.#ports;
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    abort.signal.addEventListener("abort", () => reject(abort.signal.reason));
    const cancel = clock.after(timeoutMs, () => abort.abort(new TookTooLong()));
    try {
      // Inside the race, so that a channel that throws at once is treated like one that rejects.
      await Promise.race([aborted, Promise.resolve().then(() => notifier.send(batch, abort.signal))]);
    } finally {
      cancel();
    }
  }

  #delivered(batch: AlertBatch): void {
    this.#sending = null;
    this.#omitted -= batch.omitted;
    this.#messagesSent++;
    this.#refill();
    this.#tokens = Math.max(0, this.#tokens - 1);
    if (this.#failuresInARow > 0) {
      const { notifier: { name }, log } = this.#ports;
      const data = { failures: this.#failuresInARow, lost: batch.omitted };
      log.write("INFO", "ALERT", `Alerts reach the ${name} again`, data);
    }
    this.#failuresInARow = 0;
    this.#trouble = null;
    if (this.#waiting.length > 0) this.#sendAfter(this.#settings.groupMs);
  }

  #failed(batch: AlertBatch, fault: unknown): void {
    this.#sending = null;
    this.#waiting.unshift(...batch.alerts);
    this.#keepToBound();
    this.#failures++;
    this.#failuresInARow++;
    this.#trouble = fault instanceof Error ? fault.message : String(fault);
    const { notifier: { name }, log } = this.#ports;
    // Once: the attempts that follow would say the same.
    if (this.#failuresInARow === 1) {
      log.write("ERROR", "ALERT", `Cannot bring alerts to the ${name}, trying again: ${this.#trouble}`);
    }
    const { firstDelayMs, maxDelayMs } = this.#settings.retry;
    this.#sendAfter(Math.min(firstDelayMs * 2 ** Math.min(this.#failuresInARow - 1, 30), maxDelayMs));
  }

  #keepToBound(): void {
    while (this.#waiting.length > this.#settings.queueAlerts) {
      const least = LEAST_FIRST.find((severity) => this.#waiting.some((alert) => alert.severity === severity));
      this.#waiting.splice(this.#waiting.findIndex((alert) => alert.severity === least), 1);
      this.#omitted++;
      this.#lost++;
    }
  }

  get #capacity(): number {
    return Math.ceil(this.#settings.maxMessages / 2);
  }

  get #msPerToken(): number {
    return this.#settings.rateWindowMs / (this.#settings.maxMessages - this.#capacity);
  }

  #refill(): void {
    const now = this.#ports.clock.monotonic();
    this.#tokens = Math.min(this.#capacity, this.#tokens + (now - this.#refilledAt) / this.#msPerToken);
    this.#refilledAt = now;
  }

  /** 0 when a message may go out now. */
  #untilToken(): number {
    this.#refill();
    return this.#tokens >= 1 - TOKEN_ROUNDING ? 0 : (1 - this.#tokens) * this.#msPerToken;
  }
}

const LEAST_FIRST: readonly AlertSeverity[] = ["info", "warning", "critical"];
/** Sums of fractions of a token may miss the whole by a few bits. */
const TOKEN_ROUNDING = 1e-9;

class TookTooLong extends Error {
  override readonly name = "TookTooLong";
  constructor() {
    super("no answer in time");
  }
}

function count(alerts: number): string {
  return alerts === 1 ? "1 alert" : `${alerts} alerts`;
}
