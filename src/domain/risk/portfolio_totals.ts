/** The whole book in one row, and what each sum leaves out. */
import { BIT } from "../quality/flag_set.ts";
import { lacksGreeks } from "./instrument_valuation.ts";
import type { PositionValue } from "./position_valuation.ts";
import type { Excluded, PortfolioView } from "./snapshot.ts";
import { Total } from "./totals.ts";

type SummedField =
  | "unrealizedPnl"
  | "dailyPnl"
  | "realizedPnl"
  | "fxPnl"
  | "marketValue"
  | "grossMarketValue"
  | "netMarketValue"
  | "grossExposure"
  | "netExposure"
  | "delta"
  | "dollarDelta"
  | "betaWeightedDelta"
  | "gamma"
  | "gammaDollars1Pct"
  | "vega"
  | "theta"
  | "nearTermGammaDollars1Pct"
  | "nearTermVega";

/** Days to expiry up to which gamma and vega count as near. */
const NEAR_GAMMA_DAYS = 7;
const NEAR_VEGA_DAYS = 30;

export class PortfolioTotals {
  readonly #totals: Record<SummedField, Total> = {
    unrealizedPnl: new Total(),
    dailyPnl: new Total(),
    realizedPnl: new Total(),
    fxPnl: new Total(),
    marketValue: new Total(),
    grossMarketValue: new Total(),
    netMarketValue: new Total(),
    grossExposure: new Total(),
    netExposure: new Total(),
    delta: new Total(),
    dollarDelta: new Total(),
    betaWeightedDelta: new Total(),
    gamma: new Total(),
    gammaDollars1Pct: new Total(),
    vega: new Total(),
    theta: new Total(),
    nearTermGammaDollars1Pct: new Total(),
    nearTermVega: new Total(),
  };
  readonly #bookKnown: boolean;
  options = 0;
  optionsWithoutGreeks = 0;

  /** @param bookKnown false: positions may be missing altogether, so that every sum is unknown */
  constructor(bookKnown: boolean) {
    this.#bookKnown = bookKnown;
  }

  add(position: PositionValue): void {
    const totals = this.#totals;
    const { value, greeksReason, dollarReason, betaReason } = position;
    totals.unrealizedPnl.add(position.unrealizedPnl, position.unrealizedReason);
    totals.dailyPnl.add(position.dailyPnl, position.dailyReason);
    totals.realizedPnl.add(position.realizedPnl, position.realizedReason);
    totals.fxPnl.add(position.fxPnl, position.fxReason);
    totals.marketValue.add(position.marketValue, position.markReason);
    totals.grossMarketValue.add(position.grossMarketValue, position.markReason);
    totals.netMarketValue.add(position.fullMarketValue, position.markReason);
    totals.grossExposure.add(position.grossExposure, position.exposureReason);
    totals.netExposure.add(position.exposure, position.exposureReason);
    totals.delta.add(position.delta, greeksReason);
    totals.dollarDelta.add(position.dollarDelta, dollarReason);
    totals.betaWeightedDelta.add(position.betaWeightedDelta, betaReason);
    totals.gamma.add(position.gamma, greeksReason);
    const gammaReason = value.gamma === value.gamma ? dollarReason : greeksReason;
    totals.gammaDollars1Pct.add(position.gammaDollars1Pct, gammaReason);
    const vega = inBase(position.vega, value.fx);
    const vegaReason = value.vega === value.vega ? BIT.FX_MISSING : greeksReason;
    totals.vega.add(vega, vegaReason);
    totals.theta.add(inBase(position.theta, value.fx), value.theta === value.theta ? BIT.FX_MISSING : greeksReason);
    const days = position.daysToExpiry;
    if (days !== null && days <= NEAR_GAMMA_DAYS && !value.expired) {
      totals.nearTermGammaDollars1Pct.add(position.gammaDollars1Pct, gammaReason);
    }
    if (days !== null && days <= NEAR_VEGA_DAYS && !value.expired) totals.nearTermVega.add(vega, vegaReason);
    if (value.option && !value.expired && position.quantity !== 0) {
      this.options++;
      if (lacksGreeks(value)) this.optionsWithoutGreeks++;
    }
  }

  value(field: SummedField): number | null {
    return this.#bookKnown ? this.#totals[field].value : null;
  }

  excluded(field: SummedField): number {
    return this.#totals[field].excluded;
  }

  /** Share of option positions without greeks; 0 when there are no options. */
  get missingGreeks(): number {
    return this.options === 0 ? 0 : this.optionsWithoutGreeks / this.options;
  }

  values(): Pick<PortfolioView, SummedField> {
    const entries = (Object.keys(this.#totals) as SummedField[]).map((field) => [field, this.value(field)]);
    return Object.fromEntries(entries) as Pick<PortfolioView, SummedField>;
  }

  exclusions(): Excluded[] {
    return (Object.keys(this.#totals) as SummedField[]).flatMap((field) => this.#totals[field].exclusions(field));
  }
}

/** A greek that is money; 0 needs no rate. */
export function inBase(amount: number, fx: number): number {
  return amount === 0 ? 0 : amount * fx;
}
