/**
 * How often OpenD lets a message be asked: 10 times in any 30 s. Questions beyond that wait in line, first come first served.
 * The windows belong to OpenD's login, not to a connection, so they outlive a reconnect.
 */
import type { Clock } from "../../../application/ports/clock.ts";
import {
  type Asked,
  type Exchange,
  GET_FUNDS,
  GET_HISTORY_ORDER_FILL_LIST,
  GET_HISTORY_ORDER_LIST,
  GET_ORDER_FEE,
  GET_ORDER_LIST,
  GET_POSITION_LIST,
} from "../wire/messages.ts";

export const MOST_IN_WINDOW = 10;
/**
 * OpenD counts over 30 s. It counts when a question arrives, and our clock is not its own: the half second is for questions
 * that took unequally long to get there.
 */
export const WINDOW_MS = 30_500;

const ALWAYS_COUNTED: readonly number[] = [GET_HISTORY_ORDER_LIST, GET_HISTORY_ORDER_FILL_LIST, GET_ORDER_FEE]
  .map(({ protoId }) => protoId);
/** Otherwise OpenD answers from what it has, as often as it is asked. */
const COUNTED_WHEN_REFRESHED: readonly number[] = [GET_FUNDS, GET_POSITION_LIST, GET_ORDER_LIST]
  .map(({ protoId }) => protoId);

/** Whether OpenD's limit is on this question. */
export function isCounted<E extends Exchange>({ protoId }: E, question: Asked<E>): boolean {
  if (ALWAYS_COUNTED.includes(protoId)) return true;
  const { refreshCache } = question as { readonly refreshCache?: boolean | null };
  return COUNTED_WHEN_REFRESHED.includes(protoId) && refreshCache === true;
}

/** A question that waits for its turn. */
export interface Waiting {
  /** When it came, of `nextOrder`: one that was refused keeps its place before those that came after it. */
  readonly order: number;
  readonly onTurn: () => void;
  /** How long it will be, as far as is known; told again when OpenD's refusals make it longer. */
  readonly onWait: (ms: number) => void;
}

export class RateLimit {
  readonly #clock: Clock;
  readonly #lines = new Map<number, Line>();
  #order = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  nextOrder(): number {
    return this.#order++;
  }

  /** True when the question may go now, which then counts; else it has to `wait`. */
  take({ protoId }: Exchange, counted: boolean): boolean {
    return this.#line(protoId).take(counted);
  }

  /** Waits in line; the returned function withdraws. `onTurn` is never called before this returns. */
  wait({ protoId }: Exchange, waiting: Waiting): () => void {
    return this.#line(protoId).wait(waiting);
  }

  /** OpenD said that the message was asked too often: somebody else asks too, so nothing goes for a full window. */
  refused({ protoId }: Exchange): void {
    this.#line(protoId).refused();
  }

  #line(protoId: number): Line {
    let line = this.#lines.get(protoId);
    if (line === undefined) this.#lines.set(protoId, line = new Line(this.#clock));
    return line;
  }
}

/** Of one message. */
class Line {
  readonly #clock: Clock;
  /** When the last ones went, oldest first; no more than the window holds. */
  #gone: number[] = [];
  #closedUntil = -Infinity;
  readonly #waiting: Waiting[] = [];
  #stopTimer: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  take(counted: boolean): boolean {
    const now = this.#clock.monotonic();
    if (!counted) return now >= this.#closedUntil;
    if (this.#waiting.length > 0 || this.#turns(1, now)[0]! > now) return false;
    this.#went(now);
    return true;
  }

  wait(waiting: Waiting): () => void {
    const later = this.#waiting.findIndex(({ order }) => order > waiting.order);
    const place = later < 0 ? this.#waiting.length : later;
    this.#waiting.splice(place, 0, waiting);
    this.#arm();
    const now = this.#clock.monotonic();
    waiting.onWait(this.#turns(place + 1, now)[place]! - now);
    return () => this.#withdraw(waiting);
  }

  refused(): void {
    const now = this.#clock.monotonic();
    this.#closedUntil = now + WINDOW_MS;
    this.#arm();
    const turns = this.#turns(this.#waiting.length, now);
    [...this.#waiting].forEach(({ onWait }, place) => onWait(turns[place]! - now));
  }

  /** When the next so many may go, were they all to go as soon as they may. A clock read twice has moved on. */
  #turns(count: number, now: number): number[] {
    const turns: number[] = [];
    for (let place = 0; place < count; place++) {
      const before = place < MOST_IN_WINDOW
        ? this.#gone[this.#gone.length - MOST_IN_WINDOW + place]
        : turns[place - MOST_IN_WINDOW];
      turns.push(Math.max(now, this.#closedUntil, (before ?? -Infinity) + WINDOW_MS));
    }
    return turns;
  }

  #went(at: number): void {
    this.#gone.push(at);
    if (this.#gone.length > MOST_IN_WINDOW) this.#gone = this.#gone.slice(-MOST_IN_WINDOW);
  }

  #withdraw(waiting: Waiting): void {
    const place = this.#waiting.indexOf(waiting);
    if (place < 0) return;
    this.#waiting.splice(place, 1);
    this.#arm();
  }

  /** One timer, for whoever is first. */
  #arm(): void {
    this.#stopTimer?.();
    this.#stopTimer = null;
    if (this.#waiting.length === 0) return;
    const now = this.#clock.monotonic();
    this.#stopTimer = this.#clock.after(this.#turns(1, now)[0]! - now, () => this.#serve());
  }

  #serve(): void {
    const now = this.#clock.monotonic();
    while (this.#waiting.length > 0 && this.#turns(1, now)[0]! <= now) {
      this.#went(now);
      this.#waiting.shift()!.onTurn();
    }
    this.#arm();
  }
}
