import assert from "node:assert/strict";
import type { Contract } from "@stoqey/ib/dist/api/contract/contract.js";
import fc from "../../../support/property.ts";
import { instrumentKey } from "../../../../src/domain/instrument.ts";
import { parseFutuCode } from "../../../../src/infrastructure/futu/contracts/contract_of_code.ts";
import { type FutuCode, FutuInstruments } from "../../../../src/infrastructure/futu/contracts/instruments.ts";
import { CURRENCY } from "../../../../src/infrastructure/futu/wire/codes.ts";
import type { FutuStaticInfo } from "../../../../src/infrastructure/futu/wire/messages.ts";
import { decodeContract } from "../../../../src/infrastructure/ibkr/decode/contract.ts";

const HK = 1, US = 2, SH = 31, SZ = 32, SG = 41, JP = 51, AU = 61;
const HKCC = 4, FUTURES = 5;
const HKD = 1, USD = 2, CNH = 3, JPY = 4, SGD = 5, AUD = 6;

function row(
  code: string,
  secMarket: number | null,
  currency: number | null = null,
  trdMarket: number | null = null,
): FutuCode {
  return { code, secMarket, currency, trdMarket };
}

type Told = Partial<Omit<FutuStaticInfo, "basic">> & { readonly secType: number; readonly lotSize?: number };

function info(market: number, code: string, told: Told): FutuStaticInfo {
  const { secType, lotSize = 0, ...terms } = told;
  const basic = {
    security: { market, code },
    id: 1,
    lotSize,
    secType,
    name: code,
    listTime: "",
    delisting: null,
    listTimestamp: null,
    exchType: null,
  };
  return { basic, warrantExData: null, optionExData: null, futureExData: null, ...terms };
}

function optionTerms(owner: string, strikePrice: number, strikeTime: string, market = 1) {
  return {
    type: 1,
    owner: { market, code: owner },
    strikeTime,
    strikePrice,
    suspend: false,
    market: "",
    strikeTimestamp: null,
    indexOptionType: null,
  };
}

function futureTerms(lastTradeTime: string, isMainContract = false) {
  return { lastTradeTime, lastTradeTimestamp: null, isMainContract };
}

const TCH = { secType: 8, lotSize: 100, optionExData: optionTerms("00700", 600, "2026-12-30") };

/** The key that IB's message of the same contract leads to. */
function ibKey(contract: Record<string, unknown>): string {
  return instrumentKey(decodeContract(contract as Contract));
}

function stock(symbol: string, currency: string) {
  return { secType: "STK", symbol, currency, tradingClass: "NMS", exchange: "SMART", multiplier: 0 };
}

function usOption(symbol: string, tradingClass: string, localSymbol: string, right: string, strike: number) {
  return { secType: "OPT", symbol, tradingClass, localSymbol, right, strike, currency: "USD", multiplier: 100 };
}

const CLEAR: readonly (readonly [FutuCode, Record<string, unknown>])[] = [
  [row("AAPL", US, USD), stock("AAPL", "USD")],
  [row("SPY", US), stock("SPY", "USD")],
  [row("SPY", null, null, 2), stock("SPY", "USD")],
  [row("BRK.B", US, USD), stock("BRK B", "USD")],
  [row("AAPL261218C150000", US, USD), usOption("AAPL", "AAPL", "AAPL  261218C00150000", "C", 150)],
  [row("F261218P12370", US), usOption("F", "F", "F     261218P00012370", "P", 12.37)],
  [row("SPXW261218P6500000", US, USD), usOption("SPX", "SPXW", "SPXW  261218P06500000", "P", 6500)],
  [row(".SPXW261218P6500000", US, USD), usOption("SPX", "SPXW", "SPXW  261218P06500000", "P", 6500)],
  [row("SPX261218P6500000", US, USD), usOption("SPX", "SPX", "SPX   261218P06500000", "P", 6500)],
  [row("BRK.B261218C500000", US, USD), usOption("BRK B", "BRKB", "BRKB  261218C00500000", "C", 500)],
  [row("BRKB261218C500000", US, USD), usOption("BRK B", "BRKB", "BRKB  261218C00500000", "C", 500)],
  [row("00700", HK, HKD), stock("700", "HKD")],
  [row("02800", HK), stock("2800", "HKD")],
  [row("80700", HK, CNH), stock("80700", "CNH")],
  [row("80700", HK), stock("80700", "CNH")],
  [row("600519", SH, CNH, HKCC), stock("600519", "CNH")],
  [row("600519", null, null, HKCC), stock("600519", "CNH")],
  [row("000001", SZ, CNH, HKCC), stock("000001", "CNH")],
  [row("D05", SG, SGD), stock("D05", "SGD")],
  [row("7203", JP, JPY), stock("7203", "JPY")],
  [row("285A", JP), stock("285A", "JPY")],
  [row("BHP", AU, AUD), stock("BHP", "AUD")],
];

Deno.test("a code that says all there is to say has the key of IB's message of the same contract", () => {
  for (const [futu, ib] of CLEAR) {
    const parsed = parseFutuCode(futu);
    assert(parsed.kind === "known", `${futu.code}: ${parsed.kind}`);
    assert.equal(instrumentKey(parsed.instrument), ibKey(ib), futu.code);
    assert.equal(parsed.instrument.localSymbol, futu.code);
  }
});

Deno.test("a share of the mainland is asked for at the exchange that IBKR has for its board", () => {
  const boards = [
    [SH, "600519", "SEHKNTL"],
    [SH, "510300", "SEHKNTL"],
    [SH, "688981", "SEHKSTAR"],
    [SH, "689009", "SEHKSTAR"],
    [SZ, "000001", "SEHKSZSE"],
    [SZ, "159915", "SEHKSZSE"],
    [SZ, "300750", "CHINEXT"],
    [SZ, "301236", "CHINEXT"],
    [SZ, "302132", "CHINEXT"],
  ] as const;
  for (const [market, code, exchange] of boards) {
    const parsed = parseFutuCode(row(code, market, CNH, HKCC));
    assert(parsed.kind === "known", code);
    assert.equal(parsed.instrument.exchange, exchange, code);
  }
});

function hkOption(symbol: string, tradingClass: string, expiry: string, strike: number, multiplier: number) {
  const lastTradeDateOrContractMonth = expiry;
  return {
    secType: "OPT",
    symbol,
    tradingClass,
    lastTradeDateOrContractMonth,
    strike,
    right: "C",
    currency: "HKD",
    multiplier,
  };
}

function future(symbol: string, tradingClass: string, lastTradeDate: string, currency: string, multiplier: number) {
  return { secType: "FUT", symbol, tradingClass, lastTradeDateOrContractMonth: lastTradeDate, currency, multiplier };
}

const TOLD: readonly (readonly [FutuCode, FutuStaticInfo, Record<string, unknown>])[] = [
  [row("TCH261230C600000", HK, HKD), info(1, "TCH261230C600000", TCH), hkOption("700", "TCH", "20261230", 600, 100)],
  [
    row("A50261230C15500", HK),
    info(1, "A50261230C15500", {
      secType: 8,
      lotSize: 5000,
      optionExData: optionTerms("02823", 15.5, "2026-12-30 00:00:00"),
    }),
    hkOption("2823", "A50", "20261230", 15.5, 5000),
  ],
  [
    row("HSI261230C25000000", HK, HKD),
    info(1, "HSI261230C25000000", {
      secType: 8,
      lotSize: 50,
      optionExData: optionTerms("800000", 25000, "2026-12-30"),
    }),
    hkOption("HSI", "HSI", "20261230", 25000, 50),
  ],
  [
    row("HHI261230C9000000", HK, HKD),
    info(1, "HHI261230C9000000", { secType: 8, lotSize: 50, optionExData: optionTerms("800100", 9000, "2026-12-30") }),
    hkOption("HHI.HK", "HHI", "20261230", 9000, 50),
  ],
  [
    row("AAPL1261218C150000", US, USD),
    info(11, "AAPL1261218C150000", {
      secType: 8,
      lotSize: 100,
      optionExData: optionTerms("AAPL", 150, "2026-12-18", 11),
    }),
    usOption("AAPL", "AAPL1", "AAPL1 261218C00150000", "C", 150),
  ],
  [
    row("ES2612", US, USD, FUTURES),
    info(11, "ES2612", { secType: 10, lotSize: 50, futureExData: futureTerms("2026-12-18") }),
    future("ES", "ES", "20261218", "USD", 50),
  ],
  [
    row("6E2612", US, USD, FUTURES),
    info(11, "6E2612", { secType: 10, lotSize: 125_000, futureExData: futureTerms("2026-12-14 09:16:00") }),
    future("EUR", "6E", "20261214", "USD", 125_000),
  ],
  [
    row("HSI2612", HK, HKD, FUTURES),
    info(1, "HSI2612", { secType: 10, lotSize: 50, futureExData: futureTerms("2026-12-30") }),
    future("HSI", "HSI", "20261230", "HKD", 50),
  ],
  [
    row("MCH2612", HK, null, FUTURES),
    info(2, "MCH2612", { secType: 10, lotSize: 10, futureExData: futureTerms("2026-12-30") }),
    future("MCH.HK", "MCH", "20261230", "HKD", 10),
  ],
  [row("02999", HK, HKD), info(1, "02999", { secType: 3, lotSize: 100 }), stock("2999", "HKD")],
];

Deno.test("a code that leaves something open has IB's key once OpenD has told, and none before", () => {
  for (const [futu, told, ib] of TOLD) {
    const instruments = new FutuInstruments(new Map());
    assert.equal(instruments.of(futu), null, futu.code);
    const asked = instruments.pending();
    assert.deepEqual(asked.map(({ code }) => code), [futu.code]);
    instruments.learn(asked, [told]);
    const instrument = instruments.of(futu);
    assert(instrument !== null, `${futu.code} is pending`);
    assert.equal(instrumentKey(instrument), ibKey(ib), `${futu.code}: ${instruments.whyUnknown(futu)}`);
    assert.deepEqual(instruments.pending(), []);
    assert.equal(instruments.whyUnknown(futu), null);
  }
});

Deno.test("static information is asked for by its own number of the market", () => {
  const instruments = new FutuInstruments(new Map());
  for (
    const [code, secMarket] of [["TCH261230C600000", HK], ["XYZ1261218C1000", US], ["110059", SH], ["128136", SZ], [
      "NK2252612",
      JP,
    ]] as const
  ) {
    instruments.of(row(code, secMarket));
  }
  assert.deepEqual(instruments.pending().map(({ market }) => market), [1, 11, 21, 22, 41]);
});

Deno.test("each contract is asked for once, however many rows name it", () => {
  const instruments = new FutuInstruments(new Map());
  const option = row("TCH261230C600000", HK, HKD);
  instruments.of(option);
  instruments.of({ ...option, currency: null });
  assert.deepEqual(instruments.pending(), [{ market: 1, code: option.code }]);
});

Deno.test("where OpenD does not tell of an option of Hong Kong, the configured root does", () => {
  const instruments = new FutuInstruments(new Map([["TCH", { underlying: "700", multiplier: 100 }]]));
  const option = row("TCH261230C600000", HK, HKD);
  assert.equal(instruments.of(option), null);
  instruments.giveUp(instruments.pending(), "no right");
  assert.equal(instrumentKey(instruments.of(option)!), ibKey(hkOption("700", "TCH", "20261230", 600, 100)));
  assert.equal(instruments.of(option)?.exchange, "SEHK");
});

Deno.test("what OpenD tells goes before the configured root", () => {
  const instruments = new FutuInstruments(new Map([["TCH", { underlying: "701", multiplier: 500 }]]));
  const option = row("TCH261230C600000", HK, HKD);
  instruments.of(option);
  instruments.learn(instruments.pending(), [info(1, option.code, TCH)]);
  assert.deepEqual([instruments.of(option)?.symbol, instruments.of(option)?.multiplier], ["700", 100]);
});

Deno.test("an answer that leaves a contract out makes it unknown, until it is asked for again", () => {
  const instruments = new FutuInstruments(new Map());
  const option = row("TCH261230C600000", HK, HKD);
  instruments.of(option);
  instruments.learn(instruments.pending(), []);
  const unknown = instruments.of(option);
  assert.deepEqual(
    [unknown?.assetType, unknown?.symbol, unknown?.localSymbol, unknown?.currency],
    ["UNKNOWN", option.code, option.code, "HKD"],
  );
  assert.equal(
    instruments.whyUnknown(option),
    "TCH261230C600000: its code alone does not say what it is, and OpenD says nothing of it",
  );
  instruments.askAgain();
  assert.equal(instruments.of(option), null);
  assert.equal(instruments.pending().length, 1);
});

const UNTOLD: readonly (readonly [FutuCode, FutuStaticInfo, RegExp])[] = [
  [
    row("ESmain", US, USD, FUTURES),
    info(11, "ESmain", { secType: 10, lotSize: 50, futureExData: futureTerms("", true) }),
    /whichever month is the main one/,
  ],
  [
    row("ZC2612", US, USD, FUTURES),
    info(11, "ZC2612", { secType: 10, lotSize: 5000, futureExData: futureTerms("2026-12-14") }),
    /quoted in cents/,
  ],
  [
    row("ES2612", US, USD, FUTURES),
    info(11, "ES2612", { secType: 10, lotSize: 0, futureExData: futureTerms("2026-12-18") }),
    /multiplier is not told/,
  ],
  [row("TCH261230C600000", HK, HKD), info(1, "TCH261230C600000", { ...TCH, lotSize: 0 }), /multiplier is not told/],
  [
    row("TCH261230C600000", HK, HKD),
    info(1, "TCH261230C600000", { ...TCH, optionExData: optionTerms("00700", 60, "2026-12-30") }),
    /a strike of 60 on 2026-12-30, and its code of another/,
  ],
  [
    row("TCH261230C600000", HK, HKD),
    info(1, "TCH261230C600000", { ...TCH, optionExData: optionTerms("00700", 600, "2026-12-29") }),
    /on 2026-12-29, and its code of another/,
  ],
  [
    row("CUS2612", HK, null, FUTURES),
    info(1, "CUS2612", { secType: 10, lotSize: 100_000, futureExData: futureTerms("2026-12-14") }),
    /currency .* is not told/,
  ],
  [row("04221", HK, HKD), info(1, "04221", { secType: 1, lotSize: 100 }), /it is a bond/],
  [row("800000", HK, HKD), info(1, "800000", { secType: 6 }), /type 6, which APEX does not know/],
];

Deno.test("what cannot be told, even with static information, is of an unknown type under its code, and why is said", () => {
  for (const [futu, told, why] of UNTOLD) {
    const instruments = new FutuInstruments(new Map());
    instruments.of(futu);
    instruments.learn(instruments.pending(), [told]);
    assert.equal(instruments.of(futu)?.assetType, "UNKNOWN", futu.code);
    assert.match(instruments.whyUnknown(futu) ?? "", why);
  }
});

Deno.test("without static information there is no guess where the row's numbers leave a doubt", () => {
  for (
    const [futu, why] of [
      [row("BTC", 101, USD), /market \(101\)/],
      [row("AAPL", null, USD), /market \(null\)/],
      [row("D05", SG), /currency .* is not told/],
      [row("09834", HK), /currency .* is not told/],
      [row("AAPL", US, 99), /currency .* is not told/],
      [row("", US, USD), /no code/],
    ] as const
  ) {
    const parsed = parseFutuCode(futu);
    assert(parsed.kind === "unknown", futu.code);
    assert.match(parsed.why, why);
    assert.equal(parsed.instrument.localSymbol, futu.code);
  }
});

Deno.test("codes whose form other kinds of contracts share are asked for", () => {
  for (
    const futu of [
      row("12345", HK, HKD),
      row("67890", HK, HKD),
      row("02950", HK, HKD),
      row("05001", HK, HKD),
      row("86618", HK, CNH),
      row("ABCDW", US, USD),
      row("XYZ.WS", US, USD),
      row("AAPL7261218C150000", US, USD),
      row("AAPL260230C150000", US, USD),
      row("113050", SH, CNH),
      row("DRXW", SG, SGD),
      row("CN2612", SG, USD),
      row("BHPWOA", AU, AUD),
      row("ES", US, USD, FUTURES),
    ]
  ) assert.equal(parseFutuCode(futu).kind, "needs-static", futu.code);
});

Deno.test("warrants and bull and bear contracts go by their code, with their right and what they are written on", () => {
  for (const [type, right] of [[1, "C"], [2, "P"], [3, "C"], [4, "P"], [5, null]] as const) {
    const instruments = new FutuInstruments(new Map());
    const futu = row("12345", HK, HKD);
    instruments.of(futu);
    const owner = { market: 1, code: "00700" };
    instruments.learn(instruments.pending(), [
      info(1, "12345", { secType: 5, lotSize: 10_000, warrantExData: { type, owner } }),
    ]);
    const warrant = instruments.of(futu);
    assert.deepEqual(
      [warrant?.assetType, warrant?.symbol, warrant?.underlying, warrant?.right, warrant?.multiplier],
      ["WARRANT", "12345", "700", right, 1],
    );
  }
});

Deno.test("a fund is known by its account's market", () => {
  const parsed = parseFutuCode(row("HK0000369188", null, HKD, 113));
  assert(parsed.kind === "known");
  assert.deepEqual([parsed.instrument.assetType, parsed.instrument.currency], ["FUND", "HKD"]);
});

Deno.test("any option of the United States comes back from its code as it was", () => {
  const root = fc.stringMatching(/^[A-Z]{1,5}$/);
  const day = fc.date({ min: new Date("2020-01-01"), max: new Date("2049-12-31"), noInvalidDate: true });
  const thousandths = fc.integer({ min: 1, max: 99_999_999 });
  fc.assert(
    fc.property(root, day, fc.constantFrom("C" as const, "P" as const), thousandths, (name, at, right, strike) => {
      const expiry = at.toISOString().slice(0, 10);
      const yymmdd = expiry.slice(2).replaceAll("-", "");
      const parsed = parseFutuCode(row(`${name}${yymmdd}${right}${strike}`, US, USD));
      assert(parsed.kind === "known");
      const { tradingClass, multiplier, ...instrument } = parsed.instrument;
      assert.deepEqual(
        [tradingClass, instrument.expiry, instrument.right, instrument.strike, multiplier, instrument.currency],
        [name, expiry, right, strike / 1000, 100, "USD"],
      );
      const occ = `${name.padEnd(6)}${yymmdd}${right}${String(strike).padStart(8, "0")}`;
      assert.equal(
        instrumentKey(parsed.instrument),
        ibKey(usOption(instrument.symbol, name, occ, right, strike / 1000)),
      );
    }),
  );
});

Deno.test("no row makes it throw, and what is known has a currency and a key of its own", () => {
  const market = fc.option(
    fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 8, 10, 15, 31, 32, 41, 51, 61, 71, 81, 91, 101, 111, 113, 999),
  );
  const code = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.stringMatching(/^[A-Z0-9.]{1,8}\d{6}[CP]\d{1,8}$/),
    fc.stringMatching(/^\d{4,6}$/),
  );
  const any = fc.record({ code, secMarket: market, trdMarket: market, currency: fc.option(fc.nat({ max: 12 })) });
  fc.assert(
    fc.property(any, (futu) => {
      const instruments = new FutuInstruments(new Map());
      const instrument = instruments.of(futu);
      if (instrument === null) {
        instruments.giveUp(instruments.pending(), "it does not say");
        assert.equal(instruments.of(futu)?.assetType, "UNKNOWN");
        return;
      }
      assert.equal(instrument.assetType === "UNKNOWN", instruments.whyUnknown(futu) !== null);
      if (instrument.assetType !== "UNKNOWN") assert(Object.values(CURRENCY).includes(instrument.currency));
    }),
    { numRuns: 500 },
  );
});
