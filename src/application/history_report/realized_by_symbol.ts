/** Realized profit by symbol, first in, first out. */
import { fromUnits, QUANTITY_PLACES, toUnits } from "../../domain/history/exact.ts";
import type { ClosedLot } from "../../domain/history/fifo.ts";
import type { Store } from "../ports/store.ts";
import type { Fill } from "../ports/store_records.ts";
import { FillMatcher, type MatchedFill } from "./fill_matcher.ts";
import type { HistoryRange } from "./history_range.ts";
import { isOfSymbol } from "./symbol_filter.ts";

/** One underlying in one currency, over all accounts asked for; the matching is each account's own. */
export interface SymbolResult {
  readonly symbol: string;
  readonly currency: string;
  /** Fills in the range. */
  readonly fills: number;
  /** Ended in the range. */
  readonly roundTrips: number;
  /** Lots closed in the range. */
  readonly lots: number;
  /** Σ quantity × multiplier × (close − open) of those lots, before costs; null when all that was closed is left out. */
  readonly realizedPnl: number | null;
  /** Their shares of both fills' commissions, as far as known; positive is paid. */
  readonly commissions: number;
  /** realizedPnl − commissions: too high where `lotsWithoutCommission` is above 0. */
  readonly net: number | null;
  readonly lotsWithoutCommission: number;
  /** Σ of the fills in the range, by the broker's own method and after its costs; null when it said none. */
  readonly brokerRealizedPnl: number | null;
  /** Fills in the range of a broker that tells no profit, and that is in no sum of it: Futu's. */
  readonly fillsWithoutBroker: number;
  /** Closed what was opened before the stored history: in no figure but the broker's. */
  readonly unmatchedFills: number;
  /** Contracts past their expiry with lots that no stored fill closes: expired, exercised or assigned. */
  readonly expiredOpen: number;
}

/** Reads every fill up to the end of the range, since older ones opened what is closed in it. Sorted by symbol. */
export async function realizedBySymbol(
  store: Pick<Store, "fills">,
  { account, symbol }: { readonly account: string | null; readonly symbol: string | null },
  range: HistoryRange,
): Promise<SymbolResult[]> {
  const matcher = new FillMatcher();
  const tallies = new Map<string, SymbolTally>();
  const tallyOf = ({ instrument }: Pick<Fill["execution"], "instrument">): SymbolTally => {
    const { underlying, currency } = instrument;
    const key = `${underlying}\n${currency}`;
    const known = tallies.get(key) ?? new SymbolTally(underlying, currency);
    tallies.set(key, known);
    return known;
  };
  for await (const page of store.fills({ account, from: 0, to: range.end })) {
    for (const fill of page) {
      if (!isOfSymbol(fill.execution.instrument, symbol)) continue;
      const matched = matcher.add(fill);
      if (fill.execution.executedAt >= range.start) tallyOf(fill.execution).add(fill, matched);
    }
  }
  for (const { instrument } of matcher.holdings()) {
    if (instrument.expiry === null || instrument.expiry >= range.to) continue;
    if (instrument.expiry >= range.from) tallyOf({ instrument }).expiredOpen++;
  }
  return Array.from(tallies.values(), (tally) => tally.result()).sort(bySymbol);
}

class SymbolTally {
  #fills = 0;
  #trips = 0;
  #lots = 0;
  #gross = 0n;
  #commissions = 0n;
  #withoutCommission = 0;
  #broker: bigint | null = null;
  #unmatched = 0;
  #withoutBroker = 0;
  expiredOpen = 0;

  constructor(readonly symbol: string, readonly currency: string) {}

  add({ source, execution, commission }: Fill, { lots, trips, isUnmatched }: MatchedFill): void {
    this.#fills++;
    this.#trips += trips.length;
    if (isUnmatched) this.#unmatched++;
    if (source === "FUTU") this.#withoutBroker++;
    for (const lot of lots) this.#close(lot);
    if (commission === null || commission.realizedPnl === null) return;
    if (commission.currency === execution.instrument.currency) {
      this.#broker = (this.#broker ?? 0n) + toUnits(commission.realizedPnl, QUANTITY_PLACES);
    }
  }

  result(): SymbolResult {
    const amount = (units: bigint) => fromUnits(units, QUANTITY_PLACES);
    const isUnknown = this.#lots === 0 && this.#unmatched + this.expiredOpen > 0;
    return {
      symbol: this.symbol,
      currency: this.currency,
      fills: this.#fills,
      roundTrips: this.#trips,
      lots: this.#lots,
      realizedPnl: isUnknown ? null : amount(this.#gross),
      commissions: amount(this.#commissions),
      net: isUnknown ? null : amount(this.#gross - this.#commissions),
      lotsWithoutCommission: this.#withoutCommission,
      brokerRealizedPnl: this.#broker === null ? null : amount(this.#broker),
      fillsWithoutBroker: this.#withoutBroker,
      unmatchedFills: this.#unmatched,
      expiredOpen: this.expiredOpen,
    };
  }

  #close(lot: ClosedLot): void {
    this.#lots++;
    this.#gross += toUnits(lot.gross, QUANTITY_PLACES);
    if (lot.commissions === null) this.#withoutCommission++;
    else this.#commissions += toUnits(lot.commissions, QUANTITY_PLACES);
  }
}

function bySymbol(one: SymbolResult, other: SymbolResult): number {
  if (one.currency !== other.currency) return one.currency < other.currency ? -1 : 1;
  return one.symbol < other.symbol ? -1 : 1;
}
