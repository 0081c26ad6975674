import assert from "node:assert/strict";
import { type Desk, onDesk } from "./bench_desk.ts";
import { OUT, type ScriptedContract } from "./scripted_gateway.ts";

const AAPL: ScriptedContract = { conId: 265598, symbol: "AAPL", secType: "STK" };
const ES: ScriptedContract = {
  conId: 649180695,
  symbol: "ES",
  secType: "FUT",
  expiry: "20261218",
  multiplier: "50",
  localSymbol: "ESZ6",
  exchange: "CME",
  tradingClass: "ES",
};
const CALL: ScriptedContract = {
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

async function up(desk: Desk): Promise<void> {
  desk.feed.start();
  await desk.clock.until(() => desk.feed.readiness().complete, 10_000, "a complete view");
}

Deno.test("average cost is divided by the multiplier once: options, futures, stocks, fractions, shorts", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.accounts = "DU1,DU2,";
    desk.gateway.hold(AAPL, "10.5", 150.25);
    desk.gateway.hold(CALL, -5, 612.35, "DU2");
    desk.gateway.hold(ES, 1, 332_137.5);
    await up(desk);
    const { rows, accounts } = desk.sink.last("positions");
    assert.deepEqual(accounts, ["DU1", "DU2"]);
    const byConId = (conId: number) => rows.find((row) => row.instrument === desk.sink.indexOf(conId));
    assert.deepEqual([byConId(AAPL.conId)?.quantity, byConId(AAPL.conId)?.avgPrice], [10.5, 150.25]);
    assert.deepEqual([byConId(CALL.conId)?.quantity, byConId(CALL.conId)?.avgPrice], [-5, 6.1235]);
    // 332,137.50 / 50 = 6,642.75.
    assert.equal(byConId(ES.conId)?.avgPrice, 6642.75);
    assert.equal(byConId(CALL.conId)?.account, "DU2");
  });
});

Deno.test("a download that stalls changes nothing, says so, and is asked for again", async () => {
  await onDesk({}, async (desk) => {
    let tries = 0;
    desk.gateway.hold(AAPL, 100, 150);
    desk.gateway.script = ([kind]) => {
      if (kind !== OUT.positions || ++tries > 1) return false;
      desk.gateway.sendPosition("DU1", AAPL, 100, 150);
      return true;
    };
    desk.feed.start();
    await desk.clock.advance(9_900);
    assert.equal(desk.sink.of("positions").length, 0);
    await desk.clock.advance(200);
    assert.match(desk.sink.last("positions-failed").reason, /did not finish the list of positions/);
    assert.equal(desk.sink.of("positions").length, 0);
    await desk.clock.advance(5_500);
    assert.equal(desk.sink.last("positions").rows.length, 1);
    assert.equal(desk.sink.last("link").status, "up");
  });
});

Deno.test("a drop in the middle of a download hands nothing over: half a list is not a flat book", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    desk.gateway.hold(ES, 1, 332_137.5);
    await up(desk);
    desk.gateway.script = ([kind]) => {
      if (kind !== OUT.positions) return false;
      desk.gateway.sendPosition("DU1", AAPL, 100, 150);
      desk.gateway.drop();
      return true;
    };
    desk.gateway.drop();
    await desk.clock.advance(5_000);
    assert.equal(desk.sink.of("positions").length, 1);
    desk.gateway.script = () => false;
    await desk.clock.until(() => desk.feed.readiness().complete, 70_000);
    assert.equal(desk.sink.of("positions").length, 2);
    assert.equal(desk.sink.last("positions").rows.length, 2);
  });
});

Deno.test("a row without a readable quantity fails the whole download", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    desk.gateway.hold(ES, "one", 332_137.5);
    desk.feed.start();
    await desk.clock.advance(1_000);
    assert.equal(desk.sink.of("positions").length, 0);
    assert.match(desk.sink.last("positions-failed").reason, /ESZ6/);
    desk.gateway.positions[1]!.quantity = 1;
    await desk.clock.advance(6_000);
    assert.equal(desk.sink.last("positions").rows.length, 2);
  });
});

Deno.test("a position message that cannot be read at all fails the download too", async () => {
  await onDesk({}, async (desk) => {
    let tries = 0;
    desk.gateway.hold(AAPL, 100, 150);
    desk.gateway.script = ([kind]) => {
      if (kind === OUT.positions && ++tries === 1) desk.gateway.send(61, "three", "DU1", 1);
      return false;
    };
    desk.feed.start();
    await desk.clock.advance(1_000);
    assert.equal(desk.sink.of("positions").length, 0);
    assert.equal(desk.sink.of("positions-failed").length, 1);
    await desk.clock.advance(6_000);
    assert.equal(desk.sink.of("positions").length, 1);
  });
});

Deno.test("a lost position message after the download brings a new download", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    await up(desk);
    desk.gateway.positions[0]!.quantity = 60;
    desk.gateway.send(61, 3, "DU1", "a contract", "AAPL");
    await desk.clock.advance(6_000);
    assert.equal(desk.sink.last("positions").rows[0]?.quantity, 60);
  });
});

Deno.test("a missing average cost is missing, never 0", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 1.7976931348623157e308);
    await up(desk);
    assert.equal(desk.sink.last("positions").rows[0]?.avgPrice, null);
  });
});

Deno.test("a change after the download is one event, and its fill is asked for", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    await up(desk);
    const asked = desk.gateway.asked(OUT.executions).length;
    desk.gateway.sendPosition("DU1", AAPL, 60, 150);
    await desk.clock.advance(2_000);
    assert.equal(desk.sink.last("position").row.quantity, 60);
    assert.equal(desk.gateway.asked(OUT.executions).length, asked + 1);
  });
});

Deno.test("positions are confirmed by a fresh download well within five minutes", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    await up(desk);
    await desk.clock.advance(290_000);
    assert.ok(desk.sink.of("positions").length >= 3);
  });
});

Deno.test("an option without a multiplier in its message has no average price until details give one", async () => {
  await onDesk({}, async (desk) => {
    const { multiplier: _, ...bare } = CALL;
    desk.gateway.contracts.set(CALL.conId, CALL);
    desk.gateway.positions.push({ account: "DU1", contract: bare, quantity: 5, avgCost: 612.35 });
    await up(desk);
    assert.equal(desk.sink.of("positions")[0]?.rows[0]?.avgPrice, null);
    assert.equal(desk.sink.last("position").row.avgPrice, 6.1235);
    assert.equal(desk.sink.registry.at(desk.sink.indexOf(CALL.conId)).multiplier, 100);
  });
});

Deno.test("a position whose contract IBKR no longer knows still stands, from the position's own contract", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.positions.push({ account: "DU1", contract: CALL, quantity: 5, avgCost: 612.35 });
    desk.feed.start();
    await desk.clock.advance(3_000);
    const [row] = desk.sink.last("positions").rows;
    assert.deepEqual([row?.quantity, row?.avgPrice], [5, 6.1235]);
    const { expiry, strike, right, multiplier } = desk.sink.registry.at(row!.instrument);
    assert.deepEqual([expiry, strike, right, multiplier], ["2026-12-18", 190, "C", 100]);
    assert.equal(desk.sink.line(CALL.conId)?.status, "live");
    assert.match(desk.log[1]?.message ?? "", /No contract details for AAPL {2}261218C00190000: IBKR 200/);
  });
});

Deno.test("two contracts on one date and strike are two instruments", async () => {
  await onDesk({}, async (desk) => {
    const spx: ScriptedContract = {
      ...CALL,
      conId: 1,
      symbol: "SPX",
      localSymbol: "SPX   261218C06600000",
      tradingClass: "SPX",
      strike: 6600,
    };
    const spxw: ScriptedContract = { ...spx, conId: 2, localSymbol: "SPXW  261218C06600000", tradingClass: "SPXW" };
    desk.gateway.hold(spx, 1, 1);
    desk.gateway.hold(spxw, 1, 1);
    desk.feed.start();
    await desk.clock.advance(3_000);
    assert.notEqual(desk.sink.indexOf(1), desk.sink.indexOf(2));
    assert.equal(desk.sink.last("positions").rows.length, 2);
  });
});

Deno.test("combinations and accounts that are not ours are left out", async () => {
  await onDesk({ settings: { accounts: ["DU1"] } }, async (desk) => {
    desk.gateway.accounts = "DU1,DU2";
    desk.gateway.hold(AAPL, 100, 150);
    desk.gateway.hold(ES, 3, 1, "DU2");
    desk.gateway.hold({ conId: 28812380, symbol: "AAPL", secType: "BAG" }, 1, 1);
    await up(desk);
    assert.deepEqual(desk.sink.last("positions").rows.map((row) => row.quantity), [100]);
    assert.deepEqual(desk.sink.last("positions").accounts, ["DU1"]);
  });
});

Deno.test("an empty book is a complete download of no rows", async () => {
  await onDesk({}, async (desk) => {
    await up(desk);
    assert.deepEqual(desk.sink.last("positions").rows, []);
    assert.ok(desk.feed.readiness().complete);
  });
});

Deno.test("the end of a list that was given up does not cut the next list short", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    desk.gateway.hold(ES, 1, 332_137.5);
    let tries = 0;
    desk.gateway.script = ([kind]) => {
      if (kind !== OUT.positions) return false;
      // The first list stalls half-way; its rest and its end come just after the second was asked for.
      if (++tries === 1) desk.gateway.sendPosition("DU1", AAPL, 100, 150);
      if (tries === 2) {
        desk.gateway.sendPosition("DU1", ES, 1, 332_137.5);
        desk.gateway.send(62, 1);
        desk.gateway.sendPosition("DU1", AAPL, 100, 150);
        desk.gateway.sendPosition("DU1", ES, 1, 332_137.5);
        desk.gateway.send(62, 1);
      }
      return true;
    };
    desk.feed.start();
    await desk.clock.advance(20_000);
    assert.equal(desk.sink.of("positions-failed").length, 1);
    assert.deepEqual(desk.sink.of("positions").map((each) => each.rows.length), [2]);
    assert.equal(desk.sink.of("position").length, 0, "rows that say nothing new are no events");
  });
});

Deno.test("an option whose details IBKR no longer has is written on what its siblings are written on", async () => {
  for (const order of [[0, 1], [1, 0]]) {
    await onDesk({}, async (desk) => {
      const expired: ScriptedContract = { ...CALL, conId: 5, strike: 185, localSymbol: "AAPL  261218C00185000" };
      const both = [CALL, expired];
      for (const i of order) {
        desk.gateway.positions.push({ account: "DU1", contract: both[i]!, quantity: 1, avgCost: 100 });
      }
      desk.gateway.contracts.set(CALL.conId, CALL);
      desk.gateway.contracts.set(AAPL.conId, AAPL);
      await up(desk);
      const stock = desk.sink.indexOf(AAPL.conId);
      const links = new Map(desk.sink.of("underlying").map((each) => [each.instrument, each.underlying]));
      assert.equal(links.get(desk.sink.indexOf(CALL.conId)), stock);
      assert.equal(links.get(desk.sink.indexOf(5)), stock);
    });
  }
});
