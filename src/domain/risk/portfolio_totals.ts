/** The whole book in one row, and what each sum leaves out. */
import { BIT } from "../quality/flag_set.ts";
import { lacksGreeks } from "./instrument_valuation.ts";
import type { PositionValue } from "./position_valuation.ts";
import type { Excluded, PortfolioView } from "./snapshot.ts";
import { TotalRow } from "./totals.ts";

/** In the order of the snapshot; the last two are of the positions that expire soon alone. */
const FIELDS = [
  "unrealizedPnl",
  "dailyPnl",
  "realizedPnl",
  "fxPnl",
  "marketValue",
  "grossMarketValue",
  "netMarketValue",
  "grossExposure",
  "netExposure",
  "delta",
  "dollarDelta",
  "betaWeightedDelta",
  "gamma",
  "gammaDollars1Pct",
  "vega",
  "theta",
  "nearTermGammaDollars1Pct",
  "nearTermVega",
] as const;

type SummedField = typeof FIELDS[number];

/** The place of each field in the row. */
const AT = Object.freeze(
  Object.fromEntries(FIELDS.map((field, place) => [field, place])) as Record<SummedField, number>,
);
const OF_EVERY_POSITION = AT.nearTermGammaDollars1Pct;

/** Days to expiry up to which gamma and vega count as near. */
const NEAR_GAMMA_DAYS = 7;
const NEAR_VEGA_DAYS = 30;

export class PortfolioTotals {
  readonly #totals: TotalRow;
  readonly #bookKnown: boolean;
  options = 0;
  optionsWithoutGreeks = 0;

  /**
   * @param bookKnown false: positions may be missing altogether, so that every sum is unknown
   * @param unreadSources sources that every sum leaves out, of a book that is known
   */
  constructor(bookKnown: boolean, unreadSources = 0) {
    this.#bookKnown = bookKnown;
    this.#totals = new TotalRow(FIELDS.length, true, unreadSources);
  }

  add(position: PositionValue): void {
    const { values, reasons } = this.#totals;
    const { value, markReason, exposureReason, greeksReason, dollarReason } = position;
    const gammaReason = value.gamma === value.gamma ? dollarReason : greeksReason;
    const vegaReason = value.vega === value.vega ? BIT.FX_MISSING : greeksReason;
    const vega = inBase(position.vega, value.fx);
    values[AT.unrealizedPnl] = position.unrealizedPnl;
    reasons[AT.unrealizedPnl] = position.unrealizedReason;
    values[AT.dailyPnl] = position.dailyPnl;
    reasons[AT.dailyPnl] = position.dailyReason;
    values[AT.realizedPnl] = position.realizedPnl;
    reasons[AT.realizedPnl] = position.realizedReason;
    values[AT.fxPnl] = position.fxPnl;
    reasons[AT.fxPnl] = position.fxReason;
    values[AT.marketValue] = position.marketValue;
    reasons[AT.marketValue] = markReason;
    values[AT.grossMarketValue] = position.grossMarketValue;
    reasons[AT.grossMarketValue] = markReason;
    values[AT.netMarketValue] = position.fullMarketValue;
    reasons[AT.netMarketValue] = markReason;
    values[AT.grossExposure] = position.grossExposure;
    reasons[AT.grossExposure] = exposureReason;
    values[AT.netExposure] = position.exposure;
    reasons[AT.netExposure] = exposureReason;
    values[AT.delta] = position.delta;
    reasons[AT.delta] = greeksReason;
    values[AT.dollarDelta] = position.dollarDelta;
    reasons[AT.dollarDelta] = dollarReason;
    values[AT.betaWeightedDelta] = position.betaWeightedDelta;
    reasons[AT.betaWeightedDelta] = position.betaReason;
    values[AT.gamma] = position.gamma;
    reasons[AT.gamma] = greeksReason;
    values[AT.gammaDollars1Pct] = position.gammaDollars1Pct;
    reasons[AT.gammaDollars1Pct] = gammaReason;
    values[AT.vega] = vega;
    reasons[AT.vega] = vegaReason;
    values[AT.theta] = inBase(position.theta, value.fx);
    reasons[AT.theta] = value.theta === value.theta ? BIT.FX_MISSING : greeksReason;
    this.#totals.addAll(OF_EVERY_POSITION);
    const days = position.daysToExpiry;
    if (days !== null && days <= NEAR_VEGA_DAYS && !value.expired) {
      this.#totals.at(AT.nearTermVega).add(vega, vegaReason);
      if (days <= NEAR_GAMMA_DAYS) {
        this.#totals.at(AT.nearTermGammaDollars1Pct).add(position.gammaDollars1Pct, gammaReason);
      }
    }
    if (value.option && !value.expired && position.quantity !== 0) {
      this.options++;
      if (lacksGreeks(value)) this.optionsWithoutGreeks++;
    }
  }

  value(field: SummedField): number | null {
    return this.#bookKnown ? this.#totals.at(AT[field]).value : null;
  }

  excluded(field: SummedField): number {
    return this.#totals.at(AT[field]).excluded;
  }

  /** Share of option positions without greeks; 0 when there are no options. */
  get missingGreeks(): number {
    return this.options === 0 ? 0 : this.optionsWithoutGreeks / this.options;
  }

  values(): Pick<PortfolioView, SummedField> {
    return Object.fromEntries(FIELDS.map((field) => [field, this.value(field)])) as Pick<PortfolioView, SummedField>;
  }

  exclusions(): Excluded[] {
    return FIELDS.flatMap((field) => this.#totals.at(AT[field]).exclusions(field));
  }
}

/** A greek that is money; 0 needs no rate. */
export function inBase(amount: number, fx: number): number {
  return amount === 0 ? 0 : amount * fx;
}
