import assert from "node:assert/strict";
import { FeedRequests } from "../../src/application/feed_requests.ts";
import type { MarketDataFeed } from "../../src/application/ports/feed.ts";
import type { Instrument } from "../../src/domain/instrument.ts";
import { InstrumentRegistry } from "../../src/domain/instrument_registry.ts";
import { VirtualClock } from "../support/virtual_clock.ts";
import { MemoryLog } from "../support/world.ts";

const TSLA: Instrument = {
  symbol: "TSLA",
  underlying: "TSLA",
  assetType: "STOCK",
  expiry: null,
  strike: null,
  right: null,
  currency: "USD",
  multiplier: 1,
  tradingClass: "NMS",
  exchange: "SMART",
  localSymbol: "TSLA",
  conId: 76792991,
  priceMagnifier: 1,
  minTick: null,
};

function bench(connected = true) {
  const clock = new VirtualClock();
  const log = new MemoryLog();
  const registry = new InstrumentRegistry();
  const index = registry.add(TSLA);
  const asked: string[] = [];
  const feed: MarketDataFeed = {
    start() {},
    stop: () => Promise.resolve(),
    prioritise() {},
    resubscribe(instrument) {
      asked.push(`line ${instrument}`);
      return { done: connected, words: connected ? "quotes asked for anew" : "not connected" };
    },
    reconnect() {
      asked.push("reconnect");
      return { done: true, words: "made anew" };
    },
  };
  const requests = new FeedRequests({ feeds: [feed], registry, clock, log });
  return { clock, log, asked, requests, index };
}

Deno.test("a contract is asked for by what it is, and the log says so", () => {
  const { requests, asked, index, log } = bench();
  assert.deepEqual(requests.resubscribe({ ...TSLA, tradingClass: "" }), { done: true, words: "quotes asked for anew" });
  assert.deepEqual(asked, [`line ${index}`]);
  assert.deepEqual(log.lines.map(({ level, message }) => [level, message]), [
    ["INFO", "Asking anew for the quotes of TSLA, as a person wants it: quotes asked for anew"],
  ]);
});

Deno.test("feeds are asked no more often than once in 5 s, whatever is asked of them", async () => {
  const { clock, requests, asked } = bench();
  requests.resubscribe(TSLA);
  await clock.advance(4_999);
  assert.deepEqual(requests.reconnect(), { done: false, words: "asked just now: again in 1 s" });
  assert.equal(asked.length, 1);
  await clock.advance(1);
  assert.equal(requests.reconnect().done, true);
  for (let second = 0; second < 60; second++) {
    requests.resubscribe(TSLA);
    await clock.advance(1_000);
  }
  assert.equal(asked.length, 2 + 11);
});

Deno.test("a contract that no source knows is not asked for, and costs no waiting", () => {
  const { requests, asked } = bench();
  assert.deepEqual(requests.resubscribe({ ...TSLA, symbol: "ZZZ" }), {
    done: false,
    words: "no source knows this contract",
  });
  assert.equal(requests.reconnect().done, true);
  assert.deepEqual(asked, ["reconnect"]);
});

Deno.test("what could not be done is answered with the reason", () => {
  assert.deepEqual(bench(false).requests.resubscribe(TSLA), { done: false, words: "not connected" });
  const clock = new VirtualClock();
  const none = new FeedRequests({ feeds: [], registry: new InstrumentRegistry(), clock, log: new MemoryLog() });
  assert.deepEqual(none.reconnect(), { done: false, words: "no broker is configured" });
});

Deno.test("of several feeds each says what became of its connection, and one answers for a contract's quotes", () => {
  const { clock, log, index } = bench();
  const registry = new InstrumentRegistry();
  assert.equal(registry.add(TSLA), index);
  const feed = (name: string, done: boolean): MarketDataFeed => ({
    start() {},
    stop: () => Promise.resolve(),
    prioritise() {},
    resubscribe: () => ({ done, words: `${name}'s quotes` }),
    reconnect: () => ({ done, words: `${name}'s connection` }),
  });
  const ask = (feeds: readonly MarketDataFeed[]) => new FeedRequests({ feeds, registry, clock, log });
  const mixed = [feed("Futu", false), feed("IB", true)];
  assert.deepEqual(ask(mixed).reconnect(), { done: true, words: "Futu's connection; IB's connection" });
  assert.deepEqual(ask(mixed).resubscribe(TSLA), { done: true, words: "IB's quotes" });
  assert.deepEqual(ask([feed("Futu", false), feed("IB", false)]).resubscribe(TSLA), {
    done: false,
    words: "IB's quotes",
  });
});
