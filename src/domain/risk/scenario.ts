/**
 * What a shock would do to the book, by Taylor's series:
 *
 *   linear: units × mark × shock × fx
 *   option: dollarDelta × shock + ½ × gamma × S² × shock² × fx + vega × points × fx + theta × days × fx
 *
 * Currency positions are not shocked. An option without greeks is left out and counted. Positive is a gain, in the base
 * currency. The option's own price is never scaled by the shock.
 */
import type { Shock } from "../settings.ts";
import type { PositionValue } from "./position_valuation.ts";
import type { ScenarioView } from "./snapshot.ts";
import { Total } from "./totals.ts";

/** @param bookKnown false: positions may be missing altogether, so that every sum is unknown */
export function spotShocks(
  positions: readonly PositionValue[],
  shocks: readonly Shock[],
  bookKnown: boolean,
): ScenarioView[] {
  return shocks.map((shock) => {
    const { name, spotShock, volShock, days } = shock;
    const total = new Total();
    for (const position of positions) total.add(shockedPnl(position, shock), position.greeksReason);
    return { name, spotShock, volShock, days, pnl: bookKnown ? total.value : null, excluded: total.excluded };
  });
}

/** NaN when an input is missing. */
export function shockedPnl(position: PositionValue, shock: Shock): number {
  if (position.quantity === 0 || position.instrument.assetType === "FOREX") return 0;
  if (!position.value.option) return position.fullMarketValue * shock.spotShock;
  // An expired option is worth what it is worth.
  if (position.value.expired) return 0;
  const { fx } = position.value;
  const points = shock.volShock * 100;
  // gammaDollars1Pct is the change of dollarDelta for 1 % of spot.
  const curvature = position.gammaDollars1Pct * 100 * shock.spotShock * shock.spotShock / 2;
  const volatility = points === 0 ? 0 : position.vega * points * fx;
  const time = shock.days === 0 ? 0 : position.theta * shock.days * fx;
  return position.dollarDelta * shock.spotShock + curvature + volatility + time;
}
