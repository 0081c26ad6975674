/** Which beta a name counts with, what the snapshot says of it, and what an option is measured on. */
import assert from "node:assert/strict";
import type { BookEvent } from "../../../src/domain/event.ts";
import type { BetaEstimate } from "../../../src/domain/risk/beta.ts";
import type { BetaSettings } from "../../../src/domain/settings.ts";
import { BookBuilder, FRIDAY_MORNING, near } from "../../support/book_builder.ts";

const ESTIMATE: BetaEstimate = {
  beta: 1.4,
  reference: "SPY",
  windowDays: 250,
  observations: 249,
  from: "2025-11-20",
  to: "2026-11-19",
  computedAt: FRIDAY_MORNING - 3_600_000,
};

function computed(underlying: string, fields: Partial<BetaEstimate> = {}): BookEvent {
  return { kind: "beta", underlying, estimate: { ...ESTIMATE, ...fields }, obstacle: null };
}

function refused(underlying: string): BookEvent {
  return { kind: "beta", underlying, estimate: null, obstacle: "IBKR 162: no permission" };
}

function bookOf(beta: Partial<BetaSettings> = {}) {
  const book = new BookBuilder({ beta: { reference: "SPY", betas: new Map(), source: "both", ...beta } });
  const aapl = book.stock("AAPL");
  const spy = book.stock("SPY");
  book.account("DU1", "USD").quote(aapl, { last: 200 }).quote(spy, { last: 600 });
  book.holds([{ of: aapl, quantity: 30, at: 190 }, { of: spy, quantity: 1, at: 590 }]);
  return { book, aapl };
}

Deno.test("a computed beta takes the default's place, with its window, dates and age beside it", () => {
  const { book, aapl } = bookOf();
  near(book.view(aapl).betaWeightedDelta, 30 * 1 * 200 / 600);
  book.apply(computed("AAPL"));
  near(book.view(aapl).betaWeightedDelta, 30 * 1.4 * 200 / 600, "14 shares of SPY");
  assert(!book.view(aapl).flags.includes("BETA_DEFAULT"));
  const { beta, betaSource, betaBasis, betaObstacle } = book.name("AAPL");
  assert.deepEqual([beta, betaSource, betaObstacle], [1.4, "computed", null]);
  assert.deepEqual(betaBasis, {
    windowDays: 250,
    observations: 249,
    from: "2025-11-20",
    to: "2026-11-19",
    ageMs: 3_600_000,
  });
});

Deno.test("a configured beta comes before a computed one, unless history is to win", () => {
  const betas = new Map([["AAPL", 1.2]]);
  for (
    const [source, beta, betaSource] of [
      ["config", 1.2, "config"],
      ["both", 1.2, "config"],
      ["history", 1.4, "computed"],
    ] as const
  ) {
    const { book } = bookOf({ betas, source });
    const name = book.apply(computed("AAPL")).name("AAPL");
    assert.deepEqual([name.beta, name.betaSource], [beta, betaSource]);
  }
});

Deno.test("the reference has a beta of 1 whatever is computed", () => {
  for (const source of ["config", "both", "history"] as const) {
    const { book } = bookOf({ source });
    const name = book.apply(computed("SPY")).name("SPY");
    assert.deepEqual([name.beta, name.betaSource], [1, "config"]);
  }
});

Deno.test("a beta that cannot be computed stays the default of 1, flagged, and the name says why", () => {
  const { book, aapl } = bookOf();
  book.apply(refused("AAPL"));
  assert(book.view(aapl).flags.includes("BETA_DEFAULT"));
  const { beta, betaSource, betaBasis, betaObstacle } = book.name("AAPL");
  assert.deepEqual([beta, betaSource, betaBasis, betaObstacle], [1, "default", null, "IBKR 162: no permission"]);
});

Deno.test("a failed attempt leaves the earlier beta standing, older and with the reason", () => {
  const { book } = bookOf();
  book.apply(computed("AAPL"));
  book.later(86_400_000).apply(refused("AAPL"));
  const { beta, betaBasis, betaObstacle } = book.name("AAPL");
  assert.deepEqual([beta, betaBasis!.ageMs, betaObstacle], [1.4, 90_000_000, "IBKR 162: no permission"]);
  assert.equal(book.apply(computed("AAPL", { beta: 1.5 })).name("AAPL").betaObstacle, null);
});

Deno.test("an option whose underlying stands in is measured on it and says so, until the right one is known", () => {
  const { book } = bookOf();
  const index = book.stock("VIX", { assetType: "INDEX" });
  const future = book.stock("VIX", { assetType: "FUTURE", expiry: "2026-12-16", tradingClass: "VX" });
  const call = book.option("VIX 2026-12-16 20 C");
  book.quote(index, { last: 17.2 }).quote(future, { last: 19.05 });
  book.quote(call, { bid: 1, ask: 1.1, delta: 0.4, gamma: 0.1, vega: 0.02, theta: -0.01 });
  book.holds([{ of: call, quantity: 10, at: 1 }]);
  book.apply({ kind: "underlying", instrument: call, underlying: index, standsIn: true });
  near(book.view(call).dollarDelta, 400 * 17.2);
  assert(book.view(call).flags.includes("UNDERLYING_PROXY"));
  book.apply({ kind: "underlying", instrument: call, underlying: future });
  near(book.view(call).dollarDelta, 400 * 19.05);
  assert(!book.view(call).flags.includes("UNDERLYING_PROXY"));
});
