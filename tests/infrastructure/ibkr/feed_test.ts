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

Deno.test("greeks come from the model's computation alone, sizes and the time of the last trade from their own ticks", async () => {
  await onDesk({}, async ({ clock, gateway, sink, feed }) => {
    gateway.hold(AAPL_CALL, 5, 612.35);
    gateway.contracts.set(AAPL.conId, AAPL);
    feed.start();
    await clock.until(() => feed.readiness().complete, 5_000, "a complete view");
    const id = gateway.lineOf(AAPL_CALL.conId);
    const option = sink.indexOf(AAPL_CALL.conId);
    // 10 is the bid's computation: not used.
    gateway.send(21, id, 10, 0, 0.9, 0.9, 9, 0.9, 0.9, 0.9, -0.9, 9);
    await clock.advance(10);
    assert.equal(sink.quote(option, QuoteField.delta), undefined);
    gateway.send(21, id, 13, 0, 0.2481, 0.4975, 7.19, 0.12, 0.0243, 0.2631, -2, 187.12);
    gateway.send(2, 6, id, 0, "12.5");
    gateway.send(46, 6, id, 45, "1795188640");
    gateway.send(46, 6, id, 45, "soon");
    gateway.send(45, 6, id, 49, 0);
    await clock.advance(10);
    const { impliedVolatility, delta, gamma, vega, theta, underlyingPrice, modelPrice, bidSize } = QuoteField;
    const fields = [impliedVolatility, delta, gamma, vega, theta, underlyingPrice, modelPrice, bidSize];
    assert.deepEqual(fields.map((field) => sink.quote(option, field)), [
      0.2481,
      0.4975,
      0.0243,
      0.2631,
      -2,
      187.12,
      7.19,
      12.5,
    ]);
    assert.equal(sink.brokerTimes.get(option), 1_795_188_640_000);
    gateway.send(21, id, 83, 0, -1, -2, -1, -1, -2, -2, -2, -1);
    await clock.advance(10);
    assert.ok(fields.slice(0, 7).every((field) => Number.isNaN(sink.quote(option, field))), "taken back, not kept");
  });
});

Deno.test("a future that several places trade is streamed from its own exchange", async () => {
  await onDesk({}, async ({ clock, gateway, sink, feed }) => {
    const es: ScriptedContract = {
      conId: 649180695,
      symbol: "ES",
      secType: "FUT",
      expiry: "20261218",
      multiplier: "50",
      localSymbol: "ESZ6",
      exchange: "CME",
    };
    gateway.hold(es, 1, 332_137.5);
    gateway.script = (fields) => {
      if (fields[0] !== OUT.contractData) return false;
      gateway.sendDetails(fields[2]!, { ...es, exchange: "QBALGO" });
      gateway.sendDetails(fields[2]!, es);
      gateway.send(52, 1, fields[2]!);
      return true;
    };
    feed.start();
    await clock.until(() => feed.readiness().complete, 5_000, "a complete view");
    assert.equal(gateway.asked(OUT.mktData)[0]?.fields[10], "CME");
    assert.equal(sink.registry.at(sink.indexOf(es.conId)).exchange, "CME");
  });
});

Deno.test("details that TWS does not send in time are asked for again, and the position stands meanwhile", async () => {
  await onDesk({}, async ({ clock, gateway, sink, feed }) => {
    gateway.hold(AAPL_CALL, 5, 612.35);
    gateway.contracts.set(AAPL.conId, AAPL);
    let silent = true;
    gateway.script = (fields) => fields[0] === OUT.contractData && silent;
    feed.start();
    await clock.advance(12_000);
    assert.equal(sink.last("positions").rows[0]?.avgPrice, 6.1235);
    assert.equal(sink.line(AAPL_CALL.conId)?.status, "live");
    silent = false;
    await clock.advance(65_000);
    assert.equal(sink.of("underlying").length, 1);
    assert.ok(feed.readiness().complete);
  });
});
