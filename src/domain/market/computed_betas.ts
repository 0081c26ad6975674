/** Betas that were computed from daily history, by name; and why those that could not be were not. */
import type { BetaEstimate } from "../risk/beta.ts";

export class ComputedBetas {
  readonly #estimates = new Map<string, BetaEstimate>();
  readonly #obstacles = new Map<string, string>();
  /** Grows with every change. */
  revision = 0;

  /** A failed attempt leaves an earlier estimate standing: its dates tell its age. */
  set(name: string, estimate: BetaEstimate | null, obstacle: string | null): void {
    if (estimate !== null) this.#estimates.set(name, estimate);
    if (obstacle === null) this.#obstacles.delete(name);
    else this.#obstacles.set(name, obstacle);
    this.revision++;
  }

  of(name: string): BetaEstimate | null {
    return this.#estimates.get(name) ?? null;
  }

  /** Why the newest attempt failed, in words; null when it did not or was not made. */
  obstacle(name: string): string | null {
    return this.#obstacles.get(name) ?? null;
  }
}
