/**
 * Sends no faster than TWS allows: 50 messages a second over all requests, then code 100 and a closed socket.
 *
 * At most `perSecond` messages leave in any `WINDOW_MS`, and a ninth of them in any ninth of it, counted back from each
 * send: a burst that the gateway reads late must not fall into one second with the next. Requests wait in one queue for each priority; a higher one always goes first.
 */
import type { Clock } from "../../application/ports/clock.ts";

/** The most important first. */
export enum Priority {
  cancel = 0,
  account = 1,
  positions = 2,
  quotes = 3,
  history = 4,
}
const PRIORITIES = 5;
/** Into how many bursts a window's messages are spread. */
const BURSTS = 9;

/** A little over a second: messages may be pressed together on their way, and the gateway counts on its own clock. */
export const WINDOW_MS = 1_050;
/** IBKR's own limit; a setting above it is not followed. */
export const IB_LIMIT_PER_SECOND = 50;
/** Owners keep few requests in flight, so a queue this long is a fault; more are refused rather than kept for ever. */
export const MAX_QUEUED = 4_096;

export interface Queued {
  /** Takes the request back. False when it was sent (or taken back) already. */
  withdraw(): boolean;
}

interface Entry extends Queued {
  send: (() => void) | null;
}

export class Pacer {
  readonly #perWindow: number;
  readonly #perBurst: number;
  /** A burst's share of the window. */
  readonly #burstMs: number;
  readonly #queues: Entry[][] = Array.from({ length: PRIORITIES }, () => []);
  /** Times of the last sends, oldest first. */
  readonly #sent: number[] = [];
  #queued = 0;
  #paused = false;
  #cancelTimer: (() => void) | null = null;
  /** Requests refused because the queue was full. */
  refused = 0;

  constructor(readonly clock: Clock, perSecond: number) {
    this.#perWindow = Math.max(1, Math.min(perSecond, IB_LIMIT_PER_SECOND));
    this.#perBurst = Math.ceil(this.#perWindow / BURSTS);
    this.#burstMs = WINDOW_MS * this.#perBurst / this.#perWindow;
  }

  get queued(): number {
    return this.#queued;
  }

  /** Sends now or as soon as the pace allows. Null when the queue is full: the request was not taken. */
  submit(priority: Priority, send: () => void): Queued | null {
    if (this.#queued >= MAX_QUEUED) {
      this.refused++;
      return null;
    }
    const entry: Entry = { send, withdraw: () => this.#withdraw(entry) };
    this.#queues[priority]!.push(entry);
    this.#queued++;
    this.#drain();
    return entry;
  }

  /** While a link is silent nothing is sent: it would all arrive at once when the link thaws. */
  pause(): void {
    this.#paused = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  resume(): void {
    this.#paused = false;
    this.#drain();
  }

  /** Forgets what waits: the connection it was meant for is gone. The pace already used stays counted. */
  clear(): void {
    for (const queue of this.#queues) queue.length = 0;
    this.#queued = 0;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#paused = false;
  }

  /** Counts a message that did not go through the queue (the handshake, the probe of a silent link). */
  count(): void {
    this.#sent.push(this.clock.monotonic());
    if (this.#sent.length > this.#perWindow) this.#sent.shift();
  }

  #withdraw(entry: Entry): boolean {
    if (entry.send === null) return false;
    entry.send = null;
    this.#queued--;
    return true;
  }

  #drain(): void {
    while (!this.#paused && this.#cancelTimer === null) {
      const wait = this.#waitMs();
      if (wait > 0) {
        if (this.#queued > 0) {
          this.#cancelTimer = this.clock.after(wait, () => {
            this.#cancelTimer = null;
            this.#drain();
          });
        }
        return;
      }
      const send = this.#next();
      if (send === null) return;
      this.count();
      send();
    }
  }

  #waitMs(): number {
    const now = this.clock.monotonic();
    const window = this.#sent.length < this.#perWindow ? 0 : this.#sent[0]! + WINDOW_MS - now;
    const before = this.#sent[this.#sent.length - this.#perBurst];
    return before === undefined ? window : Math.max(window, before + this.#burstMs - now);
  }

  #next(): (() => void) | null {
    for (const queue of this.#queues) {
      for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
        const send = entry.send;
        if (send === null) continue;
        entry.send = null;
        this.#queued--;
        return send;
      }
    }
    return null;
  }
}
