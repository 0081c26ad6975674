import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import { optionValue } from "../../../src/infrastructure/simulator/pricer.ts";

Deno.test("optionValue() gives Hull's example 15.6: a call of 4.76 and a put of 0.81", () => {
  const terms = { underlying: 42, strike: 40, years: 0.5, volatility: 0.2, rate: 0.1, dividendYield: 0 };
  assert.equal(optionValue({ ...terms, right: "C" }).price.toFixed(2), "4.76");
  assert.equal(optionValue({ ...terms, right: "P" }).price.toFixed(2), "0.81");
});

Deno.test("optionValue() with yield equal to rate is Black's model: Hull's put on a crude future is 1.12", () => {
  // Hull, example 18.6: F 20, K 20, r 9 %, four months, 25 %.
  const terms = { underlying: 20, strike: 20, years: 4 / 12, volatility: 0.25, rate: 0.09, dividendYield: 0.09 };
  assert.equal(optionValue({ ...terms, right: "P" }).price.toFixed(2), "1.12");
});

const terms = fc.record({
  underlying: fc.double({ min: 10, max: 1000, noNaN: true }),
  moneyness: fc.double({ min: 0.7, max: 1.4, noNaN: true }),
  years: fc.double({ min: 0.02, max: 2, noNaN: true }),
  volatility: fc.double({ min: 0.05, max: 1, noNaN: true }),
  rate: fc.double({ min: -0.01, max: 0.1, noNaN: true }),
  dividendYield: fc.double({ min: 0, max: 0.05, noNaN: true }),
});

Deno.test("a call less a put is the forward less the strike, discounted", () => {
  fc.assert(fc.property(terms, ({ moneyness, ...rest }) => {
    const strike = rest.underlying * moneyness;
    const call = optionValue({ ...rest, strike, right: "C" }).price;
    const put = optionValue({ ...rest, strike, right: "P" }).price;
    const parity = rest.underlying * Math.exp(-rest.dividendYield * rest.years) -
      strike * Math.exp(-rest.rate * rest.years);
    assert.ok(Math.abs(call - put - parity) < 1e-9 * rest.underlying);
  }));
});

Deno.test("the greeks are the slopes of the price, in TWS's units", () => {
  fc.assert(fc.property(terms, fc.constantFrom("C" as const, "P" as const), ({ moneyness, ...rest }, right) => {
    const at = (change: Partial<typeof rest>) =>
      optionValue({ ...rest, ...change, strike: rest.underlying * moneyness, right }).price;
    const value = optionValue({ ...rest, strike: rest.underlying * moneyness, right });
    const bump = rest.underlying * 1e-4;
    const { underlying, volatility, years } = rest;
    const delta = (at({ underlying: underlying + bump }) - at({ underlying: underlying - bump })) / (2 * bump);
    const vega = (at({ volatility: volatility + 1e-4 }) - at({ volatility: volatility - 1e-4 })) / 2e-4 / 100;
    const theta = -(at({ years: years + 1e-5 }) - at({ years: years - 1e-5 })) / 2e-5 / 365;
    assert.ok(Math.abs(value.delta - delta) < 1e-4, `delta ${value.delta} against ${delta}`);
    assert.ok(Math.abs(value.vega - vega) < 1e-5 * underlying, `vega ${value.vega} against ${vega}`);
    assert.ok(Math.abs(value.theta - theta) < 1e-5 * underlying, `theta ${value.theta} against ${theta}`);
  }));
});

Deno.test("an expired option is worth its intrinsic value and has no time left to lose", () => {
  const terms = { strike: 100, years: 0, volatility: 0.3, rate: 0.05, dividendYield: 0 };
  assert.deepEqual(optionValue({ ...terms, underlying: 90, right: "P" }), {
    price: 10,
    delta: -1,
    gamma: 0,
    vega: 0,
    theta: 0,
  });
  assert.equal(optionValue({ ...terms, underlying: 90, right: "C" }).price, 0);
});
