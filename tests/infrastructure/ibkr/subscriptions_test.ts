import assert from "node:assert/strict";
import { QuoteField } from "../../../src/domain/event.ts";
import { planLines } from "../../../src/infrastructure/ibkr/line_plan.ts";
import { stock as stockInstrument } from "../../support/book_builder.ts";
import { type Desk, onDesk } from "./bench_desk.ts";
import { OUT, type ScriptedContract } from "./scripted_gateway.ts";

const AAPL: ScriptedContract = { conId: 265598, symbol: "AAPL", secType: "STK", primaryExchange: "NASDAQ" };
const MSFT: ScriptedContract = { conId: 272093, symbol: "MSFT", secType: "STK", primaryExchange: "NASDAQ" };
const SAP: ScriptedContract = { conId: 14204, symbol: "SAP", secType: "STK", currency: "EUR", primaryExchange: "IBIS" };

function stock(number: number): ScriptedContract {
  return { conId: 1_000 + number, symbol: `S${number}`, secType: "STK" };
}

async function up(desk: Desk): Promise<void> {
  desk.feed.start();
  await desk.clock.until(() => desk.feed.readiness().complete, 30_000, "a complete view");
}

/** Lines open at the gateway after each request, as TWS would count them. */
function openLines(desk: Desk): { most: number; now: Set<string> } {
  const now = new Set<string>();
  let most = 0;
  for (const { fields } of desk.gateway.requests) {
    if (fields[0] === OUT.mktData) now.add(fields[2]!);
    if (fields[0] === OUT.cancelMktData) now.delete(fields[2]!);
    most = Math.max(most, now.size);
  }
  return { most, now };
}

Deno.test("with fewer lines than instruments the largest keep theirs, the rest take turns, and the budget holds", async () => {
  await onDesk({ settings: { marketDataLines: 10, rotationSeconds: 20 } }, async (desk) => {
    for (let i = 0; i < 25; i++) desk.gateway.hold(stock(i), 10, 10);
    desk.feed.start();
    await desk.clock.until(() => desk.feed.readiness().positions, 5_000);
    // The largest exposure is the last contract, and so on down.
    const order = Array.from({ length: 25 }, (_, i) => desk.sink.indexOf(stock(24 - i).conId));
    desk.feed.prioritise({ instruments: order, currencies: [] });
    await desk.clock.advance(200_000);
    assert.equal(openLines(desk).most, 10);
    // 10 lines, one in five goes round: the first 8 always have one.
    for (let i = 0; i < 8; i++) assert.equal(desk.sink.line(stock(24 - i).conId)?.status, "live", `stock ${24 - i}`);
    const asked = new Set(desk.gateway.asked(OUT.mktData).map((each) => each.fields[3]));
    assert.equal(asked.size, 25, "17 others at 2 a turn of 20 s have all been seen within 180 s");
    const rotated = desk.sink.registry.all().filter((each) => desk.sink.line(each.conId!)?.status === "rotated");
    assert.equal(rotated.length, 15);
    // A rotated quote keeps its last values: nothing was taken back.
    for (const { conId } of rotated) assert.equal(desk.sink.quote(desk.sink.indexOf(conId!), QuoteField.bid), 10);
    assert.ok(desk.feed.readiness().complete);
  });
});

Deno.test("planLines() gives everybody a line when there are enough", () => {
  const candidates = [1, 2, 3].map((index) => ({ index, lastHeldAt: -Infinity, holds: false }));
  assert.deepEqual([...planLines(candidates, 3, true)], [1, 2, 3]);
});

Deno.test("planLines() gives the turn to those who waited longest, and never more lines than there are", () => {
  const candidates = [
    { index: 1, lastHeldAt: 0, holds: true },
    { index: 2, lastHeldAt: 0, holds: true },
    { index: 3, lastHeldAt: 50, holds: true },
    { index: 4, lastHeldAt: 40, holds: false },
    { index: 5, lastHeldAt: 10, holds: false },
  ];
  assert.deepEqual([...planLines(candidates, 3, true)], [1, 2, 5]);
  assert.deepEqual([...planLines(candidates, 3, false)], [1, 2, 3]);
  assert.equal(planLines(candidates, 0, true).size, 0);
  assert.equal(planLines(candidates, 1, true).size, 1);
});

Deno.test("101 teaches how many lines are left, and the others wait their turn", async () => {
  await onDesk({}, async (desk) => {
    const open = new Set<string>();
    for (let i = 0; i < 12; i++) desk.gateway.hold(stock(i), 10, 10);
    desk.gateway.script = (fields) => {
      if (fields[0] === OUT.cancelMktData) open.delete(fields[2]!);
      if (fields[0] !== OUT.mktData) return false;
      if (open.size < 8) {
        open.add(fields[2]!);
        return false;
      }
      desk.gateway.notice(101, "Max number of tickers has been reached", Number(fields[2]));
      return true;
    };
    desk.feed.start();
    await desk.clock.advance(120_000);
    const live = desk.sink.registry.all().filter((each) => desk.sink.line(each.conId!)?.status === "live");
    assert.equal(live.length, 8);
    const asked = new Set(desk.gateway.asked(OUT.mktData).map((each) => each.fields[3]));
    assert.equal(asked.size, 12);
    const refusals = desk.sink.of("line").filter((each) => each.detail?.includes("IBKR 101"));
    assert.ok(refusals.length >= 1 && refusals.length <= 4, "only the first requests ran into the limit");
    assert.ok(desk.log.some((each) => each.message.includes("ibkr.market_data_lines")));
  });
});

Deno.test("a contract without permission is marked, with the remedy, and asked for again after an hour", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(SAP, 100, 200);
    let permitted = false;
    desk.gateway.script = (fields) => {
      if (fields[0] !== OUT.mktData || permitted) return false;
      desk.gateway.notice(354, "Requested market data is not subscribed.", Number(fields[2]));
      return true;
    };
    await up(desk);
    const line = desk.sink.line(SAP.conId);
    assert.equal(line?.status, "no-permission");
    assert.match(line?.detail ?? "", /IBKR 354: .*subscribe to this exchange's data/);
    permitted = true;
    await desk.clock.advance(59 * 60_000);
    assert.equal(desk.gateway.asked(OUT.mktData).length, 1);
    await desk.clock.advance(2 * 60_000);
    assert.equal(desk.sink.line(SAP.conId)?.status, "live");
  });
});

Deno.test("every line comes back when a competing session ends", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    desk.gateway.hold(MSFT, 100, 150);
    await up(desk);
    let competing = true;
    desk.gateway.script = (fields) => {
      if (fields[0] !== OUT.mktData || !competing) return false;
      desk.gateway.notice(10197, "No market data during competing live session", Number(fields[2]));
      return true;
    };
    for (const { conId } of [AAPL, MSFT]) {
      desk.gateway.notice(10197, "No market data during competing live session", desk.gateway.lineOf(conId));
    }
    await desk.clock.advance(95_000);
    assert.equal(desk.sink.line(AAPL.conId)?.status, "dead");
    assert.match(desk.sink.line(AAPL.conId)?.detail ?? "", /log out there/);
    const told = desk.sink.of("line").filter((each) => each.instrument === desk.sink.indexOf(AAPL.conId));
    assert.deepEqual(told.map((each) => each.status), ["requested", "live", "dead"], "asking again tells nothing new");
    const logged = desk.log.filter(({ message }) => message.startsWith("No market data: IBKR 10197: "));
    assert.deepEqual(logged.map(({ data }) => data?.contract), ["AAPL", "MSFT"], "the log says it once a line");
    competing = false;
    await desk.clock.advance(35_000);
    assert.equal(desk.sink.line(AAPL.conId)?.status, "live");
    assert.equal(desk.sink.line(MSFT.conId)?.status, "live");
  });
});

Deno.test("10167 keeps the stream and calls it delayed", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(SAP, 100, 200);
    desk.gateway.script = (fields) => {
      if (fields[0] !== OUT.mktData) return false;
      const id = Number(fields[2]);
      desk.gateway.notice(10167, "Requested market data is not subscribed. Displaying delayed market data.", id);
      desk.gateway.price(id, 66, 206.74);
      desk.gateway.price(id, 67, 206.84);
      return true;
    };
    await up(desk);
    assert.equal(desk.sink.last("market-data-type").type, "delayed");
    assert.equal(desk.sink.line(SAP.conId)?.status, "live");
    assert.equal(desk.sink.quote(desk.sink.indexOf(SAP.conId), QuoteField.bid), 206.74);
    assert.equal(desk.gateway.asked(OUT.mktData).length, 1);
  });
});

Deno.test("10090 leaves the stream open: what needs no subscription is taken, the quote stays without permission", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    desk.gateway.script = (fields) => {
      if (fields[0] !== OUT.mktData) return false;
      const id = Number(fields[2]);
      desk.gateway.notice(10090, "Part of requested market data is not subscribed.", id);
      desk.gateway.price(id, 37, 151.5);
      return true;
    };
    await up(desk);
    assert.equal(desk.sink.line(AAPL.conId)?.status, "no-permission");
    assert.equal(desk.sink.quote(desk.sink.indexOf(AAPL.conId), QuoteField.brokerMark), 151.5);
    desk.gateway.price(desk.gateway.lineOf(AAPL.conId), 1, 151.4);
    await desk.clock.advance(10);
    assert.equal(desk.sink.line(AAPL.conId)?.status, "live");
  });
});

Deno.test("a refusal of the generic ticks is answered by asking without them", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    desk.gateway.script = (fields) => {
      if (fields[0] !== OUT.mktData || !fields.some((each) => each.includes("232"))) return false;
      desk.gateway.notice(
        321,
        "Error validating request.-'bW' : cause - Incorrect generic tick list",
        Number(fields[2]),
      );
      return true;
    };
    await up(desk);
    assert.equal(desk.sink.line(AAPL.conId)?.status, "live");
    assert.equal(desk.gateway.asked(OUT.mktData).length, 2);
  });
});

Deno.test("a number that TWS calls taken is replaced, but not for ever", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    desk.gateway.script = (fields) => {
      if (fields[0] !== OUT.mktData) return false;
      desk.gateway.notice(322, "Error processing request.-'bd' : cause - Duplicate ticker id", Number(fields[2]));
      return true;
    };
    await up(desk);
    await desk.clock.advance(60_000);
    assert.equal(desk.gateway.asked(OUT.mktData).length, 4);
    assert.equal(desk.sink.line(AAPL.conId)?.status, "refused");
  });
});

Deno.test("a line that never says anything is dead after 30 s and asked for again at a slow pace", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    desk.gateway.script = (fields) => fields[0] === OUT.mktData;
    desk.feed.start();
    await desk.clock.advance(35_000);
    assert.equal(desk.sink.line(AAPL.conId)?.status, "dead");
    await desk.clock.advance(15 * 60_000);
    const asked = desk.gateway.asked(OUT.mktData).length;
    assert.ok(asked >= 3 && asked <= 5, `${asked} requests in a quarter of an hour`);
    assert.equal(openLines(desk).most, 1);
  });
});

Deno.test("a farm that goes down takes its own lines only, and silent ones are asked for again when it is back", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    desk.gateway.hold(MSFT, 100, 150);
    desk.gateway.hold(SAP, 100, 200);
    await up(desk);
    desk.gateway.notice(2103, "Market data farm connection is broken:usfarm");
    await desk.clock.advance(100);
    assert.deepEqual([AAPL, SAP].map(({ conId }) => desk.sink.line(conId)?.status), ["dead", "live"]);
    assert.deepEqual({ ...desk.sink.last("farm"), at: 0 }, { kind: "farm", name: "usfarm", status: "down", at: 0 });
    assert.equal(desk.sink.last("link").status, "degraded");
    assert.match(desk.sink.last("link").detail, /usfarm/);
    const asked = desk.gateway.asked(OUT.mktData).length;
    desk.gateway.notice(2104, "Market data farm connection is OK:usfarm");
    await desk.clock.advance(10);
    assert.equal(desk.sink.last("link").status, "up");
    // Microsoft's line went on by itself; Apple's did not.
    desk.gateway.price(desk.gateway.lineOf(MSFT.conId), 1, 151);
    await desk.clock.advance(6_000);
    assert.equal(desk.gateway.asked(OUT.mktData).length, asked + 1);
    assert.deepEqual([AAPL, MSFT, SAP].map(({ conId }) => desk.sink.line(conId)?.status), ["live", "live", "live"]);
    assert.equal(openLines(desk).now.size, 3);
  });
});

Deno.test("history and definition farms are told of, and no quote suffers", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    await up(desk);
    desk.gateway.notice(2105, "HMDS data farm connection is broken:ushmds");
    desk.gateway.notice(2157, "Sec-def data farm connection is broken:secdefil");
    await desk.clock.advance(100);
    assert.equal(desk.sink.last("farm").name, "secdefil");
    assert.equal(desk.sink.last("link").status, "up");
    assert.equal(desk.sink.line(AAPL.conId)?.status, "live");
  });
});

Deno.test("London prices come in pence and go out in pounds", async () => {
  await onDesk({}, async (desk) => {
    const vod: ScriptedContract = { conId: 7, symbol: "VOD", secType: "STK", currency: "GBP", priceMagnifier: 100 };
    desk.gateway.hold(vod, 1_000, 0.71);
    await up(desk);
    // The scripted gateway quotes 10 and 10.1: pence.
    assert.equal(desk.sink.quote(desk.sink.indexOf(7), QuoteField.bid), 0.1);
    assert.equal(desk.sink.last("positions").rows[0]?.avgPrice, 0.71);
  });
});

Deno.test("the beta reference has a line although it is not held", async () => {
  await onDesk({ betaReference: "SPY" }, async (desk) => {
    desk.gateway.contracts.set(756733, { conId: 756733, symbol: "SPY", secType: "STK", primaryExchange: "ARCA" });
    await up(desk);
    assert.equal(desk.sink.line(756733)?.status, "live");
    desk.gateway.drop();
    await desk.clock.advance(10);
    await desk.clock.until(() => desk.feed.readiness().complete, 5_000);
    assert.equal(desk.sink.line(756733)?.status, "live");
  });
});

Deno.test("an instrument that only another source knows is looked up and gets a line under its own index", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.contracts.set(AAPL.conId, AAPL);
    await up(desk);
    const manual = desk.sink.instrument({
      symbol: "AAPL",
      underlying: "AAPL",
      assetType: "STOCK",
      expiry: null,
      strike: null,
      right: null,
      currency: "USD",
      multiplier: 1,
      tradingClass: "",
      exchange: "",
      localSymbol: "",
      conId: null,
      priceMagnifier: 1,
      minTick: null,
    });
    desk.feed.prioritise({ instruments: [manual], currencies: [] });
    await desk.clock.advance(3_000);
    assert.equal(desk.sink.quote(manual, QuoteField.bid), 10);
    assert.equal(desk.sink.registry.at(manual).conId, AAPL.conId);
  });
});

Deno.test("a contract of another source that was of an unknown type is looked up once that source tells what it is", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.contracts.set(AAPL.conId, AAPL);
    await up(desk);
    const fields = {
      symbol: "AAPL",
      underlying: "AAPL",
      expiry: null,
      strike: null,
      right: null,
      currency: "USD",
      multiplier: 1,
      tradingClass: "",
      exchange: "",
      localSymbol: "AAPL",
      conId: null,
      priceMagnifier: 1,
      minTick: null,
    };
    const held = desk.sink.instrument({ ...fields, assetType: "UNKNOWN" });
    desk.feed.prioritise({ instruments: [held], currencies: [] });
    await desk.clock.advance(3_000);
    desk.sink.registry.replace(held, { ...fields, assetType: "STOCK" });
    desk.feed.prioritise({ instruments: [held], currencies: [] });
    await desk.clock.advance(3_000);
    assert.equal(desk.sink.quote(held, QuoteField.bid), 10);
  });
});

Deno.test("a contract of Asia that another source holds is asked for and streamed at its own exchange", async () => {
  await onDesk({}, async (desk) => {
    await up(desk);
    const held = desk.sink.instrument({
      symbol: "700",
      underlying: "700",
      assetType: "OPTION",
      expiry: "2025-12-30",
      strike: 640,
      right: "C",
      currency: "HKD",
      multiplier: 100,
      tradingClass: "TCH",
      exchange: "SEHK",
      localSymbol: "TCH251230C640000",
      conId: null,
      priceMagnifier: 1,
      minTick: null,
    });
    desk.feed.prioritise({ instruments: [held], currencies: [] });
    await desk.clock.advance(3_000);
    const asked = desk.gateway.asked(OUT.contractData).filter(({ fields }) => fields[4] === "700");
    assert.deepEqual(asked.map(({ fields }) => [fields[5], fields[10], fields[12]]), [["OPT", "SEHK", "HKD"]]);
    const streamed = desk.gateway.asked(OUT.mktData).filter(({ fields }) => fields[4] === "700");
    assert.deepEqual(streamed.map(({ fields }) => fields[10]), ["SEHK"]);
  });
});

Deno.test("a share of the mainland's boards that another source holds is streamed there", async () => {
  await onDesk({}, async (desk) => {
    await up(desk);
    const boards = [["688981", "SEHKSTAR"], ["300750", "CHINEXT"]] as const;
    const held = boards.map(([symbol, exchange]) =>
      desk.sink.instrument(stockInstrument(symbol, { currency: "CNH", exchange }))
    );
    desk.feed.prioritise({ instruments: held, currencies: [] });
    await desk.clock.advance(3_000);
    for (const [symbol, exchange] of boards) {
      const streamed = desk.gateway.asked(OUT.mktData).filter(({ fields }) => fields[4] === symbol);
      assert.deepEqual(streamed.map(({ fields }) => fields[10]), [exchange]);
    }
  });
});

Deno.test("a closed position gives its line back once it is gone from a complete download", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    desk.gateway.hold(MSFT, 100, 150);
    await up(desk);
    desk.gateway.positions.pop();
    await desk.clock.advance(125_000);
    assert.equal(openLines(desk).now.size, 1);
  });
});

Deno.test("a burst of 60 positions never makes more than 50 requests in any second", async () => {
  await onDesk({}, async (desk) => {
    for (let i = 0; i < 60; i++) desk.gateway.hold(stock(i), 10, 10);
    await up(desk);
    desk.gateway.notice(1101, "Connectivity has been restored - data lost.");
    await desk.clock.advance(10_000);
    const times = desk.gateway.requests.map((each) => each.at);
    for (let i = 0; i + 50 < times.length; i++) assert.ok(times[i + 50]! - times[i]! > 1_000, `at ${times[i]} ms`);
    assert.ok(times.length > 300);
  });
});

Deno.test("another order of importance alone does not make lines change hands before the next turn", async () => {
  await onDesk({ settings: { marketDataLines: 10, rotationSeconds: 600 } }, async (desk) => {
    for (let i = 0; i < 25; i++) desk.gateway.hold(stock(i), 10, 10);
    desk.feed.start();
    await desk.clock.advance(5_000);
    const order = Array.from({ length: 25 }, (_, i) => desk.sink.indexOf(stock(i).conId));
    desk.feed.prioritise({ instruments: order, currencies: [] });
    await desk.clock.advance(5_000);
    const asked = desk.gateway.asked(OUT.mktData).length;
    for (let turn = 0; turn < 100; turn++) {
      order.push(order.shift()!);
      desk.feed.prioritise({ instruments: order, currencies: [] });
      await desk.clock.advance(250);
    }
    assert.equal(desk.gateway.asked(OUT.mktData).length, asked);
  });
});

Deno.test("a line that was delayed is live again when live quotes arrive on it", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    await up(desk);
    const id = desk.gateway.lineOf(AAPL.conId);
    desk.gateway.price(id, 66, 150);
    await desk.clock.advance(10);
    assert.equal(desk.sink.last("market-data-type").type, "delayed");
    desk.gateway.price(id, 37, 150);
    await desk.clock.advance(10);
    assert.equal(desk.sink.last("market-data-type").type, "delayed", "a mark price comes with delayed data too");
    desk.gateway.price(id, 1, 150);
    await desk.clock.advance(10);
    assert.equal(desk.sink.last("market-data-type").type, "live");
  });
});

Deno.test("a position stays under its first index when another source names the same contract otherwise", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    await up(desk);
    const held = desk.sink.last("positions").rows[0]!.instrument;
    const manual = desk.sink.instrument({
      ...desk.sink.registry.at(held),
      underlying: "APPLE",
      conId: null,
    });
    assert.notEqual(manual, held);
    desk.feed.prioritise({ instruments: [held, manual], currencies: [] });
    await desk.clock.advance(130_000);
    assert.equal(desk.sink.last("positions").rows[0]?.instrument, held);
    assert.equal(desk.sink.quote(manual, QuoteField.bid), 10);
  });
});

Deno.test("when other programs use every line, asking goes on at a slow pace and stops no one else", async () => {
  await onDesk({}, async (desk) => {
    for (let i = 0; i < 5; i++) desk.gateway.hold(stock(i), 10, 10);
    let taken = true;
    desk.gateway.script = (fields) => {
      if (fields[0] !== OUT.mktData || !taken) return false;
      desk.gateway.notice(101, "Max number of tickers has been reached", Number(fields[2]));
      return true;
    };
    desk.feed.start();
    await desk.clock.advance(600_000);
    const asked = desk.gateway.asked(OUT.mktData).length;
    assert.ok(asked < 120, `${asked} requests in ten minutes`);
    taken = false;
    await desk.clock.advance(2 * 3_600_000);
    for (let i = 0; i < 5; i++) assert.equal(desk.sink.line(stock(i).conId)?.status, "live");
  });
});

Deno.test("every kind of holding is streamed as its own kind, at its own exchange (mistake 6)", async () => {
  const held: readonly ScriptedContract[] = [
    { conId: 1, symbol: "AAPL", secType: "STK" },
    { conId: 2, symbol: "AAPL", secType: "OPT", expiry: "20261218", strike: 190, right: "C", multiplier: "100" },
    { conId: 3, symbol: "ES", secType: "FUT", expiry: "20261218", multiplier: "50", exchange: "CME" },
    {
      conId: 4,
      symbol: "ES",
      secType: "FOP",
      expiry: "20261218",
      strike: 6400,
      right: "P",
      multiplier: "50",
      exchange: "CME",
    },
    { conId: 5, symbol: "EUR", secType: "CASH", currency: "USD", exchange: "IDEALPRO" },
    { conId: 6, symbol: "BTC", secType: "CRYPTO", exchange: "PAXOS" },
  ];
  await onDesk({}, async ({ clock, gateway, feed }) => {
    for (const contract of held) gateway.hold(contract, 1, 1);
    feed.start();
    await clock.advance(3_000);
    const streamed = new Map(gateway.asked(OUT.mktData).map(({ fields }) => [fields[3], [fields[5], fields[10]]]));
    assert.deepEqual(
      held.map(({ conId }) => streamed.get(String(conId))),
      held.map(({ secType, exchange = "SMART" }) => [secType, exchange]),
    );
  });
});

Deno.test("a line asked for anew by a person is cancelled first, and keeps its values meanwhile", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    await up(desk);
    const index = desk.sink.indexOf(AAPL.conId);
    const bid = desk.sink.quote(index, QuoteField.bid);
    assert.deepEqual(desk.feed.resubscribe(index), { done: true, words: "quotes asked for anew" });
    assert.equal(desk.sink.quote(index, QuoteField.bid), bid);
    await desk.clock.advance(2_000);
    assert.equal(openLines(desk).most, 1, "never two lines for one contract");
    assert.equal(desk.gateway.asked(OUT.mktData).length, 2);
    assert.equal(desk.sink.line(AAPL.conId)?.status, "live");
  });
});

Deno.test("a line without permission is asked for at once when a person wants it, and refused ones wait again", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(SAP, 100, 200);
    let permitted = false;
    desk.gateway.script = (fields) => {
      if (fields[0] !== OUT.mktData || permitted) return false;
      desk.gateway.notice(354, "Requested market data is not subscribed.", Number(fields[2]));
      return true;
    };
    await up(desk);
    const index = desk.sink.indexOf(SAP.conId);
    assert.equal(desk.feed.resubscribe(index).done, true);
    await desk.clock.advance(10 * 60_000);
    assert.equal(desk.gateway.asked(OUT.mktData).length, 2);
    permitted = true;
    desk.feed.resubscribe(index);
    await desk.clock.advance(2_000);
    assert.equal(desk.sink.line(SAP.conId)?.status, "live");
  });
});

Deno.test("a rotated line gets no line of its own by asking: the others keep theirs", async () => {
  await onDesk({ settings: { marketDataLines: 1, rotationSeconds: 3_600 } }, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    desk.gateway.hold(MSFT, 100, 150);
    desk.feed.start();
    await desk.clock.until(() => desk.sink.of("line").some(({ status }) => status === "rotated"), 30_000);
    await desk.clock.advance(2_000);
    const [rotated] = desk.sink.of("line").filter(({ status }) => status === "rotated");
    const answer = desk.feed.resubscribe(rotated!.instrument);
    assert.deepEqual(answer, { done: false, words: "all lines are taken: its turn comes when one is free" });
    assert.equal(openLines(desk).most, 1);
  });
});

Deno.test("without a connection or a line there is nothing to ask anew for", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    await up(desk);
    const index = desk.sink.indexOf(AAPL.conId);
    const other = desk.sink.instrument({ ...desk.sink.registry.at(index), symbol: "NEVER", conId: null });
    assert.match(desk.feed.resubscribe(other).words, /it has no line/);
    desk.gateway.notice(1100, "Connectivity between IB and TWS has been lost.", -1);
    await desk.clock.advance(10);
    assert.match(desk.feed.resubscribe(index).words, /servers are gone/);
    desk.gateway.drop();
    await desk.clock.advance(10);
    assert.deepEqual(desk.feed.resubscribe(index), { done: false, words: "IBKR is not connected" });
  });
});
