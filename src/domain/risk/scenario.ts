/**
 * What a shock would do to the book, by Taylor's series:
 *
 *   linear: units × mark × shock × fx
 *   option: dollarDelta × shock + ½ × gamma × S² × shock² × fx + vega × points × fx + theta × days × fx
 *
 * A volatility is not shocked below 1 %. Currency positions are not shocked. An option without greeks is left out and counted. Positive is a gain, in the base
 * currency. The option's own price is never scaled by the shock.
 */
import type { Shock } from "../settings.ts";
import type { PositionValue } from "./position_valuation.ts";
import type { ScenarioView } from "./snapshot.ts";
import { Total } from "./totals.ts";

/** The shocks of the settings on the whole book, a position at a time. */
export class SpotShocks {
  readonly #shocks: readonly Shock[];
  readonly #totals: readonly Total[];

  /** @param unreadSources sources that every sum leaves out, of a book that is known */
  constructor(shocks: readonly Shock[], unreadSources = 0) {
    this.#shocks = shocks;
    this.#totals = shocks.map(() => new Total(true, unreadSources));
  }

  add(position: PositionValue): void {
    const terms = shockTerms(position);
    for (let i = 0; i < this.#shocks.length; i++) {
      const { spotShock, volShock, days } = this.#shocks[i]!;
      this.#totals[i]!.add(shockedBy(terms, spotShock, volShock, days), position.greeksReason);
    }
  }

  /** @param bookKnown false: positions may be missing altogether, so that every sum is unknown */
  views(bookKnown: boolean): ScenarioView[] {
    return this.#shocks.map(({ name, spotShock, volShock, days }, i) => {
      const total = this.#totals[i]!;
      return { name, spotShock, volShock, days, pnl: bookKnown ? total.value : null, excluded: total.excluded };
    });
  }
}

/** What a position gains for a whole move of each kind, in the base currency; NaN when an input is missing. */
export interface ShockTerms {
  /** For the spot times two. */
  slope: number;
  /** For the square of the spot's move. */
  curvature: number;
  /** For one volatility point. */
  perPoint: number;
  perDay: number;
  /** Of an option; NaN when it is not known, and of all else. */
  impliedVolatility: number;
}

/** One at a time, written into the same object. */
const TERMS: ShockTerms = { slope: 0, curvature: 0, perPoint: 0, perDay: 0, impliedVolatility: NaN };

function shockTerms(position: PositionValue): ShockTerms {
  const { value } = position;
  const terms = TERMS;
  terms.slope =
    terms.curvature =
    terms.perPoint =
    terms.perDay =
      0;
  terms.impliedVolatility = value.option ? value.impliedVolatility : NaN;
  // An expired option is worth what it is worth.
  if (position.quantity === 0 || position.instrument.assetType === "FOREX" || (value.option && value.expired)) {
    return terms;
  }
  if (!value.option) {
    terms.slope = position.fullMarketValue;
    return terms;
  }
  terms.slope = position.dollarDelta;
  // gammaDollars1Pct is the change of dollarDelta for 1 % of spot.
  terms.curvature = position.gammaDollars1Pct * 100 / 2;
  terms.perPoint = position.vega * value.fx;
  terms.perDay = position.theta * value.fx;
  return terms;
}

/**
 * P&L of one move, in the unit of the terms; NaN when a term that the move needs is NaN.
 *
 * @param spotShock a fraction: −0.05 is a fall of 5 %
 * @param volShock absolute, in volatility: 0.05 is five points
 * @param days calendar days forward
 */
export function shockedBy(terms: ShockTerms, spotShock: number, volShock: number, days: number): number {
  const { slope, curvature, perPoint, perDay } = terms;
  // What does not move needs no greek.
  const spot = spotShock === 0 ? 0 : slope * spotShock + curvature * spotShock * spotShock;
  const volatility = volShock === 0 ? 0 : perPoint * floored(volShock, terms.impliedVolatility) * 100;
  const time = days === 0 ? 0 : perDay * days;
  return spot + volatility + time;
}

const LEAST_VOLATILITY = 0.01;

/** As much of a fall as leaves 1 % of volatility; of one that is not known all of it. */
function floored(volShock: number, impliedVolatility: number): number {
  const lowest = Math.min(0, LEAST_VOLATILITY - impliedVolatility);
  return volShock < lowest ? lowest : volShock;
}
