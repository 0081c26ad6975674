import assert from "node:assert/strict";
import { type Desk, type DeskOptions, onDesk } from "./bench_desk.ts";
import { OUT, type ScriptedContract } from "./scripted_gateway.ts";

const EUR_USD = pair(12087792, "EUR", "USD");
const USD_JPY = pair(15016059, "USD", "JPY");
const USD_HKD = pair(12345777, "USD", "HKD");
const EUR_GBP = pair(12087807, "EUR", "GBP");
const GBP_USD = pair(12087797, "GBP", "USD");
const USD_MXN = pair(35045199, "USD", "MXN");
const VIX: ScriptedContract = { conId: 13455763, symbol: "VIX", secType: "IND", exchange: "CBOE" };
const SPX: ScriptedContract = { conId: 416904, symbol: "SPX", secType: "IND", exchange: "CBOE" };
const SPY: ScriptedContract = { conId: 756733, symbol: "SPY", secType: "STK" };
const AAPL: ScriptedContract = { conId: 265598, symbol: "AAPL", secType: "STK" };
const TOYOTA: ScriptedContract = { conId: 14016489, symbol: "7203", secType: "STK", currency: "JPY", exchange: "TSEJ" };

function pair(conId: number, symbol: string, currency: string): ScriptedContract {
  return { conId, symbol, secType: "CASH", exchange: "IDEALPRO", currency, localSymbol: `${symbol}.${currency}` };
}

interface Book {
  readonly held?: readonly ScriptedContract[];
  /** Contracts that can be looked up by symbol, type, currency and, when it is given, exchange. */
  readonly listed: readonly ScriptedContract[];
  /** Cash by currency; the built-in gateway's own when left out. */
  readonly cash?: Readonly<Record<string, number>>;
  readonly accountCurrency?: string;
}

async function onBook(options: DeskOptions, book: Book, test: (desk: Desk) => Promise<void> | void): Promise<void> {
  await onDesk(options, async (desk) => {
    const { gateway } = desk;
    for (const contract of book.held ?? []) gateway.hold(contract, 10, 100);
    gateway.script = (fields) => lookUp(desk, book, fields) || sendAccount(desk, book, fields);
    desk.feed.start();
    await desk.clock.advance(3_000);
    await test(desk);
  });
}

function lookUp({ gateway }: Desk, { listed }: Book, fields: readonly string[]): boolean {
  const [kind, , id = "", conId, symbol, secType] = fields;
  if (kind !== OUT.contractData || conId !== "") return false;
  const [exchange, currency] = [fields[10], fields[12]];
  const found = listed.find((each) =>
    each.symbol === symbol && each.secType === secType && (each.currency ?? "USD") === currency &&
    ["", each.exchange ?? "SMART"].includes(exchange!)
  );
  if (found === undefined) gateway.notice(200, "No security definition has been found", Number(id));
  else {
    gateway.sendDetails(id, found);
    gateway.send(52, 1, id);
  }
  return true;
}

function sendAccount({ gateway }: Desk, book: Book, fields: readonly string[]): boolean {
  const [kind, , id = ""] = fields;
  if (kind !== OUT.accountSummary || book.cash === undefined) return false;
  gateway.send(63, 1, id, "DU1", "NetLiquidation", "100000", book.accountCurrency ?? "USD");
  for (const [currency, amount] of Object.entries(book.cash)) {
    gateway.send(63, 1, id, "DU1", "CashBalance", amount, currency);
  }
  gateway.send(64, 1, id);
  return true;
}

/** `EUR.USD` for every contract of this type that was asked for by name, in order. */
function namesAsked({ gateway }: Desk, secType: string): string[] {
  return gateway.asked(OUT.contractData).filter(({ fields }) => fields[5] === secType && fields[3] === "")
    .map(({ fields }) => `${fields[4]}.${fields[12]}`);
}

/** Contract numbers in the order in which lines were asked for. */
function linesAsked({ gateway }: Desk): number[] {
  return gateway.asked(OUT.mktData).map(({ fields }) => Number(fields[3]));
}

Deno.test("rates: a currency that only cash is held in gets a line for its pair", async () => {
  await onBook({}, { listed: [EUR_USD], cash: { EUR: 1_000, USD: 5_000, CHF: 0 } }, (desk) => {
    assert.equal(desk.sink.line(EUR_USD.conId)?.status, "live");
    // Nothing is held in francs, and a dollar is a dollar.
    assert.deepEqual(namesAsked(desk, "CASH"), ["EUR.USD"]);
  });
});

Deno.test("rates: the yen of a position is quoted as USD.JPY, and asked for that way", async () => {
  await onBook({}, { held: [TOYOTA], listed: [USD_JPY], cash: { USD: 1 } }, (desk) => {
    assert.deepEqual(namesAsked(desk, "CASH"), ["USD.JPY"]);
    const { symbol, currency } = desk.sink.registry.at(desk.sink.indexOf(USD_JPY.conId));
    assert.deepEqual([symbol, currency], ["USD.JPY", "JPY"]);
    assert.equal(desk.sink.line(USD_JPY.conId)?.status, "live");
  });
});

Deno.test("rates: a pair that IBKR lists the other way round is found all the same", async () => {
  // By precedence EUR.GBP; say that IBKR lists only GBP.EUR.
  const turned = pair(999_001, "GBP", "EUR");
  await onBook({ baseCurrency: "GBP" }, { listed: [turned], cash: { EUR: 10 }, accountCurrency: "GBP" }, (desk) => {
    assert.deepEqual(namesAsked(desk, "CASH"), ["EUR.GBP", "GBP.EUR"]);
    assert.equal(desk.sink.line(turned.conId)?.status, "live");
  });
});

Deno.test("rates: a pair that IBKR lists neither way is made of two against the dollar", async () => {
  const book: Book = { listed: [GBP_USD, USD_MXN], cash: { MXN: 10, GBP: 5 }, accountCurrency: "GBP" };
  await onBook({}, book, (desk) => {
    assert.deepEqual(namesAsked(desk, "CASH"), ["GBP.MXN", "MXN.GBP", "USD.MXN", "GBP.USD"]);
    for (const { conId } of [GBP_USD, USD_MXN]) assert.equal(desk.sink.line(conId)?.status, "live");
  });
});

Deno.test("rates: the configured base currency comes before the account's, which is then converted too", async () => {
  const book: Book = { listed: [EUR_USD, USD_HKD, EUR_GBP], cash: { USD: 10, GBP: 5 } };
  await onBook({ baseCurrency: "EUR" }, book, (desk) => {
    assert.deepEqual(namesAsked(desk, "CASH").sort(), ["EUR.GBP", "EUR.USD"]);
  });
});

Deno.test("rates: a currency of another broker's account gets a line too", async () => {
  await onBook({}, { listed: [EUR_USD, USD_HKD], cash: { USD: 5_000 } }, async (desk) => {
    assert.deepEqual(namesAsked(desk, "CASH"), []);
    desk.feed.prioritise({ instruments: [], currencies: ["HKD", "USD"] });
    await desk.clock.advance(3_000);
    assert.deepEqual(namesAsked(desk, "CASH"), ["USD.HKD"]);
    assert.equal(desk.sink.line(USD_HKD.conId)?.status, "live");
  });
});

Deno.test("rates: a pair without a contract leaves the ledger's rate and disturbs nothing", async () => {
  await onBook({}, { held: [AAPL], listed: [], cash: { EUR: 1_000 } }, (desk) => {
    assert.equal(desk.sink.line(AAPL.conId)?.status, "live");
    assert.ok(desk.feed.readiness().complete);
    assert.deepEqual(desk.log.filter(({ level }) => level !== "INFO"), []);
    assert.equal(desk.sink.registry.all().length, 1, "a pair that does not exist is no instrument");
  });
});

Deno.test("rates: pairs and indices keep their lines when there are more holdings than lines", async () => {
  const held = Array.from({ length: 20 }, (_, i): ScriptedContract => ({
    conId: 5_000 + i,
    symbol: `S${i}`,
    secType: "STK",
  }));
  const options: DeskOptions = {
    settings: { marketDataLines: 10, rotationSeconds: 5 },
    indices: { volatility: "VIX", broad: "SPY" },
    betaReference: "SPY",
  };
  await onBook(options, { held, listed: [EUR_USD, VIX, SPY], cash: { EUR: 1 } }, async (desk) => {
    await desk.clock.advance(60_000);
    for (const { conId } of [EUR_USD, VIX, SPY]) assert.equal(desk.sink.line(conId)?.status, "live", `${conId}`);
    const open = new Set(linesAsked(desk));
    assert.ok(held.every(({ conId }) => open.has(conId)), "every holding had its turn");
    const cancelled = desk.gateway.asked(OUT.cancelMktData).map(({ fields }) => Number(fields[2]));
    for (const { conId } of [EUR_USD, VIX, SPY]) {
      assert.ok(!cancelled.includes(desk.gateway.lineOf(conId)), `${conId} was never given up`);
    }
  });
});

Deno.test("indices: the volatility index is asked for on CBOE, the fund as a stock", async () => {
  const options = { indices: { volatility: "VIX", broad: "SPY" } };
  await onBook(options, { listed: [VIX, SPY], cash: { USD: 1 } }, (desk) => {
    assert.equal(desk.sink.line(VIX.conId)?.status, "live");
    assert.equal(desk.sink.line(SPY.conId)?.status, "live");
    assert.equal(desk.sink.registry.at(desk.sink.indexOf(VIX.conId)).assetType, "INDEX");
  });
});

Deno.test("indices: an index by its own name is asked for where it is published", async () => {
  await onBook({ indices: { volatility: null, broad: "SPX" } }, { listed: [SPX, VIX], cash: { USD: 1 } }, (desk) => {
    assert.equal(desk.sink.line(SPX.conId)?.status, "live");
    assert.deepEqual(namesAsked(desk, "IND"), ["SPX.USD"], "no rule needs the volatility index");
  });
});

Deno.test("indices: a symbol that is no stock is tried as an index", async () => {
  const comp: ScriptedContract = { conId: 11_051, symbol: "COMP", secType: "IND", exchange: "NASDAQ" };
  await onBook({ indices: { volatility: null, broad: "COMP" } }, { listed: [comp], cash: { USD: 1 } }, (desk) => {
    assert.equal(desk.sink.line(comp.conId)?.status, "live");
  });
});

Deno.test("indices: one that IBKR does not know is named with the setting to correct, once", async () => {
  await onBook({ indices: { volatility: "VIXX", broad: null } }, { listed: [], cash: { USD: 1 } }, async (desk) => {
    desk.gateway.drop();
    await desk.clock.advance(5_000);
    const warnings = desk.log.filter(({ message }) => message.startsWith("Cannot judge signals on VIXX"));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!.message, /signals\.vix_symbol/);
  });
});

Deno.test("indices and pairs are asked for once, and get their lines again after a reconnect", async () => {
  const options = { indices: { volatility: "VIX", broad: null } };
  await onBook(options, { listed: [VIX, EUR_USD], cash: { EUR: 1 } }, async (desk) => {
    desk.gateway.drop();
    await desk.clock.advance(10_000);
    assert.deepEqual(namesAsked(desk, "IND"), ["VIX.USD"]);
    assert.deepEqual(namesAsked(desk, "CASH"), ["EUR.USD"]);
    for (const { conId } of [VIX, EUR_USD]) {
      assert.equal(desk.sink.line(conId)?.status, "live");
      assert.equal(linesAsked(desk).filter((each) => each === conId).length, 2);
    }
  });
});

Deno.test("the broker's daily P&L of a holding is not hidden by an account update that lacks it", async () => {
  await onDesk({}, async ({ clock, gateway, feed }) => {
    gateway.hold(AAPL, 10, 100);
    // The list of positions takes its time; account values are there long before it.
    gateway.script = ([kind]) => {
      if (kind !== OUT.positions) return false;
      clock.after(1_000, () => {
        gateway.sendPosition("DU1", AAPL, 10, 100);
        gateway.send(62, 1);
      });
      return true;
    };
    feed.start();
    await clock.advance(3_000);
    const asked = gateway.requests.map(({ fields }) => fields[0]);
    assert.ok(asked.includes(OUT.pnlSingle));
    assert.ok(asked.indexOf(OUT.pnlSingle) < asked.indexOf(OUT.accountData), "P&L is asked for first");
  });
});
