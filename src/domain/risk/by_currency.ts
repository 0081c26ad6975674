/** The book by the currency that its instruments are quoted in, with the cash held in it. Amounts in the base currency. */
import { isPartial, type PositionValue } from "./position_valuation.ts";
import type { CashView, CurrencyView } from "./snapshot.ts";
import { Total } from "./totals.ts";

export class CurrencySums {
  readonly #sums = new Map<string, Sums>();

  add(position: PositionValue): void {
    const { currency } = position.instrument;
    let sums = this.#sums.get(currency);
    if (sums === undefined) this.#sums.set(currency, sums = new Sums());
    sums.add(position);
  }

  /** Every currency that something is held in, cash included; in the order of their names. */
  views(cash: readonly CashView[]): CurrencyView[] {
    const currencies = new Set([...this.#sums.keys(), ...cash.map((row) => row.currency)]);
    return [...currencies].sort().map((currency) => {
      const row = cash.find((candidate) => candidate.currency === currency);
      const held = row === undefined ? 0 : row.fxRate === null ? null : row.amount * row.fxRate;
      return { currency, cash: held, ...(this.#sums.get(currency) ?? new Sums()).view() };
    });
  }
}

class Sums {
  readonly #grossExposure = new Total();
  readonly #netExposure = new Total();
  readonly #marketValue = new Total();
  readonly #unrealizedPnl = new Total();
  readonly #dailyPnl = new Total();
  readonly #realizedPnl = new Total();
  readonly #fxPnl = new Total();
  #positions = 0;
  #excluded = 0;

  add(position: PositionValue): void {
    this.#positions++;
    if (isPartial(position)) this.#excluded++;
    this.#grossExposure.add(position.grossExposure, position.exposureReason);
    this.#netExposure.add(position.exposure, position.exposureReason);
    this.#marketValue.add(position.marketValue);
    this.#unrealizedPnl.add(position.unrealizedPnl);
    this.#dailyPnl.add(position.dailyPnl);
    this.#realizedPnl.add(position.realizedPnl);
    this.#fxPnl.add(position.fxPnl);
  }

  view(): Omit<CurrencyView, "currency" | "cash"> {
    return {
      positions: this.#positions,
      grossExposure: this.#grossExposure.value,
      netExposure: this.#netExposure.value,
      marketValue: this.#marketValue.value,
      unrealizedPnl: this.#unrealizedPnl.value,
      dailyPnl: this.#dailyPnl.value,
      realizedPnl: this.#realizedPnl.value,
      fxPnl: this.#fxPnl.value,
      excluded: this.#excluded,
    };
  }
}
