/**
 * The simulated exchange's own option prices.
 *
 * Apart from the program's pricing on purpose: a fault here must not hide the same fault there.
 */

/** What an option's price depends on. Volatility, rate and yield are per year as fractions. */
export interface OptionTerms {
  /** Price of the underlying; of a future for options on futures. */
  readonly underlying: number;
  readonly strike: number;
  /** Time to expiry; 0 and below is expired. */
  readonly years: number;
  readonly volatility: number;
  readonly rate: number;
  /** Dividend yield; equal to `rate` for an option on a future, which makes this Black's model of 1976. */
  readonly dividendYield: number;
  readonly right: "C" | "P";
}

/** Price and greeks per unit of underlying, in the units that TWS shows. */
export interface OptionValue {
  readonly price: number;
  readonly delta: number;
  /** Change of delta for 1.00 of the underlying. */
  readonly gamma: number;
  /** Value change for one volatility point (0.01). */
  readonly vega: number;
  /** Value change for one calendar day; negative when time costs the holder. */
  readonly theta: number;
}

/**
 * European value by Black, Scholes and Merton: `φ·(S·e^(−qT)·N(φ·d1) − K·e^(−rT)·N(φ·d2))`, `φ` +1 for calls.
 *
 * An expired option is worth its intrinsic value and has delta ±1 or 0. A volatility of 0 is treated as a tiny one.
 */
export function optionValue(terms: OptionTerms): OptionValue {
  const { underlying: spot, strike, years, rate, dividendYield, right } = terms;
  const sign = right === "C" ? 1 : -1;
  if (years <= 0) {
    const intrinsic = Math.max(0, sign * (spot - strike));
    return { price: intrinsic, delta: intrinsic > 0 ? sign : 0, gamma: 0, vega: 0, theta: 0 };
  }
  const volatility = Math.max(terms.volatility, 1e-4);
  const deviation = volatility * Math.sqrt(years);
  const d1 = (Math.log(spot / strike) + (rate - dividendYield + volatility * volatility / 2) * years) / deviation;
  const d2 = d1 - deviation;
  const carried = spot * Math.exp(-dividendYield * years);
  const discounted = strike * Math.exp(-rate * years);
  const density = normalDensity(d1);
  const price = sign * (carried * normalBelow(sign * d1) - discounted * normalBelow(sign * d2));
  const perYear = -carried * density * volatility / (2 * Math.sqrt(years)) -
    sign * rate * discounted * normalBelow(sign * d2) +
    sign * dividendYield * carried * normalBelow(sign * d1);
  return {
    price: Math.max(0, price),
    delta: sign * Math.exp(-dividendYield * years) * normalBelow(sign * d1),
    gamma: Math.exp(-dividendYield * years) * density / (spot * deviation),
    vega: carried * density * Math.sqrt(years) / 100,
    theta: perYear / 365,
  };
}

function normalDensity(x: number): number {
  return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
}

/** N(x) by the odd series around 0, exact to the last digits of a double (Marsaglia 2004). */
function normalBelow(x: number): number {
  if (x > 8) return 1;
  if (x < -8) return 0;
  let sum = x;
  let previous = 0;
  let term = x;
  for (let odd = 3; sum !== previous; odd += 2) {
    previous = sum;
    term *= x * x / odd;
    sum += term;
  }
  return 0.5 + sum * normalDensity(x);
}
