/** Keeps computed betas from one run to the next, so that a restart asks a rationed broker for nothing. */
import type { BetaEstimate } from "../../domain/risk/beta.ts";

export interface BetaCache {
  /** What was kept, by name; empty when there is nothing or it is damaged, which the cache itself reports. Never rejects. */
  read(): Promise<ReadonlyMap<string, BetaEstimate>>;
  /** Replaces what is kept, whole or not at all. Trouble is reported by the cache itself; never rejects. */
  write(estimates: ReadonlyMap<string, BetaEstimate>): Promise<void>;
}
