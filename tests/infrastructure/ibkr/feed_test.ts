import assert from "node:assert/strict";
import { QuoteField } from "../../../src/domain/event.ts";
import { onDesk } from "./bench_desk.ts";
import { OUT, type ScriptedContract } from "./scripted_gateway.ts";

const AAPL: ScriptedContract = { conId: 265598, symbol: "AAPL", secType: "STK", primaryExchange: "NASDAQ" };
const AAPL_CALL: ScriptedContract = {
  conId: 700000001,
  symbol: "AAPL",
  secType: "OPT",
  expiry: "20261218",
  strike: 190,
  right: "C",
  multiplier: "100",
  localSymbol: "AAPL  261218C00190000",
  tradingClass: "AAPL",
  underConId: 265598,
};

Deno.test("the adapter connects, downloads positions, accounts and details, and streams quotes", async () => {
  await onDesk({}, async ({ clock, gateway, sink, feed }) => {
    gateway.hold(AAPL_CALL, 5, 612.35);
    gateway.contracts.set(AAPL.conId, AAPL);
    feed.start();
    await clock.until(() => feed.readiness().complete, 5_000, "a complete view");
    const positions = sink.last("positions");
    assert.deepEqual(positions.accounts, ["DU1"]);
    // avgCost 612.35 holds the multiplier: 612.35 / 100 = 6.1235 per share.
    assert.deepEqual(positions.rows.map(({ quantity, avgPrice }) => ({ quantity, avgPrice })), [
      { quantity: 5, avgPrice: 6.1235 },
    ]);
    const option = sink.indexOf(AAPL_CALL.conId);
    assert.equal(sink.registry.at(option).expiry, "2026-12-18");
    assert.deepEqual(sink.last("underlying"), {
      kind: "underlying",
      instrument: option,
      underlying: sink.indexOf(AAPL.conId),
    });
    assert.equal(sink.quote(option, QuoteField.bid), 10);
    assert.equal(sink.quote(sink.indexOf(AAPL.conId), QuoteField.ask), 10.1);
    assert.equal(sink.last("account").values.netLiquidation, 100000.5);
    assert.deepEqual(sink.of("fx").map(({ currency, base, rate }) => ({ currency, base, rate })), [
      { currency: "EUR", base: "USD", rate: 1.0852 },
    ]);
    assert.equal(sink.last("account-pnl").pnl.realizedPnl, null);
    assert.equal(sink.last("leaf-pnl").marketValue, 1234.5);
    assert.equal(sink.last("link").status, "up");
    assert.equal(gateway.asked(OUT.marketDataType)[0]?.fields[2], "4");
  });
});
