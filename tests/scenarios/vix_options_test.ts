/** Options on VIX through the whole program: measured on the future of their date, or on the index and flagged. */
import assert from "node:assert/strict";
import { makeWorld } from "../support/world.ts";

const SCENARIO = `
market: { speed: 0 }
accounts:
  DU1: { currency: USD, cash: { USD: 100_000 } }
contracts:
  SPY: { con_id: 756733, last: 660, close: 658 }
  VIX: { type: IND, con_id: 13455763, last: 17.20, close: 17 }
  VX: { type: FUT, symbol: VIX, exchange: CFE, valid_exchanges: [CFE], multiplier: 1000, expiry: 2026-12-16, con_id: 700101,
    trading_class: VX, local_symbol: VXZ6, last: 19.05, close: 19, min_tick: 0.05, spread: 0.1 }
  VIX-20C: { type: OPT, underlying: VIX, expiry: 2026-12-16, strike: 20, right: C, iv: 0.9, con_id: 700201 }
  VIXW-20C: { type: OPT, underlying: VIX, trading_class: VIXW, expiry: 2026-12-09, strike: 20, right: C, iv: 0.9,
    con_id: 700202 }
positions:
  - { account: DU1, contract: VIX-20C, quantity: 10, avg_price: 1 }
  - { account: DU1, contract: VIXW-20C, quantity: 10, avg_price: 1 }
`;

Deno.test("the snapshot measures a VIX option on its own future and a weekly without one on the index, flagged", async () => {
  const world = await makeWorld({ scenario: SCENARIO });
  try {
    await world.clock.advance(10_000);
    const [monthly, weekly] = ["2026-12-16", "2026-12-09"].map((expiry) =>
      world.now().positions.find((position) => position.expiry === expiry)!
    );
    assert.equal(monthly!.underlyingPrice, 19.05);
    assert.ok(!monthly!.flags.includes("UNDERLYING_PROXY"));
    assert.equal(weekly!.underlyingPrice, 17.20);
    assert.ok(weekly!.flags.includes("UNDERLYING_PROXY"));
    assert.ok(Math.abs(monthly!.dollarDelta! - monthly!.delta! * 19.05) < 1e-6);
    // Both add up under one name, which says that one of them is measured on a stand-in.
    const [vix] = world.now().byUnderlying;
    assert.deepEqual([vix!.underlying, vix!.positions], ["VIX", 2]);
    assert.ok(vix!.flags.includes("UNDERLYING_PROXY"));
  } finally {
    await world.stop();
  }
});
