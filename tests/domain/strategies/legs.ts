/** Positions for the strategy tests, written as a trader would: `call(-10, 200)`, `stock(500)`. */
import fc from "../../support/property.ts";
import type { Instrument, Right } from "../../../src/domain/instrument.ts";
import type { Structure } from "../../../src/domain/strategies/strategy.ts";
import type { StrategyLeg } from "../../../src/domain/strategies/value.ts";

export const DEC = "2026-12-18";
export const JAN = "2027-01-15";
export const MAR = "2027-03-19";

const NO_FIGURES = {
  delta: null,
  gamma: null,
  vega: null,
  theta: null,
  unrealizedPnl: null,
  dailyPnl: null,
  marketValue: null,
};

export function position(
  quantity: number,
  instrument: Partial<Instrument>,
  rest: Partial<StrategyLeg> = {},
): StrategyLeg {
  const symbol = instrument.symbol ?? "XYZ";
  return {
    quantity,
    avgPrice: null,
    ...NO_FIGURES,
    ...rest,
    instrument: {
      symbol,
      underlying: symbol,
      assetType: "STOCK",
      expiry: null,
      strike: null,
      right: null,
      currency: "USD",
      multiplier: 1,
      tradingClass: symbol,
      exchange: "SMART",
      localSymbol: "",
      conId: null,
      priceMagnifier: 1,
      minTick: null,
      ...instrument,
    },
  };
}

export function stock(quantity: number, avgPrice: number | null = null, instrument: Partial<Instrument> = {}) {
  return position(quantity, { tradingClass: "NMS", ...instrument }, { avgPrice });
}

export function call(
  quantity: number,
  strike: number,
  avgPrice: number | null = null,
  instrument: Partial<Instrument> = {},
): StrategyLeg {
  return option("C", quantity, strike, avgPrice, instrument);
}

export function put(
  quantity: number,
  strike: number,
  avgPrice: number | null = null,
  instrument: Partial<Instrument> = {},
): StrategyLeg {
  return option("P", quantity, strike, avgPrice, instrument);
}

function option(
  right: Right,
  quantity: number,
  strike: number,
  avgPrice: number | null,
  instrument: Partial<Instrument>,
): StrategyLeg {
  const terms = { assetType: "OPTION", expiry: DEC, multiplier: 100, right, strike } as const;
  return position(quantity, { ...terms, ...instrument }, { avgPrice });
}

/** One line a strategy, `10 Iron condor: 10 P90, -10 P95, …`; the month where it is not December. */
export function told(structures: readonly Structure[]): string[] {
  return structures.map(({ units, name, legs }) => {
    const parts = legs.map(({ quantity, instrument: { right, strike, expiry } }) => {
      const month = expiry === JAN ? " Jan" : expiry === MAR ? " Mar" : "";
      return right === null ? `${quantity}` : `${quantity} ${right}${strike}${month}`;
    });
    return `${units} ${name}: ${parts.join(", ")}`;
  });
}

/** A leg of a small market: three strikes, two expiries, both rights, or stock. */
export function anyLeg(largest: number, averagePrices = false): fc.Arbitrary<StrategyLeg> {
  const price = averagePrices ? fc.integer({ min: 1, max: 40 }).map((quarters) => quarters / 4) : fc.constant(null);
  const quantity = fc.integer({ min: -largest, max: largest }).filter((value) => value !== 0);
  const strike = fc.constantFrom(90, 95, 100, 105, 110);
  const expiry = fc.constantFrom(DEC, DEC, JAN);
  const right = fc.constantFrom<Right>("C", "P");
  const anOption = fc.tuple(right, quantity, strike, price, expiry).map(([right, quantity, strike, price, expiry]) =>
    option(right, quantity, strike, price, { expiry })
  );
  // Quarters of a lot, so that there are remainders.
  const shares = fc.tuple(fc.integer({ min: -4 * largest, max: 4 * largest }).filter((value) => value !== 0), price)
    .map(([quarters, price]) => stock(25 * quarters, price));
  return fc.oneof({ weight: 7, arbitrary: anOption }, { weight: 1, arbitrary: shares });
}

/** Different contracts of one group. */
export function anyGroup(
  size: { readonly minLength?: number; readonly maxLength: number },
  largest: number,
  averagePrices = false,
): fc.Arbitrary<StrategyLeg[]> {
  const contract = ({ instrument: { right, strike, expiry } }: StrategyLeg) => `${right}${strike}${expiry}`;
  return fc.uniqueArray(anyLeg(largest, averagePrices), { minLength: 1, ...size, selector: contract });
}
