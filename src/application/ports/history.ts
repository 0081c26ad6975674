/** Daily prices of the past, from a broker that rations them. */
import type { InstrumentIndex } from "../../domain/event.ts";
import type { DailyClose } from "../../domain/risk/beta.ts";

export type HistoryAnswer =
  /** Oldest first, finished days alone, in the main unit of the currency. */
  | { readonly kind: "closes"; readonly closes: readonly DailyClose[] }
  /** `reason` in words for the screen; worth another try after `retryMs`, null: not soon. */
  | { readonly kind: "refused"; readonly reason: string; readonly retryMs: number | null };

export interface DailyHistory {
  /**
   * Asks for at least the newest `days` trading days, up to two years. Waits its turn behind everything else and within the
   * broker's ration, across lost connections, so the answer may take minutes; it comes exactly once, unless the program
   * stops before.
   */
  closes(instrument: InstrumentIndex, days: number, answer: (answer: HistoryAnswer) => void): void;
}
