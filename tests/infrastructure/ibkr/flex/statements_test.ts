import assert from "node:assert/strict";
import { instrumentKey } from "../../../../src/domain/instrument.ts";
import { decodeContract } from "../../../../src/infrastructure/ibkr/decode/contract.ts";
import { element, readText, readTrades, response, statement, trade } from "./flex_xml.ts";

Deno.test("a trade becomes an execution and what it cost", async () => {
  const { executions, tally, items } = await readTrades(trade());
  assert.equal(items[0]?.kind, "statement");
  assert.deepEqual(items[0], {
    kind: "statement",
    account: "DU1234567",
    from: "2026-11-01",
    to: "2026-11-20",
    generatedAt: Date.UTC(2026, 10, 21, 6, 2, 3),
  });
  const { execution, commission, ...rest } = executions[0]!;
  const { raw, ...fields } = execution;
  assert.deepEqual(fields, {
    account: "DU1234567",
    execId: "0000e0d5.6557b1a2.01.01",
    instrument: {
      symbol: "AAPL",
      underlying: "AAPL",
      assetType: "OPTION",
      expiry: "2026-12-18",
      strike: 190,
      right: "C",
      currency: "USD",
      multiplier: 100,
      tradingClass: "AAPL",
      exchange: "CBOE",
      localSymbol: "AAPL  261218C00190000",
      conId: 700000001,
      priceMagnifier: 1,
      minTick: null,
    },
    quantity: 2,
    price: 6.15,
    executedAt: Date.UTC(2026, 10, 20, 15, 30, 45),
    exchange: "CBOE2",
    orderId: "726326436",
    orderRef: null,
    origin: "STATEMENT",
  });
  assert.deepEqual(commission, {
    account: "DU1234567",
    execId: "0000e0d5.6557b1a2.01.01",
    amount: 1.3666,
    currency: "USD",
    // It opened, so the 0 beside it is no profit.
    realizedPnl: null,
    origin: "STATEMENT",
    raw: null,
  });
  assert.deepEqual(rest, {
    kind: "execution",
    taxes: 0,
    realizedPnl: null,
    zoneAssumed: true,
    cancelled: false,
    transactionType: "ExchTrade",
    row: 1,
  });
  assert.equal(JSON.parse(raw!).notes, "P");
  assert.deepEqual(tally, {
    kind: "tally",
    statements: 1,
    accounts: ["DU1234567"],
    executions: 1,
    cancelled: 0,
    skipped: 0,
    faults: 0,
    zoneAssumed: 1,
    zone: "America/New_York",
  });
});

Deno.test("a sale is negative and has its realized profit", async () => {
  const { executions } = await readTrades(
    trade({
      buySell: "SELL",
      quantity: -2,
      fifoPnlRealized: "118.2668",
      openCloseIndicator: "C",
      ibCommission: "0.25",
    }),
  );
  assert.equal(executions[0]!.execution.quantity, -2);
  assert.equal(executions[0]!.realizedPnl, 118.2668);
  assert.equal(executions[0]!.commission?.realizedPnl, 118.2668);
  // A rebate: the broker paid.
  assert.equal(executions[0]!.commission?.amount, -0.25);
});

Deno.test("a sale written without a sign is a sale all the same", async () => {
  const { executions } = await readTrades(trade({ buySell: "SELL", quantity: 2 }));
  assert.equal(executions[0]!.execution.quantity, -2);
});

Deno.test("a commission of 0 is 0, and one that is not there is not known", async () => {
  const { executions, faults } = await readTrades(
    trade({ ibCommission: "0" }),
    trade({ ibCommission: "" }),
    trade({ ibCommission: null }),
  );
  assert.ok(Object.is(executions[0]!.commission?.amount, 0));
  assert.equal(executions[1]!.commission, null);
  assert.equal(executions[2]!.commission, null);
  assert.equal(faults.length, 0);
});

Deno.test("a trade confirmation is the same execution under its own names", async () => {
  const confirm = trade({
    ibExecID: null,
    execID: "0000e0d5.6557b1a2.01.01",
    tradePrice: null,
    price: "6.15",
    ibCommission: null,
    commission: "-1.3666",
    ibCommissionCurrency: null,
    commissionCurrency: "USD",
    ibOrderID: null,
    orderID: "726326436",
    taxes: null,
    tax: 0,
    transactionID: null,
    fifoPnlRealized: null,
  }, "TradeConfirm");
  const [fromConfirm, fromTrade] = [await readTrades(confirm), await readTrades(trade())];
  const { raw: _confirmed, ...one } = fromConfirm.executions[0]!.execution;
  const { raw: _traded, ...other } = fromTrade.executions[0]!.execution;
  assert.deepEqual(one, other);
  assert.deepEqual(fromConfirm.executions[0]!.commission, fromTrade.executions[0]!.commission);
});

Deno.test("the key of every kind of contract is the one that the API's contract gives", async () => {
  const rows = [
    trade({ symbol: "SPXW  261120P05000000", underlyingSymbol: "SPX", putCall: "P", strike: 5000, expiry: "20261120" }),
    trade({
      assetCategory: "STK",
      symbol: "BRK B",
      underlyingSymbol: "",
      strike: "",
      expiry: "",
      putCall: "",
      multiplier: 1,
      listingExchange: "NYSE",
    }),
    trade({ assetCategory: "FUT", symbol: "ESZ6", underlyingSymbol: "ES", strike: "", putCall: "", multiplier: 50 }),
    trade({
      assetCategory: "FOP",
      symbol: "EWZ6 C5900",
      underlyingSymbol: "ESZ6",
      strike: 5900,
      expiry: "2026-12-31",
      multiplier: 50,
    }),
    trade({
      assetCategory: "CASH",
      symbol: "EUR.USD",
      underlyingSymbol: "",
      strike: "",
      expiry: "",
      putCall: "",
      multiplier: 1,
    }),
  ];
  const { executions, faults } = await readTrades(...rows);
  assert.deepEqual(faults, []);
  const api = [
    {
      secType: "OPT",
      symbol: "SPX",
      right: "P",
      strike: 5000,
      localSymbol: "SPXW  261120P05000000",
      tradingClass: "SPXW",
    },
    { secType: "STK", symbol: "BRK B", localSymbol: "BRK B", tradingClass: "BRK B" },
    { secType: "FUT", symbol: "ES", localSymbol: "ESZ6", tradingClass: "ES", lastTradeDateOrContractMonth: "20261218" },
    {
      secType: "FOP",
      symbol: "ES",
      localSymbol: "EWZ6 C5900",
      tradingClass: "EW",
      strike: 5900,
      right: "C",
      lastTradeDateOrContractMonth: "20261231",
    },
    { secType: "CASH", symbol: "EUR", localSymbol: "EUR.USD", tradingClass: "EUR.USD" },
  ].map((contract, index) => {
    const multiplier = [100, 0, 50, 50, 0][index]!;
    return decodeContract({ ...contract, currency: "USD", multiplier } as Parameters<typeof decodeContract>[0]);
  });
  assert.deepEqual(
    executions.map(({ execution }) => instrumentKey(execution.instrument)),
    api.map(instrumentKey),
  );
});

Deno.test("only executions count: orders, closed lots, summaries and combinations are left out and counted", async () => {
  const { executions, tally, faults } = await readTrades(
    trade(),
    trade({ levelOfDetail: "ORDER", ibExecID: "" }),
    trade({ levelOfDetail: "CLOSED_LOT", ibExecID: "" }, "Lot"),
    trade({ levelOfDetail: "SYMBOL_SUMMARY" }, "SymbolSummary"),
    trade({ levelOfDetail: "ORDER" }, "Order"),
    trade({ assetCategory: "BAG", symbol: "AAPL combo", strike: "", expiry: "", putCall: "" }),
  );
  assert.equal(executions.length, 1);
  assert.equal(tally.skipped, 5);
  assert.deepEqual(faults, []);
});

Deno.test("a query without the level of detail gives executions", async () => {
  assert.equal((await readTrades(trade({ levelOfDetail: null }))).executions.length, 1);
});

Deno.test("what the API never reports is named by its trade number, the same in each statement", async () => {
  const expiry = { transactionType: "BookTrade", ibExecID: "", tradeID: "3000000777", notes: "Ep", tradePrice: 0 };
  const { executions } = await readTrades(trade({ ...expiry, buySell: "SELL", quantity: -2, ibCommission: 0 }));
  assert.equal(executions[0]!.execution.execId, "flex-3000000777");
  assert.equal(executions[0]!.execution.price, 0);
  assert.equal(executions[0]!.transactionType, "BookTrade");
});

Deno.test("several statements and accounts stand in one file", async () => {
  const second = trade({ accountId: null, ibExecID: "0000e0d5.6557b1a3.01.01" });
  const { executions, tally, items } = await readText(
    response([statement([trade()]), statement([second], "DU7654321"), statement([trade({ accountId: "DU5" })], "-")]),
  );
  assert.deepEqual(executions.map(({ execution }) => execution.account), ["DU1234567", "DU7654321", "DU5"]);
  assert.deepEqual(tally.accounts, ["DU1234567", "DU5", "DU7654321"]);
  assert.equal(tally.statements, 3);
  const consolidated = items.filter((item) => item.kind === "statement").at(-1);
  assert.equal(consolidated?.account, null);
});

Deno.test("attributes that nobody knows are kept in the raw payload, empty ones are not", async () => {
  const { executions } = await readTrades(trade({ newField2027: 'M&M <x> "y" é', orderReference: "" }));
  const raw = JSON.parse(executions[0]!.execution.raw!);
  assert.equal(raw.newField2027, 'M&M <x> "y" é');
  assert.ok(!("orderReference" in raw));
});

Deno.test("the date and time may stand in two attributes", async () => {
  const { executions } = await readTrades(
    trade({ dateTime: null, tradeDate: "2026-11-20", tradeTime: "10:30:45" }),
    trade({ dateTime: "20261120", tradeTime: "103045" }),
  );
  for (const { execution } of executions) assert.equal(execution.executedAt, Date.UTC(2026, 10, 20, 15, 30, 45));
  assert.equal(executions.length, 2);
});

Deno.test("rates, corporate actions and the life of options say what they are", async () => {
  const option = { assetCategory: "OPT", symbol: "AAPL  261218C00190000", underlyingSymbol: "AAPL", multiplier: 100 };
  const terms = { ...option, strike: 190, expiry: "20261218", putCall: "C", currency: "USD", conid: 700000001 };
  const text = response([
    [
      `<FlexStatement accountId="DU1234567" fromDate="20261101" toDate="20261120">`,
      `<ConversionRates>`,
      element("ConversionRate", { reportDate: "20261120", fromCurrency: "EUR", toCurrency: "USD", rate: "1.0852" }),
      `</ConversionRates><OptionEAE>`,
      element("OptionEAE", {
        ...terms,
        accountId: "DU1234567",
        date: "20261218",
        transactionType: "Assignment",
        quantity: 2,
        realizedPnl: "21,792.73",
      }),
      `</OptionEAE><CorporateActions>`,
      element("CorporateAction", {
        accountId: "DU1234567",
        assetCategory: "STK",
        symbol: "ACME",
        currency: "USD",
        type: "FS",
        actionDescription: "ACME SPLIT 2 FOR 1",
        dateTime: "20261118;202500",
        quantity: 100,
      }),
      `</CorporateActions></FlexStatement>`,
    ].join("\n"),
  ]);
  const { items, faults } = await readText(text);
  assert.deepEqual(faults, []);
  assert.deepEqual(items[1], { kind: "rate", date: "2026-11-20", from: "EUR", to: "USD", rate: 1.0852 });
  const [, , event, action] = items;
  assert.ok(event?.kind === "option-event" && action?.kind === "corporate-action");
  assert.deepEqual([event.type, event.date, event.quantity, event.realizedPnl], [
    "Assignment",
    "2026-12-18",
    2,
    21792.73,
  ]);
  assert.equal(event.instrument.strike, 190);
  assert.deepEqual([action.type, action.date, action.quantity, action.instrument.symbol], [
    "FS",
    "2026-11-18",
    100,
    "ACME",
  ]);
});
