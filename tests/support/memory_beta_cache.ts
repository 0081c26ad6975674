/** Computed betas kept in memory, and how often they were written. */
import type { BetaCache } from "../../src/application/ports/beta_cache.ts";
import type { BetaEstimate } from "../../src/domain/risk/beta.ts";

export class MemoryBetaCache implements BetaCache {
  writes = 0;

  constructor(public kept: ReadonlyMap<string, BetaEstimate> = new Map()) {}

  read(): Promise<ReadonlyMap<string, BetaEstimate>> {
    return Promise.resolve(this.kept);
  }

  write(estimates: ReadonlyMap<string, BetaEstimate>): Promise<void> {
    this.kept = new Map(estimates);
    this.writes++;
    return Promise.resolve();
  }
}
