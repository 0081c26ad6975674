/**
 * Holds back judgement on a book that has just been read until its quotes are there, and on one that was restored until the
 * brokers have confirmed it.
 *
 * A book without its quotes has old marks, if any, and no greeks: judged on it, breaches would open and clear that never
 * did. So they stay as they are, acknowledgements included. Quotes get the time that asking for them takes; until they
 * are all there, a value that still leaves something out clears nothing that was restored.
 */
import { QUOTING_BROKER, type Source } from "../domain/event.ts";
import type { Breach } from "../domain/limits/breach.ts";
import type { Portfolio } from "../domain/portfolio.ts";
import type { LimitView } from "../domain/risk/snapshot.ts";
import type { EpochMs } from "../domain/time.ts";
import { hasQuotes, isPresentable, type Readiness } from "./readiness.ts";

/**
 * How far the book is: never read, so that its limits are judged as unknown; restored and not confirmed; read, its quotes on
 * their way; most of them there; whole, or as whole as it will be.
 */
type Phase = "unread" | "unconfirmed" | "waiting" | "partial" | "none";

export interface ConfirmationSettings {
  /** Of the lines that must have answered. */
  readonly fraction: number;
  readonly timeoutSec: number;
  /** What the broker takes: a book of a thousand lines is asked for in more than a minute. */
  readonly requestsPerSecond: number;
}

/** The contract's details, its line and its P&L. */
const REQUESTS_PER_LINE = 3;

export class Confirmation {
  readonly #settings: ConfirmationSettings;
  readonly #read = new Set<Source>();
  #phase: Phase = "unread";
  #confirmedAt: EpochMs = 0;
  #restored: ReadonlySet<string> = new Set();

  constructor(settings: ConfirmationSettings) {
    this.#settings = settings;
  }

  /** @param breaches ids of those that were restored */
  begin(breaches: Iterable<string>): void {
    this.#phase = "unconfirmed";
    this.#restored = new Set(breaches);
  }

  /** What was restored is taken back. Returns the ids of its breaches. */
  end(): ReadonlySet<string> {
    const restored = this.#restored;
    this.#phase = "unread";
    this.#restored = new Set();
    return restored;
  }

  /** Brings it to this turn. */
  turn(portfolio: Portfolio, ready: Readiness, now: EpochMs): void {
    if (this.#phase === "unread" || this.#phase === "unconfirmed") {
      if (!isConfirmed(portfolio)) return;
      this.#noteRead(portfolio);
      this.#wait(now);
    } else if (this.#noteRead(portfolio)) {
      this.#wait(now);
    }
    const { fraction, timeoutSec, requestsPerSecond } = this.#settings;
    const allowedSec = timeoutSec + ready.lines * REQUESTS_PER_LINE / requestsPerSecond;
    const isOver = now - this.#confirmedAt >= allowedSec * 1000;
    // A broker that has told nothing when the start is over is not waited for any more.
    const isThere = portfolio.startOver ? hasQuotes(ready, fraction) : isPresentable(ready, fraction);
    if (this.#phase === "waiting" && (isOver || isThere)) this.#phase = "partial";
    if (this.#phase === "partial" && (isOver || isWhole(ready))) this.#phase = "none";
  }

  #wait(now: EpochMs): void {
    this.#phase = "waiting";
    this.#confirmedAt = now;
  }

  /** Whether a source has told its holdings for the first time. */
  #noteRead({ positions, expectedSources }: Portfolio): boolean {
    const before = this.#read.size;
    for (const source of expectedSources) if (positions.downloads(source) > 0) this.#read.add(source);
    return this.#read.size > before;
  }

  /** Breaches and signals may be judged. */
  get judges(): boolean {
    return this.#phase !== "unconfirmed" && this.#phase !== "waiting";
  }

  /** The limits as breaches are to take them: a restored one that cannot be counted whole yet stands as it was stored. */
  recorded(limits: readonly LimitView[], open: ReadonlyMap<string, Breach>): readonly LimitView[] {
    if (this.#phase !== "partial" || this.#restored.size === 0) return limits;
    return limits.map((limit) => {
      const understated = limit.partial > 0 && limit.state !== "hard" && this.#restored.has(limit.id);
      return understated ? open.get(limit.id)?.limit ?? limit : limit;
    });
  }
}

/**
 * A file kept by hand that cannot be read is not waited for: its rows are stale, and no reason to judge nothing. Nor is a broker
 * that stays away when the start is over, unless the quotes would come from it.
 */
function isConfirmed({ bookKnown, positions }: Portfolio): boolean {
  if (!bookKnown || positions.hasRestored(QUOTING_BROKER)) return false;
  return !positions.hasRestored("MANUAL") || positions.failure("MANUAL") !== null;
}

function isWhole({ answered, lines, awaitingGreeks }: Readiness): boolean {
  return answered >= lines && awaitingGreeks === 0;
}
