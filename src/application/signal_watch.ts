/** Brings together what the signals look at, and logs what becomes of them. */
import { QuoteField, QUOTING_BROKER } from "../domain/event.ts";
import type { Portfolio } from "../domain/portfolio.ts";
import type { Assessment } from "../domain/risk/assess.ts";
import type { SignalView } from "../domain/risk/snapshot.ts";
import type { RiskSettings } from "../domain/settings.ts";
import { signalStrategy } from "../domain/signals/from_structure.ts";
import { SignalEngine, type SignalMemory } from "../domain/signals/signal_engine.ts";
import type { IndexQuote } from "../domain/signals/signal_inputs.ts";
import type { SignalTransition } from "../domain/signals/signal_transition.ts";
import type { EpochMs } from "../domain/time.ts";
import type { Log } from "./ports/log.ts";

export interface SignalTurn {
  readonly views: readonly SignalView[];
  readonly transitions: readonly SignalTransition[];
}

export class SignalWatch {
  readonly #settings: RiskSettings;
  readonly #log: Log;
  #engine: SignalEngine;
  #pending: SignalTransition[] = [];

  constructor(settings: RiskSettings, log: Log, memory?: SignalMemory) {
    this.#settings = settings;
    this.#log = log;
    this.#engine = new SignalEngine(settings.signals, memory);
  }

  /**
   * One turn. While the book is not known, nothing is judged.
   *
   * @param held nothing is to be judged yet: the monitor starts, or the book is not confirmed
   */
  turn(
    portfolio: Portfolio,
    assessment: Assessment,
    held: boolean,
    now: EpochMs,
  ): SignalTurn {
    const { signals, sectors } = this.#settings;
    const judged = !held && portfolio.bookKnown && this.#engine.isDue(now);
    const inputs = judged
      ? {
        positions: assessment.positions,
        strategies: assessment.structures
          .map((structure) => signalStrategy(structure, assessment.positions, assessment.baseCurrency))
          .filter((strategy) => strategy !== null),
        names: assessment.byUnderlying,
        grossExposure: assessment.portfolio.grossExposure,
        sectors,
        index: indexQuote(portfolio, signals.indexSymbol),
        vix: indexQuote(portfolio, signals.vixSymbol),
        marketOpen: portfolio.calendar.phaseOf("NYSE").phase !== "closed",
      }
      : null;
    const transitions = [...this.#pending, ...this.#engine.turn(inputs, now)];
    this.#pending = [];
    for (const transition of transitions) this.#write(transition);
    return { views: this.#engine.views(), transitions };
  }

  /** What an earlier run carried, given before the first judgement: as after a start with it. */
  restore(memory: SignalMemory): void {
    this.#engine = new SignalEngine(this.#settings.signals, memory);
  }

  /** An id that is no active signal changes nothing. */
  acknowledge(id: string, by: string, note: string | null, now: EpochMs): void {
    this.#pending.push(...this.#engine.acknowledge(id, by, note, now));
  }

  /** What the next run should be given. */
  exportMemory(): SignalMemory {
    return this.#engine.exportMemory();
  }

  #write({ id, kind, severity, message, value, threshold, action }: SignalTransition): void {
    const quiet = kind === "cleared" || kind === "acknowledged" || severity === "info";
    this.#log.write(quiet ? "INFO" : "WARN", "RISK", message, {
      id,
      transition: kind,
      severity,
      value,
      threshold,
      action,
    });
  }
}

/** The signals watch the market of the United States. */
const INDEX_CURRENCY = "USD";

/** Price and previous close of an index or a fund, from its own line; missing while line, data or link are not live. */
function indexQuote(portfolio: Portfolio, symbol: string): IndexQuote {
  const { registry, quotes, calendar } = portfolio;
  const index = registry.priceOf(symbol, INDEX_CURRENCY);
  const live = index !== null && quotes.line(index) === "live" && quotes.dataType(index) === "live";
  if (!live || portfolio.isAway(QUOTING_BROKER)) return { price: null, close: null };
  const value = (field: QuoteField): number | null => {
    const read = quotes.value(index, field);
    return Number.isFinite(read) && read > 0 ? read : null;
  };
  const [bid, ask] = [value(QuoteField.bid), value(QuoteField.ask)];
  const mid = bid === null || ask === null || bid > ask ? null : (bid + ask) / 2;
  const closed = calendar.sessionClosedBefore(index, quotes.closeAt(index));
  // A close of another session says nothing about today.
  const isPrevious = closed !== null && closed === calendar.previousSession(index);
  return { price: value(QuoteField.last) ?? mid, close: isPrevious ? value(QuoteField.close) : null };
}
