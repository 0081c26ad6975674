import assert from "node:assert/strict";
import { onStage, STILL } from "./virtual_gateway.ts";
import { contractFields } from "./wire_client.ts";

const tsla = contractFields({ conId: 76792991, exchange: "SMART" });
const quoteRequest = (id: number, contract: (string | number)[], generic = "", snapshot = 0) =>
  [1, 11, id, ...contract, 0, generic, snapshot, 0, ""] as const;
const near = (actual: string | undefined, expected: number) =>
  assert.ok(
    Math.abs(Number(actual) - expected) < 1e-9 * Math.max(1, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );

Deno.test("a client that cannot speak version 178 is refused with the reason in the log", async () => {
  for (const range of ["v100..177", "v179..200", "hello"]) {
    await onStage(STILL, async ({ connect, logged }) => {
      const client = await connect(range);
      assert.ok(client.closed, `${range} was let in`);
      assert.equal(client.messages.length, 0);
      assert.match(logged.at(-1)!.message, /only 178/);
    });
  }
});

Deno.test("a client that offers more than 178 gets 178, and the zone's time", async () => {
  await onStage(STILL, async ({ connect }) => {
    const client = await connect("v100..225 +PACEAPI");
    assert.deepEqual(client.messages, [["178", "20261120 10:30:45 EST"]]);
  });
});

Deno.test("a client id in use is refused with 326 and the connection ends; the first client stays", async () => {
  await onStage(STILL, async ({ client, gateway }) => {
    const first = await client(1);
    const second = await client(1);
    assert.deepEqual(second.errors(), [[-1, 326]]);
    assert.ok(second.closed);
    assert.ok(!first.closed);
    assert.equal(gateway.clients, 1);
  });
});

Deno.test("positions come per account with IB's average cost, then the end, then again when they change", async () => {
  await onStage(STILL, async ({ client, clock, gateway }) => {
    const ib = await client();
    ib.send(61, 1);
    await clock.advance(10);
    assert.deepEqual(ib.all(61), [
      ["3", "DU1", "76792991", "TSLA", "STK", "", "0.0", "", "", "NASDAQ", "USD", "TSLA", "TSLA", "100", "380.0"],
      // 25 x 100, and the class, date and symbol of the option; no exchange.
      [
        "3",
        "DU1",
        "2001",
        "TSLA",
        "OPT",
        "20261218",
        "400.0",
        "C",
        "100",
        "",
        "USD",
        "TSLA  261218C00400000",
        "TSLA",
        "-2",
        "2500.0",
      ],
      ["3", "DU1", "3001", "ES", "FUT", "20261218", "0.0", "", "50", "", "USD", "ESZ6", "ES", "1", "330500.0"],
      ["3", "DU1", "4001", "SAP", "STK", "", "0.0", "", "", "NASDAQ", "EUR", "SAP", "SAP", "10", "200.0"],
      ["3", "DU2", "76792991", "TSLA", "STK", "", "0.0", "", "", "NASDAQ", "USD", "TSLA", "TSLA", "0.5", "390.0"],
    ]);
    assert.deepEqual(ib.all(62), [["1"]]);
    ib.clear();
    gateway.happen({ kind: "fill", account: "DU1", contract: "TSLA", quantity: -100, price: 400, commission: 1 });
    await clock.advance(10);
    assert.deepEqual(ib.all(61).map((row) => row.slice(-2)), [["0", "0.0"]]);
    ib.clear();
    ib.send(64, 1);
    await clock.advance(10);
    gateway.happen({ kind: "position", account: "DU1", contract: "TSLA", quantity: 7, averagePrice: 390 });
    await clock.advance(10);
    assert.equal(ib.all(61).length, 0);
  });
});

Deno.test("a live fill is told with its commission, and moves position, cash and realized P&L together", async () => {
  await onStage(STILL, async ({ client, clock, gateway }) => {
    const ib = await client();
    gateway.happen({ kind: "fill", account: "DU1", contract: "TSLA", quantity: -40, price: 400, commission: 1.5 });
    await clock.advance(10);
    const [execution] = ib.all(11);
    assert.equal(execution![0], "-1");
    assert.deepEqual(execution!.slice(15, 20), ["DU1", "NASDAQ", "SLD", "40", "400.0"]);
    const [report] = ib.all(59);
    assert.equal(report![1], execution![13], "the report names the execution");
    // 40 x (400 - 380) - 1.50
    assert.deepEqual(report!.slice(2, 5), ["1.5", "USD", "798.5"]);
    const truth = gateway.truth();
    assert.equal(truth.positions[0]!.quantity, 60);
    assert.equal(truth.accounts[0]!.cash.get("USD"), 100_000 + 16_000 - 1.5);
    assert.equal(truth.positions[0]!.realizedPnl, 798.5);
  });
});

Deno.test("executions are of the login's day only, with corrections, combinations and filters", async () => {
  await onStage(STILL, async ({ client, clock }) => {
    const ib = await client();
    ib.send(7, 3, 50, 0, "", "", "", "", "", "");
    await clock.advance(10);
    assert.deepEqual(ib.all(11).map((row) => [row[13], row[4]]), [
      ["a.01.01", "STK"],
      ["a.01.02", "STK"],
      ["0000e0d5.67000001.01.01", "BAG"],
    ]);
    assert.equal(ib.all(11)[0]![14], "20261120 10:00:45 US/Eastern");
    assert.deepEqual(
      ib.all(59).map((row) => row[1]),
      ["a.01.01", "a.01.02"],
      "a combination has no commission of its own",
    );
    assert.equal(ib.all(59)[0]![4], "1.7976931348623157E308", "an opening trade realizes nothing");
    assert.deepEqual(ib.all(55), [["1", "50"]]);
    ib.clear();
    ib.send(7, 3, 51, 0, "DU2", "", "", "", "", "");
    await clock.advance(10);
    assert.equal(ib.all(11).length, 0);
    ib.send(7, 3, 52, 0, "", "20261120 10:05:00", "", "BAG", "", "BUY");
    await clock.advance(10);
    assert.equal(ib.all(11).length, 1);
  });
});

Deno.test("only the newest correction of a trade counts in the books", async () => {
  await onStage(STILL, ({ gateway }) => {
    // 90 held from 396.15, 10 bought at 398 (not 397), all at 398.60; commission 1.
    near(String(gateway.truth().positions[0]!.dailyPnl), 90 * (398.6 - 396.15) + 10 * 0.6 - 1);
    return Promise.resolve();
  });
});

Deno.test("account summary gives the tags asked for and each currency's ledger; a third one is refused", async () => {
  await onStage(STILL, async ({ client, clock, gateway }) => {
    const ib = await client();
    ib.send(62, 1, 9, "All", "NetLiquidation,$LEDGER:ALL");
    ib.send(62, 1, 10, "All", "Cushion");
    ib.send(62, 1, 11, "All", "Cushion");
    await clock.advance(10);
    const rows = ib.all(63);
    const value = (account: string, tag: string, currency: string) =>
      rows.find((row) => row[2] === account && row[3] === tag && row[5] === currency)?.[4];
    const [du1] = gateway.truth().accounts;
    assert.equal(value("DU1", "NetLiquidation", "USD"), du1!.netLiquidation.toFixed(2));
    assert.equal(value("DU1", "CashBalance", "EUR"), "500.0000");
    assert.equal(value("DU1", "ExchangeRate", "EUR"), "1.1500000");
    assert.equal(value("DU1", "TotalCashBalance", "BASE"), du1!.totalCash.toFixed(4));
    assert.equal(value("DU1", "BuyingPower", "USD"), undefined);
    assert.deepEqual(ib.errors().filter(([id]) => id > 0), [[11, 322]]);
    assert.equal(ib.all(64).length, 2);
    ib.clear();
    await clock.advance(20_000);
    assert.equal(ib.all(63).length, 0, "nothing changed, nothing is sent");
  });
});

Deno.test("account updates send values, portfolio rows and the end, and only changes afterwards", async () => {
  await onStage(STILL, async ({ client, clock, gateway }) => {
    const ib = await client();
    ib.send(6, 2, 1, "DU1");
    await clock.advance(10);
    assert.deepEqual(ib.all(54), [["1", "DU1"]]);
    assert.match(ib.all(8)[0]![1]!, /^10:30$/);
    const stock = ib.all(7).find((row) => row[2] === "TSLA" && row[3] === "STK")!;
    assert.deepEqual(stock, [
      ...["8", "76792991", "TSLA", "STK", "", "0.0", "0", "", "NASDAQ", "USD", "TSLA", "TSLA"],
      ...["100", "398.6", "39860.0", "380.0", "1860.0", "0.0", "DU1"],
    ]);
    ib.clear();
    await clock.advance(20_000);
    assert.equal(ib.all(7).length + ib.all(6).length, 0);
    gateway.happen({ kind: "price", contract: "TSLA", price: 400, change: null });
    await clock.advance(5_100);
    assert.deepEqual(ib.all(7).map((row) => row[1]), ["76792991", "2001"]);
  });
});

Deno.test("P&L follows the formulas, in the account's currency, and comes only when it changed", async () => {
  await onStage(STILL, async ({ client, clock, gateway }) => {
    const ib = await client();
    ib.send(92, 20, "DU1", "");
    ib.send(94, 21, "DU1", "", 4001);
    ib.send(94, 22, "DU1", "", 3001);
    ib.send(94, 23, "DU1", "", 999);
    ib.send(92, 24, "DU7", "");
    await clock.advance(10);
    // 10 SAP at 206.84, close 208.10, cost 200, in USD at 1.15.
    const sap = ib.all(95).find(([id]) => id === "21")!;
    near(sap[2], 10 * (206.84 - 208.1) * 1.15);
    near(sap[3], 10 * 6.84 * 1.15);
    near(sap[5], 2068.4 * 1.15);
    const es = ib.all(95).find(([id]) => id === "22")!;
    near(es[2], 50 * (6618.25 - 6600.5));
    near(es[3], 50 * (6618.25 - 6610));
    assert.deepEqual(ib.errors().filter(([id]) => id > 0), [[23, 2150], [24, 321]]);
    const account = gateway.truth().accounts[0]!;
    near(ib.all(94)[0]![1], account.dailyPnl);
    near(ib.all(94)[0]![2], account.unrealizedPnl);
    ib.clear();
    await clock.advance(5000);
    assert.equal(ib.all(94).length + ib.all(95).length, 0);
    gateway.happen({ kind: "price", contract: "ES", price: 6620, change: null });
    await clock.advance(1100);
    near(ib.all(95).find(([id]) => id === "22")![2], 50 * (6620 - 6600.5));
    assert.equal(ib.all(95).length, 1);
  });
});

Deno.test("contract details: by number, by fields, unknown, and the login's zone in the last trade date", async () => {
  const eastern = "login_time_zone: America/New_York";
  const abroad = STILL.replace("gateway: {", "gateway: { login_time_zone: Asia/Hong_Kong,");
  assert.ok(!abroad.includes(eastern));
  await onStage(abroad, async ({ client, clock }) => {
    const ib = await client();
    ib.send(9, 8, 1, ...contractFields({ conId: 2002 }), 0, "", "", "");
    ib.send(9, 8, 2, ...contractFields({ conId: 2001 }), 0, "", "", "");
    ib.send(
      9,
      8,
      3,
      ...contractFields({ symbol: "TSLA", secType: "OPT", right: "C", lastTradeDate: "202611" }),
      0,
      "",
      "",
      "",
    );
    ib.send(9, 8, 4, ...contractFields({ symbol: "NOPE", secType: "STK" }), 0, "", "", "");
    await clock.advance(10);
    const details = (id: string) => ib.all(10).filter((row) => row[0] === id);
    assert.equal(details("1")[0]![3], "20261128 05:00:00 Asia/Hong_Kong", "Friday in New York is Saturday there");
    assert.equal(details("2")[0]![3], "20261218", "a monthly option has no time");
    assert.equal(details("3").length, 4);
    assert.deepEqual(ib.errors().filter(([id]) => id > 0), [[4, 200]]);
    assert.deepEqual(ib.all(52).map(([, id]) => id), ["1", "2", "3"]);
    const [call] = details("2");
    assert.deepEqual(call!.slice(1, 13), [
      ...[
        "TSLA",
        "OPT",
        "20261218",
        "400.0",
        "C",
        "SMART",
        "USD",
        "TSLA  261218C00400000",
        "TSLA",
        "TSLA",
        "2001",
        "0.01",
      ],
    ]);
    assert.ok(call!.includes("76792991"), "the underlying's number");
  });
});

Deno.test("market data is refused as IB refuses it", async () => {
  await onStage(STILL, async ({ client, clock }) => {
    const ib = await client();
    ib.send(...quoteRequest(1, contractFields({ conId: 3001 })));
    ib.send(...quoteRequest(2, contractFields({ conId: 99, exchange: "SMART" })));
    ib.send(...quoteRequest(3, contractFields({ conId: 4002, exchange: "SMART" })));
    ib.send(...quoteRequest(4, contractFields({ conId: 4001, exchange: "SMART" })));
    ib.send(...quoteRequest(5, tsla));
    ib.send(...quoteRequest(5, tsla));
    ib.send(59, 1, 4);
    ib.send(...quoteRequest(6, contractFields({ conId: 4002, exchange: "SMART" })));
    await clock.advance(10);
    assert.deepEqual(ib.errors().filter(([id]) => id > 0), [[1, 321], [2, 200], [3, 354], [4, 354], [5, 322], [
      6,
      10186,
    ]]);
    for (let id = 10; id < 17; id++) ib.send(...quoteRequest(id, tsla));
    await clock.advance(10);
    // One line is taken already and six are allowed.
    assert.deepEqual(ib.errors().filter(([id]) => id >= 10), [[15, 101], [16, 101]]);
    ib.send(2, 2, 10);
    ib.send(2, 2, 99);
    ib.send(...quoteRequest(20, tsla));
    await clock.advance(10);
    assert.deepEqual(ib.errors().filter(([id]) => id >= 20), [[99, 300]]);
  });
});

Deno.test("a line brings bid, ask, last with sizes, the day's prices, mark and computations", async () => {
  await onStage(STILL, async ({ client, clock, gateway }) => {
    const ib = await client();
    ib.send(...quoteRequest(1, tsla, "221"));
    ib.send(...quoteRequest(2, contractFields({ conId: 2001, exchange: "SMART" })));
    await clock.advance(300);
    const price = (id: string, type: string) => ib.all(1).find((row) => row[1] === id && row[2] === type);
    assert.deepEqual(price("1", "1")!.slice(3, 4), ["398.59"]);
    assert.deepEqual(price("1", "2")!.slice(3, 4), ["398.61"]);
    assert.deepEqual(price("1", "4")!.slice(3, 4), ["398.6"]);
    assert.deepEqual(price("1", "9")!.slice(3, 4), ["396.15"]);
    assert.deepEqual(price("1", "37")!.slice(3, 4), ["398.6"]);
    assert.equal(price("2", "37"), undefined, "the mark comes only when asked for");
    assert.deepEqual(ib.all(58), [["1", "1", "1"], ["1", "2", "1"]]);
    assert.deepEqual(ib.all(81)[0], ["1", "0.01", "9c0001", "3"]);
    const model = gateway.truth().quotes.find(({ contract }) => contract === "CALL")!.model!;
    const computation = ib.all(21).find((row) => row[0] === "2" && row[1] === "13")!;
    assert.deepEqual(
      computation.slice(3).map(Number),
      [model.impliedVolatility, model.delta, model.price, 0, model.gamma, model.vega, model.theta, 398.6],
    );
    assert.deepEqual(ib.all(21).map((row) => row[1]), ["10", "11", "12", "13"]);
    ib.clear();
    await clock.advance(5000);
    assert.equal(ib.messages.length, 0, "a still market is silent");
    gateway.happen({ kind: "price", contract: "TSLA", price: 401, change: null });
    await clock.advance(300);
    assert.deepEqual(price("1", "1")!.slice(3, 4), ["400.99"]);
    assert.ok(ib.all(21).some((row) => row[1] === "13"), "the option follows its underlying");
  });
});

Deno.test("quotes are conflated: four a second for stocks, ten for US options", async () => {
  await onStage(STILL, async ({ client, clock, gateway }) => {
    const ib = await client();
    ib.send(...quoteRequest(1, tsla));
    ib.send(...quoteRequest(2, contractFields({ conId: 2001, exchange: "SMART" })));
    await clock.advance(1000);
    ib.clear();
    for (let i = 0; i < 200; i++) {
      gateway.happen({ kind: "price", contract: "TSLA", price: 398 + (i % 20) / 10, change: null });
      await clock.advance(50);
    }
    const bids = ib.all(1).filter((row) => row[1] === "1" && row[2] === "1").length;
    const models = ib.all(21).filter((row) => row[1] === "13").length;
    assert.ok(bids >= 38 && bids <= 41, `${bids} bids in ten seconds`);
    assert.ok(models >= 98 && models <= 101, `${models} computations in ten seconds`);
  });
});

Deno.test("delayed data has its own ticks, after a warning; partial data keeps the computations", async () => {
  await onStage(STILL, async ({ client, clock }) => {
    const ib = await client();
    ib.send(59, 1, 4);
    ib.send(...quoteRequest(1, contractFields({ conId: 4001, exchange: "SMART" })));
    ib.send(...quoteRequest(2, contractFields({ conId: 2003, exchange: "SMART" })));
    ib.send(...quoteRequest(3, tsla));
    await clock.advance(300);
    assert.deepEqual(ib.errors().filter(([id]) => id > 0), [[1, 10167], [2, 10090]]);
    assert.deepEqual(ib.all(58), [["1", "1", "3"], ["1", "2", "1"], ["1", "3", "1"]]);
    const types = (id: string) => ib.all(1).filter((row) => row[1] === id).map((row) => Number(row[2]));
    assert.deepEqual(types("1"), [66, 67, 68, 72, 73, 75, 76]);
    assert.deepEqual(types("2"), []);
    assert.deepEqual(ib.all(21).map((row) => [row[0], row[1]]), [["2", "13"]]);
    assert.ok(ib.all(46).some((row) => row[1] === "1" && row[2] === "88"), "time of the last delayed trade");
  });
});

Deno.test("what IB does not know goes out as -1, -2, 0 and the unset double", async () => {
  await onStage(STILL, async ({ client, clock }) => {
    const ib = await client();
    ib.send(...quoteRequest(1, contractFields({ conId: 2004, exchange: "SMART" })));
    ib.send(...quoteRequest(2, contractFields({ conId: 2005, exchange: "SMART" })));
    await clock.advance(300);
    const price = (type: string) => ib.all(1).find((row) => row[1] === "1" && row[2] === type)!.slice(3, 5);
    assert.deepEqual(price("1"), ["-1.0", "0"]);
    assert.deepEqual(price("2"), ["0.0", "0"]);
    const values = (id: string) => ib.all(21).find((row) => row[0] === id)!.slice(3);
    assert.deepEqual(values("1"), ["-1.0", "-2.0", "-1.0", "-1.0", "-2.0", "-2.0", "-2.0", "-1.0"]);
    assert.deepEqual(values("2"), Array(8).fill("1.7976931348623157E308"));
  });
});

Deno.test("market data in pence, account figures in pounds", async () => {
  await onStage(STILL, async ({ client, clock }) => {
    const ib = await client();
    ib.send(...quoteRequest(1, contractFields({ conId: 5001, exchange: "SMART" })));
    await clock.advance(300);
    assert.equal(ib.all(1).find((row) => row[2] === "4")![3], "1234.0");
  });
});

Deno.test("a snapshot sends one full picture, ends and takes no line", async () => {
  await onStage(STILL, async ({ client, clock, gateway }) => {
    const ib = await client();
    ib.send(...quoteRequest(1, tsla, "", 1));
    await clock.advance(10);
    assert.ok(ib.all(1).some((row) => row[2] === "1"));
    assert.deepEqual(ib.all(57), [["1", "1"]]);
    assert.equal(gateway.lines, 0);
  });
});

Deno.test("every order message is refused and counted", async () => {
  await onStage(STILL, async ({ client, clock, gateway }) => {
    const ib = await client();
    ib.send(3, 5, 76792991, "TSLA", "STK");
    ib.send(4, 1, 5, "");
    ib.send(58, 1);
    ib.send(21, 2, 6, 2001, "TSLA", "OPT");
    await clock.advance(10);
    assert.deepEqual(ib.errors().filter(([, code]) => code === 321), [[5, 321], [5, 321], [-1, 321], [6, 321]]);
    assert.equal(gateway.orderMessagesReceived, 4);
  });
});

Deno.test("working orders are shown to whom they belong, and all when all are asked for", async () => {
  await onStage(STILL, async ({ client, clock }) => {
    const ib = await client(1);
    ib.send(5, 1);
    await clock.advance(10);
    assert.equal(ib.all(5).length, 0);
    ib.send(16, 1);
    await clock.advance(10);
    const [order] = ib.all(5);
    assert.deepEqual(order!.slice(0, 17), [
      ...["7", "76792991", "TSLA", "STK", "", "0.0", "?", "", "SMART", "USD", "TSLA", "TSLA"],
      ...["SELL", "50", "LMT", "415.0", "0.0"],
    ]);
    assert.deepEqual(ib.all(3)[0]!.slice(0, 4), ["7", "Submitted", "0", "50"]);
    assert.equal(ib.all(53).length, 2);
    const owner = await client(3);
    owner.send(5, 1);
    await clock.advance(10);
    assert.equal(owner.all(5).length, 1);
  });
});

Deno.test("more than fifty messages a second bring code 100, and going on closes the connection", async () => {
  await onStage(STILL, async ({ client, clock }) => {
    const ib = await client();
    for (let i = 0; i < 55; i++) ib.send(49, 1);
    await clock.advance(10);
    assert.deepEqual(ib.errors().filter(([, code]) => code === 100), [[-1, 100]]);
    for (let i = 0; i < 200; i++) ib.send(49, 1);
    await clock.advance(10);
    assert.ok(ib.closed);
  });
});

Deno.test("a field that is no number is answered with 320 and the connection lives on", async () => {
  await onStage(STILL, async ({ client, clock }) => {
    const ib = await client();
    ib.send(1, 11, "one", ...tsla);
    ib.send(88, 77, "history");
    ib.send(4711, 1);
    ib.send(49, 1);
    await clock.advance(10);
    assert.deepEqual(ib.errors().slice(-3), [[-1, 320], [77, 162], [-1, 505]]);
    assert.deepEqual(ib.all(49), [["1", "1795188645"]]);
  });
});

Deno.test("a position closed today is still listed, at 0, with what it made", async () => {
  const sold = "  - { account: DU1, contract: LATE, ago: 2h, quantity: -10, price: 21, commission: 1, realized: 49 }\n";
  const scenario = STILL.replace("contracts:\n", "contracts:\n  LATE: { last: 22, close: 20, con_id: 6001 }\n")
    .replace("orders:", `${sold}orders:`);
  await onStage(scenario, async ({ client, clock, gateway }) => {
    const late = gateway.truth().positions.find(({ contract }) => contract === "LATE")!;
    // 10 held from 20, sold at 21, commission 1.
    assert.deepEqual([late.quantity, late.dailyPnl, late.realizedPnl, late.unrealizedPnl], [0, 9, 49, 0]);
    const ib = await client();
    ib.send(61, 1);
    ib.send(94, 1, "DU1", "", 6001);
    await clock.advance(10);
    assert.deepEqual(ib.all(61).find((row) => row[2] === "6001")!.slice(-2), ["0", "0.0"]);
    assert.deepEqual(ib.all(95), [["1", "0", "9.0", "0.0", "49.0", "0.0"]]);
  });
});

Deno.test("the requests of clients that follow several accounts at once are served and cancelled", async () => {
  await onStage(STILL, async ({ client, clock, gateway }) => {
    const ib = await client();
    ib.send(74, 1, 1, "DU1", "");
    ib.send(76, 1, 2, "DU2", "", 1);
    ib.send(76, 1, 3, "DU9", "", 1);
    ib.send(99, 0);
    ib.send(8, 1, 1);
    ib.send(17, 1);
    ib.send(15, 1, 1);
    ib.send(14, 1, 5);
    ib.send(25, 1, 77);
    await clock.advance(10);
    assert.deepEqual(ib.all(71).map((row) => [row[1], row[2], row.at(-3)]), [
      ["1", "DU1", "100"],
      ["1", "DU1", "-2"],
      ["1", "DU1", "1"],
      ["1", "DU1", "10"],
    ]);
    assert.deepEqual(ib.all(72), [["1", "1"]]);
    const cash = ib.all(73).find((row) => row[4] === "CashBalance" && row[6] === "USD");
    assert.deepEqual(cash, ["1", "2", "DU2", "", "CashBalance", "50000.0000", "USD"]);
    assert.deepEqual(ib.all(74), [["1", "2"]]);
    assert.equal(ib.all(102).length, 1);
    assert.deepEqual([ib.all(9).length, ib.all(15).length], [2, 2]);
    assert.deepEqual(ib.errors().filter(([, code]) => code < 1000), [[3, 321]]);
    ib.clear();
    gateway.happen({ kind: "fill", account: "DU1", contract: "TSLA", quantity: 1, price: 400, commission: 1 });
    await clock.advance(5100);
    assert.equal(ib.all(71).length, 1);
    assert.equal(ib.all(73).length, 0, "DU2 did not change");
    for (const cancel of [[75, 1, 1], [77, 1, 2], [93, 10], [95, 11], [63, 1, 9]]) ib.send(...cancel);
    ib.clear();
    gateway.happen({ kind: "fill", account: "DU2", contract: "TSLA", quantity: 1, price: 400, commission: 1 });
    await clock.advance(5100);
    assert.equal(ib.all(71).length + ib.all(73).length, 0);
  });
});
