import assert from "node:assert/strict";
import { FxRates } from "../../../src/domain/market/fx_rates.ts";
import { near } from "../../support/book_builder.ts";

Deno.test("fx: the pair, its inverse, or two pairs that meet in a third currency", () => {
  const fx = new FxRates();
  fx.set("EUR", "USD", 1.1, 1_000);
  fx.set("HKD", "USD", 0.125, 2_000);
  near(fx.rate("EUR", "USD"), 1.1);
  near(fx.rate("USD", "EUR"), 1 / 1.1);
  near(fx.rate("EUR", "HKD"), 8.8, "1.10 / 0.125");
  near(fx.rate("HKD", "EUR"), 0.125 / 1.1);
  assert.equal(fx.at("EUR", "HKD"), 1_000, "as old as its older leg");
});

Deno.test("fx: a missing rate is unknown, never 1; of a currency to itself it is 1", () => {
  const fx = new FxRates();
  fx.set("EUR", "USD", 1.1, 1_000);
  assert.equal(fx.rate("GBP", "USD"), NaN);
  assert.equal(fx.at("GBP", "USD"), null);
  assert.equal(fx.rate("GBP", "GBP"), 1);
});

Deno.test("fx: a rate of 0, below, or without an end is not taken", () => {
  const fx = new FxRates();
  fx.set("EUR", "USD", 1.1, 1_000);
  for (const rate of [0, -1, NaN, Infinity]) fx.set("EUR", "USD", rate, 2_000);
  assert.equal(fx.rate("EUR", "USD"), 1.1);
});

Deno.test("fx: the newest rate of a pair counts, whichever way round it was told", () => {
  const fx = new FxRates();
  fx.set("JPY", "USD", 0.0064, 1_000);
  fx.set("USD", "JPY", 160, 2_000);
  near(fx.rate("JPY", "USD"), 1 / 160, "the newer one, inverted");
  assert.equal(fx.rate("USD", "JPY"), 160, "as it was told, to the last digit");
  fx.set("JPY", "USD", 0.0064, 1_500);
  assert.equal(fx.at("JPY", "USD"), 2_000, "an older one changes nothing");
  fx.set("JPY", "USD", 0.0064, 2_000);
  assert.equal(fx.rate("JPY", "USD"), 0.0064, "of two at one time, the later told");
});
