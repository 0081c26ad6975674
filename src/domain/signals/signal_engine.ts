/**
 * What the signals carry from turn to turn: the signals themselves, the peaks of trailing stops and the volatility index's
 * window. Everything else is judged anew.
 */
import type { SignalView } from "../risk/snapshot.ts";
import type { EpochMs } from "../time.ts";
import { ContractNames } from "./contract_words.ts";
import { PriceWindow } from "./price_window.ts";
import { acknowledgeSignal, newSignals, recordSignals, type Signal, type Signals, signalViews } from "./signal.ts";
import { prepare, signalConditions } from "./signal_conditions.ts";
import type { IndexQuote, SignalInputs } from "./signal_inputs.ts";
import type { SignalSettings } from "./signal_settings.ts";
import type { SignalTransition } from "./signal_transition.ts";
import { type Peak, raisePeaks } from "./trailing_peaks.ts";

/** What is worth keeping across a restart, as plain values. */
export interface SignalMemory {
  readonly peaks: readonly (readonly [key: string, peak: Peak])[];
  readonly active: readonly Signal[];
}

/** What a turn brings; the engine adds what it keeps itself. */
export type TurnInputs = Omit<SignalInputs, "peaks" | "vix"> & { readonly vix: IndexQuote };

export class SignalEngine {
  readonly #settings: SignalSettings;
  readonly #vixWindow: PriceWindow;
  #signals: Signals;
  #peaks: ReadonlyMap<string, Peak>;
  readonly #names = new ContractNames();
  #judgedAt: EpochMs = Number.NEGATIVE_INFINITY;
  /** Of the signals as they are; null when they changed. */
  #views: readonly SignalView[] | null = null;

  constructor(settings: SignalSettings, memory: SignalMemory = { peaks: [], active: [] }) {
    this.#settings = settings;
    this.#vixWindow = new PriceWindow(settings.vixWindowMinutes * 60_000);
    this.#signals = newSignals(settings, memory.active);
    this.#peaks = new Map(memory.peaks);
  }

  /**
   * One turn. Between two judgements, a second apart as it is set, a turn changes nothing.
   *
   * @param inputs null while the book is not known: nothing is judged then, and no peak is lost
   */
  turn(inputs: TurnInputs | null, now: EpochMs): readonly SignalTransition[] {
    if (inputs === null || !this.isDue(now)) return [];
    this.#judgedAt = now;
    const prepared = prepare(inputs, this.#names);
    this.#peaks = raisePeaks(this.#peaks, prepared.trades);
    this.#vixWindow.add(inputs.marketOpen ? inputs.vix.price : null, now);
    const vix = { ...inputs.vix, windowLow: this.#vixWindow.low() };
    const conditions = signalConditions({ ...inputs, vix, peaks: this.#peaks }, this.#settings, now, prepared);
    return this.#take(recordSignals(this.#signals, conditions, now));
  }

  /** Whether a turn at `now` judges: until then its inputs need not be made. A clock that was set back silences no rule. */
  isDue(now: EpochMs): boolean {
    return now < this.#judgedAt || now - this.#judgedAt >= this.#settings.judgeEveryMs;
  }

  /** An id that is not active changes nothing. */
  acknowledge(id: string, by: string, note: string | null, now: EpochMs): readonly SignalTransition[] {
    return this.#take(acknowledgeSignal(this.#signals, id, by, note, now));
  }

  views(): readonly SignalView[] {
    return this.#views ??= signalViews(this.#signals);
  }

  exportMemory(): SignalMemory {
    return { peaks: [...this.#peaks], active: [...this.#signals.active.values()] };
  }

  #take(step: ReturnType<typeof recordSignals>): readonly SignalTransition[] {
    this.#signals = step.state;
    this.#views = null;
    return step.transitions;
  }
}
