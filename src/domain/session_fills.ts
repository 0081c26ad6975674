/**
 * The fills of one holding in the running session, and what they add up to.
 *
 * A correction (`….02` after `….01` of IB, the same id again of another broker) replaces the fill it corrects, wherever it
 * arrives. The commission report names the execution that it belongs to.
 */
import type { Source } from "./event.ts";
import type { EpochMs } from "./time.ts";

export interface Commission {
  readonly amount: number;
  readonly currency: string;
  /** Null when the execution closed nothing. */
  readonly realizedPnl: number | null;
}

export interface Fill {
  readonly execId: string;
  /** Signed: positive bought. */
  readonly quantity: number;
  readonly price: number;
  readonly time: EpochMs;
}

interface Entry {
  fill: Fill;
  revision: number;
  commission: Commission | null;
}

/** Sums of a set of fills; amounts by currency where they may differ from the instrument's. */
export interface FillSums {
  /** Σ q */
  readonly quantity: number;
  /** Σ q of what was bought. */
  readonly bought: number;
  /** Σ q · price, per unit and without the multiplier. */
  readonly cost: number;
  readonly commissions: ReadonlyMap<string, number>;
  readonly realized: ReadonlyMap<string, number>;
}

export class SessionFills {
  readonly #entries = new Map<string, Entry>();
  #sums: FillSums | null = null;

  /** @param source whose numbers its executions have */
  constructor(readonly source: Source) {}

  get size(): number {
    return this.#entries.size;
  }

  /** Each fill in its newest revision. */
  all(): Fill[] {
    return Array.from(this.#entries.values(), (entry) => entry.fill);
  }

  /** Adds a fill or corrects one; an older revision than the one known is ignored. */
  add(fill: Fill): void {
    const { root, revision } = executionOf(this.source, fill.execId);
    const known = this.#entries.get(root);
    if (known !== undefined && known.revision > revision) return;
    if (known !== undefined && known.revision === revision) {
      known.fill = fill;
    } else {
      this.#entries.set(root, { fill, revision, commission: null });
    }
    this.#sums = null;
  }

  /**
   * The commission of an execution; of a revision that was replaced it is ignored. False: the execution, or the correction,
   * that it belongs to is still to come.
   */
  setCommission(execId: string, commission: Commission): boolean {
    const { root, revision } = executionOf(this.source, execId);
    const entry = this.#entries.get(root);
    if (entry === undefined || entry.revision < revision) return false;
    if (entry.revision === revision) {
      entry.commission = commission;
      this.#sums = null;
    }
    return true;
  }

  /** Forgets what was filled before the session started, and says which executions that were. */
  dropBefore(start: EpochMs): string[] {
    const dropped: string[] = [];
    for (const [root, entry] of this.#entries) {
      if (entry.fill.time >= start) continue;
      this.#entries.delete(root);
      dropped.push(root);
      this.#sums = null;
    }
    return dropped;
  }

  get sums(): FillSums {
    this.#sums ??= sumsOf(this.#entries.values());
    return this.#sums;
  }
}

/** Which execution an id names, and which revision of it. IB alone numbers revisions: another broker's id is whole, dots included. */
export function executionOf(source: Source, execId: string): { root: string; revision: number } {
  return source === "IB" ? splitExecId(execId) : { root: execId, revision: 0 };
}

/** Of IB: `0000e0d5.6557b1a2.01.02` is revision 2 of `0000e0d5.6557b1a2.01`; an id without such a part is its own root. */
export function splitExecId(execId: string): { root: string; revision: number } {
  const match = /^(.+)\.(\d+)$/.exec(execId);
  if (match === null) return { root: execId, revision: 0 };
  return { root: match[1]!, revision: Number(match[2]) };
}

function sumsOf(entries: Iterable<Entry>): FillSums {
  let quantity = 0;
  let bought = 0;
  let cost = 0;
  const commissions = new Map<string, number>();
  const realized = new Map<string, number>();
  for (const { fill, commission } of entries) {
    quantity += fill.quantity;
    if (fill.quantity > 0) bought += fill.quantity;
    cost += fill.quantity * fill.price;
    if (commission === null) continue;
    addTo(commissions, commission.currency, commission.amount);
    if (commission.realizedPnl !== null) addTo(realized, commission.currency, commission.realizedPnl);
  }
  return { quantity, bought, cost, commissions, realized };
}

function addTo(sums: Map<string, number>, currency: string, amount: number): void {
  sums.set(currency, (sums.get(currency) ?? 0) + amount);
}
