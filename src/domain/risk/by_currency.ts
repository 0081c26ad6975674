/** The book by the currency that its instruments are quoted in, with the cash held in it. Amounts in the base currency. */
import { isPartial, type PositionValue } from "./position_valuation.ts";
import type { CashView, CurrencyView } from "./snapshot.ts";
import { TotalRow } from "./totals.ts";

export class CurrencySums {
  readonly #sums = new Map<string, Sums>();
  readonly #unreadSources: number;

  /** @param unreadSources sources that every sum leaves out, of a book that is known */
  constructor(unreadSources = 0) {
    this.#unreadSources = unreadSources;
  }

  add(position: PositionValue): void {
    const { currency } = position.instrument;
    let sums = this.#sums.get(currency);
    if (sums === undefined) this.#sums.set(currency, sums = new Sums(this.#unreadSources));
    sums.add(position);
  }

  /** Every currency that something is held in, cash included; in the order of their names. */
  views(cash: readonly CashView[]): CurrencyView[] {
    const currencies = new Set([...this.#sums.keys(), ...cash.map((row) => row.currency)]);
    return [...currencies].sort().map((currency) => {
      const row = cash.find((candidate) => candidate.currency === currency);
      const held = row === undefined ? 0 : row.fxRate === null ? null : row.amount * row.fxRate;
      return { currency, cash: held, ...(this.#sums.get(currency) ?? new Sums(this.#unreadSources)).view() };
    });
  }
}

enum Sum {
  grossExposure,
  netExposure,
  marketValue,
  unrealizedPnl,
  dailyPnl,
  realizedPnl,
  fxPnl,
}

class Sums {
  readonly #totals: TotalRow;
  #positions = 0;
  #excluded: number;

  constructor(unreadSources: number) {
    this.#totals = new TotalRow(Sum.fxPnl + 1, true, unreadSources);
    this.#excluded = unreadSources;
  }

  add(position: PositionValue): void {
    this.#positions++;
    if (isPartial(position)) this.#excluded++;
    const { values, reasons } = this.#totals;
    values[Sum.grossExposure] = position.grossExposure;
    reasons[Sum.grossExposure] = position.exposureReason;
    values[Sum.netExposure] = position.exposure;
    reasons[Sum.netExposure] = position.exposureReason;
    values[Sum.marketValue] = position.marketValue;
    values[Sum.unrealizedPnl] = position.unrealizedPnl;
    values[Sum.dailyPnl] = position.dailyPnl;
    values[Sum.realizedPnl] = position.realizedPnl;
    values[Sum.fxPnl] = position.fxPnl;
    this.#totals.addAll();
  }

  view(): Omit<CurrencyView, "currency" | "cash"> {
    return {
      positions: this.#positions,
      grossExposure: this.#value(Sum.grossExposure),
      netExposure: this.#value(Sum.netExposure),
      marketValue: this.#value(Sum.marketValue),
      unrealizedPnl: this.#value(Sum.unrealizedPnl),
      dailyPnl: this.#value(Sum.dailyPnl),
      realizedPnl: this.#value(Sum.realizedPnl),
      fxPnl: this.#value(Sum.fxPnl),
      excluded: this.#excluded,
    };
  }

  #value(sum: Sum): number | null {
    return this.#totals.at(sum).value;
  }
}
