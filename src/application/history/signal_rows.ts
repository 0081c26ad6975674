/** What the signals carry into the next run, as rows, whenever it has changed. */
import type { SignalMemory } from "../../domain/signals/signal_engine.ts";
import type { StoreBatch } from "../ports/store.ts";

export class SignalRows {
  #peaks = "";
  #active = "";

  /** What differs from what was given out last; both at the first time, so that what an earlier run left goes. */
  changed({ peaks, active }: SignalMemory): Pick<StoreBatch, "trailingPeaks" | "activeSignals"> {
    const [peakText, activeText] = [JSON.stringify(peaks), JSON.stringify(active)];
    const fresh = { peaks: peakText !== this.#peaks, active: activeText !== this.#active };
    this.#peaks = peakText;
    this.#active = activeText;
    return {
      ...(fresh.peaks ? { trailingPeaks: new Map(peaks) } : {}),
      ...(fresh.active ? { activeSignals: active } : {}),
    };
  }
}
