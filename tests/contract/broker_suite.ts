/** What every broker's adapter keeps to, whichever broker it is. */
import assert from "node:assert/strict";
import type { BookEvent } from "../../src/domain/event.ts";
import type { Instrument } from "../../src/domain/instrument.ts";
import { Portfolio } from "../../src/domain/portfolio.ts";
import type { BrokerDesk, DeskOptions } from "./broker_desks.ts";

/** A lost connection is shown by then, and a broker that is back is found by then. */
const DOWN_WITHIN_MS = 2_000;
const UP_WITHIN_MS = 30_000;
/** Nothing came over an open connection for this long. */
const SILENCE_WITHIN_MS = 60_000;

export function brokerSuite(name: string, make: (options?: DeskOptions) => BrokerDesk): void {
  const test = (what: string, run: (desk: BrokerDesk) => Promise<void>) =>
    Deno.test(`${name}: ${what}`, async () => {
      const desk = make();
      try {
        await run(desk);
      } finally {
        await desk.stop();
      }
    });

  test("a complete list of positions names every account, with signed quantities and prices per unit", async (desk) => {
    await started(desk);
    const { accounts, rows } = desk.sink.last("positions");
    assert.deepEqual(new Set(accounts), new Set(desk.accounts));
    const [first, second] = desk.accounts;
    assert.deepEqual(
      new Set(rows.map((row) => `${row.account} ${nameOf(desk, row.instrument)} ${row.quantity}`)),
      new Set([
        `${first} AAPL STOCK 100`,
        `${first} AAPL OPTION 280 C AAPL x 100 -2`,
        `${first} SPX OPTION 6400 P SPXW x 100 1`,
        `${second} AAPL STOCK -25`,
      ]),
    );
    assert.deepEqual(rows.map(({ avgPrice }) => avgPrice).sort(), [250.5, 260, 40, 6.5]);
  });

  test("account values come with their currency, cash by currency", async (desk) => {
    await started(desk);
    for (const account of desk.accounts) {
      const values = desk.sink.of("account").filter((event) => event.account === account).at(-1);
      assert.equal(values?.currency, "USD", account);
      assert.ok((values?.values.netLiquidation ?? 0) > 0, account);
    }
    const cash = desk.sink.of("cash").filter(({ account }) => account === desk.accounts[0]);
    const last = new Map(cash.map(({ currency, amount }) => [currency, amount]));
    assert.equal(last.get("HKD"), 5_000);
    assert.ok(last.has("USD"));
  });

  test("the link is connecting until the first view is there, and then up", async (desk) => {
    await started(desk);
    const statuses = linkStatuses(desk);
    assert.deepEqual([statuses[0], statuses.at(-1)], ["connecting", "up"]);
    assert.ok(statuses.slice(0, -1).every((status) => status === "connecting"), statuses.join());
    assert.match(desk.sink.last("link").detail, new RegExp(desk.address));
  });

  test("an unplugged connection is shown as down, and is made again with a fresh complete list", async (desk) => {
    await started(desk);
    const lists = desk.sink.of("positions").length;
    const since = desk.sink.events.length;
    desk.unplug();
    await desk.clock.until(() => statusSince(desk, since).includes("down"), DOWN_WITHIN_MS, "a link that is down");
    await up(desk);
    await desk.clock.until(() => desk.sink.of("positions").length > lists, UP_WITHIN_MS, "a fresh list");
    await desk.clock.until(
      () => desk.sink.events.slice(since).some(isComplete),
      UP_WITHIN_MS,
      "fills that are complete",
    );
  });

  test("while the broker is away its last list stands: nothing is told to be gone", async (desk) => {
    await started(desk);
    const lists = desk.sink.of("positions").length;
    desk.refuse(120);
    await desk.clock.advance(100_000);
    assert.equal(desk.sink.of("positions").length, lists);
    assert.equal(desk.sink.last("link").status, "down");
    await desk.clock.until(() => desk.sink.of("positions").length > lists, 120_000, "a fresh list");
    assert.equal(desk.sink.last("positions").rows.length, 4);
    await up(desk);
  });

  test("a refused port is down, in words that name the address, what to do, and when the next try is", async (desk) => {
    desk.feed.start();
    await desk.clock.until(() => desk.sink.last("link").status === "down", DOWN_WITHIN_MS, "a link that is down");
    const { detail } = desk.sink.last("link");
    assert.match(detail, new RegExp(desk.address));
    assert.match(detail, /(start|allow|log in)/i);
    assert.match(detail, /next try in/);
    assert.equal(desk.sink.of("positions").length, 0);
  });

  test("a broker that comes up later is found", async (desk) => {
    desk.feed.start();
    await desk.clock.advance(20_000);
    assert.equal(desk.sink.last("link").status, "down");
    await desk.listen();
    await desk.clock.until(() => desk.sink.last("link").status === "up", 90_000, "a link that is up");
    assert.equal(desk.sink.last("positions").rows.length, 4);
  });

  test("a connection over which nothing comes any more is noticed", async (desk) => {
    await started(desk);
    const since = desk.sink.events.length;
    desk.freeze(180);
    await desk.clock.until(() => statusSince(desk, since).includes("down"), SILENCE_WITHIN_MS, "a link that is down");
    await desk.clock.advance(180_000);
    await up(desk);
  });

  test("a fill is one execution and one change of the position, and never two", async (desk) => {
    await started(desk);
    const since = desk.sink.events.length;
    desk.fill(-30);
    const held = () => quantityOf(desk, desk.accounts[0], "AAPL STOCK");
    await desk.clock.until(() => held() === 70, 10_000, "the position after the fill");
    await desk.clock.advance(150_000);
    const fills = desk.sink.events.slice(since).filter((event) => event.kind === "execution");
    assert.deepEqual(fills.map(({ account, quantity, price }) => [account, quantity, price]), [[
      desk.accounts[0],
      -30,
      271,
    ]]);
    assert.equal(held(), 70);
    assert.ok(Math.abs(fills[0]!.time - desk.clock.start) < 60_000, new Date(fills[0]!.time).toISOString());
  });

  test("a fill and its change of the position come within a second of each other, however often it trades", async (desk) => {
    await started(desk);
    for (let sold = 1; sold <= 6; sold++) {
      const since = desk.sink.events.length;
      desk.fill(-1);
      const isTold = () => desk.sink.events.slice(since).some(({ kind }) => kind === "execution");
      const isHeld = () => quantityOf(desk, desk.accounts[0], "AAPL STOCK") === 100 - sold;
      await desk.clock.until(() => isTold() || isHeld(), 1_000, `fill ${sold} or its position`);
      await desk.clock.until(() => isTold() && isHeld(), 1_000, `the other of fill ${sold} and its position`);
    }
  });

  test("fills of the day come with the first view, and their list is said to be complete", async (desk) => {
    await started(desk);
    const fills = desk.sink.of("execution");
    assert.deepEqual(fills.map(({ account, quantity, price }) => [account, quantity, price]), [[
      desk.accounts[0],
      10,
      270,
    ]]);
    assert.equal(fills[0]?.source, desk.source);
    const complete = desk.sink.last("executions-complete");
    assert.equal(complete.source, desk.source);
    assert.ok(complete.since <= fills[0]!.time);
  });

  test("a book made of the events explains each quantity by its fills, after a fill too", async (desk) => {
    await started(desk);
    desk.fill(-30);
    await desk.clock.advance(20_000);
    const portfolio = new Portfolio(desk.sink.registry);
    for (const event of desk.sink.events) {
      portfolio.moveTo("at" in event ? event.at : desk.clock.now());
      if (event.kind !== "instrument") portfolio.apply(event);
    }
    portfolio.moveTo(desk.clock.now() + 10_000);
    const { positions } = portfolio;
    for (let leaf = 0; leaf < positions.count; leaf++) {
      assert.equal(positions.explanation(leaf), "explained", nameOf(desk, positions.instrument[leaf]!));
      assert.ok(positions.fillsComplete(leaf), nameOf(desk, positions.instrument[leaf]!));
    }
    const stock = [...positions.quantity.slice(0, positions.count)].indexOf(70);
    // 70 held now, of 10 bought and 30 sold today: 90 when the session began.
    assert.equal(positions.openingQuantity[stock], 90);
  });

  test("what was filled while the connection was away comes with the next one, once", async (desk) => {
    await started(desk);
    const since = desk.sink.events.length;
    desk.refuse(20);
    await desk.clock.advance(5_000);
    desk.fill(5);
    await desk.clock.until(() => quantityOf(desk, desk.accounts[0], "AAPL STOCK") === 105, 60_000, "the position");
    await desk.clock.advance(70_000);
    const after = desk.sink.events.slice(since);
    assert.deepEqual(after.flatMap((event) => event.kind === "execution" ? [event.quantity] : []), [5]);
    assert.ok(after.findLastIndex(isComplete) > after.findIndex(({ kind }) => kind === "execution"));
  });

  test("working orders are shown, and no others", async (desk) => {
    await started(desk);
    await desk.clock.advance(1_000);
    // IB tells how much of an order is filled a moment after the order.
    const orders = new Map(desk.sink.of("order").map((order) => [order.orderId, order]));
    assert.deepEqual(
      [...orders.values()].map(({ source, account, action, quantity, filled, limitPrice, status, instrument }) => {
        return [source, account, action, quantity, filled, limitPrice, status, nameOf(desk, instrument!)];
      }),
      [[desk.source, desk.accounts[0], "SELL", 50, 0, 300, "Submitted", "AAPL STOCK"]],
    );
  });

  test("a simulated broker is announced before its first positions", async (desk) => {
    await started(desk);
    const kinds = desk.sink.events.map(({ kind }) => kind);
    assert.ok(kinds.includes("simulated"));
    assert.ok(kinds.indexOf("simulated") < kinds.indexOf("positions"));
    assert.equal(desk.sink.last("simulated").source, desk.source);
  });

  test("a person who asks for a new connection gets one, and is told so", async (desk) => {
    await started(desk);
    const lists = desk.sink.of("positions").length;
    const { done, words } = desk.feed.reconnect();
    assert.ok(done);
    assert.match(words, /made anew/);
    await desk.clock.until(() => desk.sink.of("positions").length > lists, UP_WITHIN_MS, "a fresh list");
    await up(desk);
    assert.equal(desk.clients(), 1);
  });

  test("asked for a new connection while waiting for the next try, it tries at once", async (desk) => {
    desk.feed.start();
    await desk.clock.advance(20_000);
    await desk.listen();
    await desk.clock.until(() => desk.sink.last("link").detail.includes("next try"), 90_000, "a wait", 1);
    assert.equal(desk.feed.reconnect().done, true);
    await desk.clock.until(() => desk.sink.last("link").status === "up", 10_000, "a link that is up");
  });

  test("asking for a contract's quotes is answered in words", async (desk) => {
    const before = desk.sink.instrument({ ...NOTHING, symbol: "AAPL", underlying: "AAPL", localSymbol: "AAPL" });
    assert.equal(desk.feed.resubscribe(before).done, false, "there is no connection yet");
    await started(desk);
    const { words } = desk.feed.resubscribe(desk.sink.last("positions").rows[0]!.instrument);
    assert.ok(words.length > 10, words);
  });

  test("nothing is pushed after stop(), and no timer and connection is left", async (desk) => {
    await started(desk);
    desk.fill(1);
    await desk.clock.advance(2);
    const stopping = desk.feed.stop();
    await desk.clock.advance(1);
    await stopping;
    const count = desk.sink.events.length;
    assert.equal(desk.sink.last("link").status, "off");
    desk.fill(1);
    await desk.clock.advance(120_000);
    assert.equal(desk.sink.events.length, count);
    assert.equal(desk.clients(), 0);
    assert.equal(desk.feed.reconnect().done, false);
  });

  test("no log line and no word about the link holds the number of an account", async (desk) => {
    await started(desk);
    desk.refuse(10);
    await desk.clock.advance(30_000);
    const said = [...desk.log.map(({ message }) => message), ...desk.sink.of("link").map(({ detail }) => detail)].join(
      "\n",
    );
    for (const account of desk.accounts) assert.ok(!said.includes(account), said);
  });

  Deno.test(`${name}: the same seed gives the same events`, async () => {
    const runs = [];
    for (let run = 0; run < 2; run++) {
      const desk = make({ seed: 7 });
      await started(desk);
      desk.fill(3);
      await desk.clock.advance(10_000);
      desk.unplug();
      await desk.clock.advance(60_000);
      await desk.stop();
      runs.push(JSON.stringify(desk.sink.events));
    }
    assert.equal(runs[0], runs[1]);
  });
}

const NOTHING: Instrument = {
  symbol: "",
  underlying: "",
  assetType: "STOCK",
  expiry: null,
  strike: null,
  right: null,
  currency: "USD",
  multiplier: 1,
  tradingClass: "",
  exchange: "SMART",
  localSymbol: "",
  conId: null,
  priceMagnifier: 1,
  minTick: null,
};

async function started(desk: BrokerDesk): Promise<void> {
  await desk.listen();
  desk.feed.start();
  await up(desk);
  await desk.clock.until(() => desk.sink.events.some(isComplete), UP_WITHIN_MS, "fills that are complete");
}

async function up(desk: BrokerDesk): Promise<void> {
  await desk.clock.until(() => desk.sink.last("link").status === "up", 120_000, "a link that is up");
}

function isComplete({ kind }: BookEvent): boolean {
  return kind === "executions-complete";
}

function linkStatuses({ sink }: BrokerDesk): string[] {
  return sink.of("link").map(({ status }) => status);
}

function statusSince({ sink }: BrokerDesk, since: number): string[] {
  return sink.events.slice(since).flatMap((event) => event.kind === "link" ? [event.status] : []);
}

/** `AAPL OPTION 280 C AAPL x 100`. */
function nameOf({ sink }: BrokerDesk, index: number): string {
  const { symbol, assetType, strike, right, tradingClass, multiplier } = sink.registry.at(index);
  return assetType === "OPTION"
    ? `${symbol} OPTION ${strike} ${right} ${tradingClass} x ${multiplier}`
    : `${symbol} ${assetType}`;
}

/** As of the newest list and the changes after it. */
function quantityOf(desk: BrokerDesk, account: string, name: string): number | null {
  let quantity: number | null = null;
  for (const event of desk.sink.events) {
    const rows = event.kind === "positions" ? event.rows : event.kind === "position" ? [event.row] : [];
    for (const row of rows) {
      if (row.account === account && nameOf(desk, row.instrument) === name) quantity = row.quantity;
    }
  }
  return quantity;
}
