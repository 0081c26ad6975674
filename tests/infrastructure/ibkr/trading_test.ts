import assert from "node:assert/strict";
import { type Desk, onDesk } from "./bench_desk.ts";
import { OUT, type ScriptedContract } from "./scripted_gateway.ts";

const AAPL: ScriptedContract = { conId: 265598, symbol: "AAPL", secType: "STK" };
const SAP: ScriptedContract = { conId: 14204, symbol: "SAP", secType: "STK", currency: "EUR" };
const COMBINATION: ScriptedContract = { conId: 28812380, symbol: "AAPL", secType: "BAG" };
const UNSET = 1.7976931348623157e308;
const FILL = { execId: "0001.01", time: "20261120 10:30:00 US/Eastern", account: "DU1" };

async function up(desk: Desk): Promise<void> {
  desk.feed.start();
  await desk.clock.until(() => desk.feed.readiness().complete, 10_000, "a complete view");
}

Deno.test("today's fills and their commissions come signed, with their time, and the download says how far back it reaches", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.script = ([kind, , id = ""]) => {
      if (kind !== OUT.executions) return false;
      desk.gateway.execution(id, AAPL, { ...FILL, side: "SLD", shares: "2.5", price: 271.5 });
      desk.gateway.send(59, 1, FILL.execId, 1.25, "USD", UNSET, "", "");
      desk.gateway.send(55, 1, id);
      return true;
    };
    await up(desk);
    const { quantity, price, time, execId, account, exchange, orderId, orderRef } = desk.sink.last("execution");
    assert.deepEqual({ quantity, price, time, execId, account, exchange, orderId, orderRef }, {
      quantity: -2.5,
      price: 271.5,
      time: Date.UTC(2026, 10, 20, 15, 30),
      execId: "0001.01",
      account: "DU1",
      exchange: "NASDAQ",
      // The number that the order has for every client; nobody wrote a reference on it.
      orderId: "99",
      orderRef: undefined,
    });
    const { amount, currency, realizedPnl } = desk.sink.last("commission");
    assert.deepEqual({ amount, currency, realizedPnl }, { amount: 1.25, currency: "USD", realizedPnl: null });
    // TWS greets at 10:30:45 when it is 15:30:45 in UTC: its midnight is 05:00 UTC.
    assert.equal(desk.sink.last("executions-complete").since, Date.UTC(2026, 10, 20, 5));
  });
});

Deno.test("a fill is told once however often the list is asked for; a correction is told under its own number", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.script = ([kind, , id = ""]) => {
      if (kind !== OUT.executions) return false;
      desk.gateway.execution(id, AAPL, { ...FILL, side: "BOT", shares: 10, price: 271.5 });
      desk.gateway.execution(id, AAPL, { ...FILL, execId: "0001.02", side: "BOT", shares: 10, price: 271.4 });
      desk.gateway.send(55, 1, id);
      return true;
    };
    await up(desk);
    await desk.clock.advance(200_000);
    assert.ok(desk.gateway.asked(OUT.executions).length > 2);
    assert.deepEqual(desk.sink.of("execution").map((each) => each.execId), ["0001.01", "0001.02"]);
    assert.ok(desk.sink.of("executions-complete").length > 2);
  });
});

Deno.test("a combination's own row is skipped, with its commission; its legs count", async () => {
  await onDesk({}, async (desk) => {
    await up(desk);
    desk.gateway.execution(-1, COMBINATION, { ...FILL, execId: "C.01", side: "BOT", shares: 1, price: 2 });
    desk.gateway.send(59, 1, "C.01", 2, "USD", 5, "", "");
    desk.gateway.execution(-1, AAPL, { ...FILL, execId: "L.01", side: "BUY", shares: 100, price: 2 });
    await desk.clock.advance(10);
    assert.deepEqual(desk.sink.of("execution").map((each) => each.execId), ["L.01"]);
    assert.equal(desk.sink.of("commission").length, 0);
  });
});

Deno.test("a list with an unreadable fill is not complete and is asked for again", async () => {
  await onDesk({}, async (desk) => {
    let tries = 0;
    desk.gateway.script = ([kind, , id = ""]) => {
      if (kind !== OUT.executions) return false;
      desk.gateway.execution(id, AAPL, { ...FILL, side: "BOT", shares: ++tries === 1 ? "ten" : 10, price: 271.5 });
      desk.gateway.send(55, 1, id);
      return true;
    };
    desk.feed.start();
    await desk.clock.advance(5_000);
    assert.equal(desk.sink.of("executions-complete").length, 0);
    await desk.clock.advance(15_000);
    assert.equal(desk.sink.of("executions-complete").length, 1);
    assert.equal(desk.sink.last("execution").quantity, 10);
  });
});

Deno.test("fills made while the link was down come with the next connection", async () => {
  await onDesk({}, async (desk) => {
    await up(desk);
    desk.gateway.script = ([kind, , id = ""]) => {
      if (kind !== OUT.executions) return false;
      desk.gateway.execution(id, AAPL, { ...FILL, side: "BOT", shares: 10, price: 271.5 });
      desk.gateway.send(55, 1, id);
      return true;
    };
    desk.gateway.drop();
    await desk.clock.advance(10);
    await desk.clock.until(() => desk.feed.readiness().complete, 5_000);
    assert.equal(desk.sink.of("execution").length, 1);
  });
});

Deno.test("account values, cash and rates arrive per account, in its currency, and changes follow", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.accounts = "DU1,DU2";
    await up(desk);
    assert.deepEqual(desk.sink.of("account").map((each) => each.account), ["DU1", "DU2"]);
    assert.equal(desk.sink.last("account").values.maintenanceMargin, 25_000);
    assert.deepEqual(desk.sink.of("cash").map(({ account, currency, amount }) => [account, currency, amount]), [
      ["DU1", "EUR", 1000],
      ["DU1", "USD", 5000],
      ["DU2", "EUR", 1000],
      ["DU2", "USD", 5000],
    ]);
    const id = desk.gateway.asked(OUT.accountSummary).at(-1)!.fields[2]!;
    desk.gateway.send(63, 1, id, "DU2", "BuyingPower", "-5.5", "USD");
    desk.gateway.send(63, 1, id, "DU2", "CashBalance", "-250", "USD");
    await desk.clock.advance(10);
    assert.deepEqual(desk.sink.last("account").values, { buyingPower: -5.5 });
    assert.equal(desk.sink.last("cash").amount, -250);
  });
});

Deno.test("an account summary that never ends is asked for again, and the link says what is missing", async () => {
  await onDesk({}, async (desk) => {
    let tries = 0;
    desk.gateway.script = ([kind]) => kind === OUT.accountSummary && ++tries === 1;
    desk.feed.start();
    await desk.clock.advance(9_000);
    assert.deepEqual([desk.sink.last("link").status, desk.sink.last("link").detail], [
      "connecting",
      "downloading account values",
    ]);
    await desk.clock.advance(2_000);
    assert.equal(desk.sink.last("link").status, "up");
    assert.equal(desk.gateway.asked(OUT.cancelAccountSummary).length, 1);
  });
});

Deno.test("the broker's P&L comes per account and per holding, its placeholders as missing", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    await up(desk);
    assert.deepEqual(desk.sink.last("account-pnl").pnl, { dailyPnl: 12.5, unrealizedPnl: 100.25, realizedPnl: null });
    const { account, instrument, pnl, quantity, marketValue } = desk.sink.last("leaf-pnl");
    assert.deepEqual({ account, instrument, pnl, quantity, marketValue }, {
      account: "DU1",
      instrument: desk.sink.indexOf(AAPL.conId),
      pnl: { dailyPnl: 1.5, unrealizedPnl: 2.5, realizedPnl: null },
      quantity: 10,
      marketValue: 1234.5,
    });
  });
});

Deno.test("a holding whose P&L IBKR refuses is told as missing rather than waited for", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.hold(AAPL, 100, 150);
    desk.gateway.script = ([kind, id]) => {
      if (kind !== OUT.pnlSingle) return false;
      desk.gateway.notice(2150, "Invalid position trade derived value", Number(id));
      return true;
    };
    await up(desk);
    assert.deepEqual(desk.sink.last("leaf-pnl").pnl, { dailyPnl: null, unrealizedPnl: null, realizedPnl: null });
    await desk.clock.advance(300_000);
    assert.equal(desk.gateway.asked(OUT.pnlSingle).length, 1);
  });
});

Deno.test("account updates are asked for in turn and mark what has no market data", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.accounts = "DU1,DU2";
    desk.gateway.hold(SAP, 100, 200);
    desk.gateway.script = ([kind, id, subscribe, account]) => {
      if (kind === OUT.pnlSingle) {
        desk.gateway.notice(2150, "Invalid position trade derived value", Number(id));
        return true;
      }
      if (kind !== OUT.accountData || subscribe !== "1") return false;
      if (account === "DU1") {
        desk.gateway.send(
          7,
          8,
          SAP.conId,
          "SAP",
          "STK",
          "",
          0,
          "0",
          "",
          "IBIS",
          "EUR",
          "SAP",
          "XETRA",
          100,
          206.84,
          20684,
          200,
          684,
          0,
          "DU1",
        );
      }
      return false;
    };
    await up(desk);
    await desk.clock.advance(130_000);
    const turns = desk.gateway.asked(OUT.accountData).map(({ fields }) => `${fields[2]} ${fields[3]}`);
    assert.deepEqual(turns.slice(0, 5), ["1 DU1", "0 DU1", "1 DU2", "0 DU2", "1 DU1"]);
    assert.deepEqual([desk.sink.last("broker-mark").instrument, desk.sink.last("broker-mark").price], [
      desk.sink.indexOf(SAP.conId),
      206.84,
    ]);
    // The row is in euros, the event in the account's dollars: 684 × 1.0852 = 742.2768.
    assert.ok(Math.abs(desk.sink.last("leaf-pnl").pnl.unrealizedPnl! - 742.2768) < 1e-9);
  });
});

Deno.test("an account that does not answer does not hold up the next", async () => {
  await onDesk({}, async (desk) => {
    desk.gateway.accounts = "DU1,DU2";
    desk.gateway.script = ([kind, , subscribe, account]) =>
      kind === OUT.accountData && subscribe === "1" && account === "DU1";
    await up(desk);
    await desk.clock.advance(11_000);
    assert.ok(desk.gateway.asked(OUT.accountData).some(({ fields }) => fields[3] === "DU2"));
  });
});

/** An open order as server version 176 writes it: the fields up to the status matter here. */
function openOrder(desk: Desk, order: { permId: number; status: string; limit: number }): void {
  const contract = [7, AAPL.conId, "AAPL", "STK", "", 0, "?", "", "SMART", "USD", "AAPL", "NMS"];
  const terms = ["SELL", 500, "LMT", order.limit, 0, "GTC"];
  const owner = ["", "DU1", "", 0, "", 1, order.permId];
  const timing = [0, 0, 0, "", ""];
  const advisor = ["", "", "", "", "", "", "", ""];
  const shortSale = ["", 0, "", -1];
  const auction = [0, "", "", "", "", "", ""];
  const flags = [0, 0, 0, "", 3, 0, 0, "", 0, 0];
  const volatility = ["", 0, "None", "", 0, "", "", "", "?", 0, 0, "", 0, 0];
  const trailing = [UNSET, UNSET, "", "", ""];
  const counts = [0, 0, 0, "", "", "", ""];
  const clearing = [0, "", "IB", 0, 0, "", 0, 0];
  const margins = Array<number>(9).fill(UNSET);
  const commission = ["", "", "", "", "", 0, 0, 0];
  const adjusted = ["None", UNSET, UNSET, UNSET, UNSET, UNSET, UNSET, 0];
  const rest = ["", "", "", "", 0, 0, 0, 0, "", "", 0];
  const pegged = ["", "", "", "", ""];
  const before = [...contract, ...terms, ...owner, ...timing, ...advisor, ...shortSale, ...auction, ...flags];
  const middle = [...volatility, ...trailing, ...counts, ...clearing, order.status];
  desk.gateway.send(5, ...before, ...middle, ...margins, ...commission, ...adjusted, ...rest, ...pegged);
}

Deno.test("a working order is shown once, its changes follow, and when it is no longer listed it is gone", async () => {
  await onDesk({}, async (desk) => {
    let listed = true;
    desk.gateway.contracts.set(AAPL.conId, AAPL);
    desk.gateway.script = ([kind]) => {
      if (kind !== OUT.allOpenOrders || !listed) return false;
      openOrder(desk, { permId: 1_800_000_000, status: "Submitted", limit: 415 });
      desk.gateway.send(3, 7, "Submitted", 100, 400, 415, 1_800_000_000, 0, 0, 0, "", 0);
      return false;
    };
    await up(desk);
    await desk.clock.advance(95_000);
    assert.deepEqual(desk.log.filter((each) => each.level !== "INFO"), []);
    const { orderId, action, quantity, limitPrice, status, filled } = desk.sink.last("order");
    assert.deepEqual({ orderId, action, quantity, limitPrice, status, filled }, {
      orderId: "1800000000",
      action: "SELL",
      quantity: 500,
      limitPrice: 415,
      status: "Submitted",
      filled: 100,
    });
    assert.equal(desk.sink.of("order").length, 2);
    listed = false;
    await desk.clock.advance(35_000);
    assert.equal(desk.sink.last("order").status, "Gone");
  });
});
