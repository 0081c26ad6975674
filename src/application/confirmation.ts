/**
 * Holds back judgement on a book that was restored, until the brokers have confirmed it and its quotes are there.
 *
 * A stored book has no greeks and old marks: judged on it, breaches would clear and open that never did. So they stay as they
 * were stored, acknowledgements included. After the confirmation quotes get as long as they have at a start; until they
 * are all there, a value that still leaves something out clears nothing.
 */
import { QUOTING_BROKER } from "../domain/event.ts";
import type { Breach } from "../domain/limits/breach.ts";
import type { Portfolio } from "../domain/portfolio.ts";
import type { LimitView } from "../domain/risk/snapshot.ts";
import type { EpochMs } from "../domain/time.ts";
import { isPresentable, type Readiness } from "./readiness.ts";

type Phase = "none" | "unconfirmed" | "waiting" | "partial";

export class Confirmation {
  readonly #startup: { readonly fraction: number; readonly timeoutSec: number };
  #phase: Phase = "none";
  #confirmedAt: EpochMs = 0;
  #restored: ReadonlySet<string> = new Set();

  constructor(startup: { readonly fraction: number; readonly timeoutSec: number }) {
    this.#startup = startup;
  }

  /** @param breaches ids of those that were restored */
  begin(breaches: Iterable<string>): void {
    this.#phase = "unconfirmed";
    this.#restored = new Set(breaches);
  }

  /** What was restored is taken back. Returns the ids of its breaches. */
  end(): ReadonlySet<string> {
    const restored = this.#restored;
    this.#phase = "none";
    this.#restored = new Set();
    return restored;
  }

  /** Brings it to this turn. */
  turn(portfolio: Portfolio, ready: Readiness, now: EpochMs): void {
    if (this.#phase === "none") return;
    if (this.#phase === "unconfirmed") {
      if (!isConfirmed(portfolio)) return;
      this.#phase = "waiting";
      this.#confirmedAt = now;
    }
    const isOver = now - this.#confirmedAt >= this.#startup.timeoutSec * 1000;
    if (this.#phase === "waiting" && (isOver || isPresentable(ready, this.#startup.fraction))) this.#phase = "partial";
    if (this.#phase === "partial" && (isOver || isWhole(ready))) this.#phase = "none";
  }

  /** Breaches and signals may be judged. */
  get judges(): boolean {
    return this.#phase === "none" || this.#phase === "partial";
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
