import assert from "node:assert/strict";
import { OpenDFault } from "../../../../src/infrastructure/futu/client/opend.ts";
import {
  type FutuStaticInfo,
  GET_POSITION_LIST,
  GET_STATIC_INFO,
} from "../../../../src/infrastructure/futu/wire/messages.ts";
import { account, FIRST, type FutuDesk, onFutuDesk, position, type Question } from "../scripted_opend.ts";

const HK = { secMarket: 1, trdMarket: 1, currency: 1 } as const;
const TCH = "TCH261230C640000";
const HSI = "HSI261230C20000000";

function told(code: string, owner: string, lotSize: number, strikePrice: number): FutuStaticInfo {
  return {
    basic: {
      security: { market: 1, code },
      id: 1,
      lotSize,
      secType: 8,
      name: code,
      listTime: "",
      delisting: null,
      listTimestamp: null,
      exchType: null,
    },
    warrantExData: null,
    optionExData: {
      type: 1,
      owner: { market: 1, code: owner },
      strikeTime: "2026-12-30",
      strikePrice,
      suspend: false,
      market: "HK",
      strikeTimestamp: null,
      indexOptionType: null,
    },
    futureExData: null,
  };
}

const onHongKong = (
  codes: readonly string[],
  test: (desk: FutuDesk) => Promise<void>,
  script?: (asked: Question) => unknown,
) =>
  onFutuDesk({ filterTrdmarket: "HK" }, (openD) => {
    openD.accounts = [account({ trdMarketAuthList: [1] })];
    openD.positions.set(FIRST, codes.map((code) => position(code, -2, HK)));
    openD.statics = [told(TCH, "00700", 100, 640)];
    if (script !== undefined) openD.script = script;
  }, test);

const held = ({ sink }: FutuDesk) =>
  sink.last("positions").rows.map(({ instrument }) => {
    const { symbol, assetType, multiplier, currency } = sink.registry.at(instrument);
    return [symbol, assetType, multiplier, currency];
  });

Deno.test("what a Hong Kong option is on is asked for before the positions are told", async () => {
  await onHongKong([TCH], async (desk) => {
    assert.deepEqual(held(desk), [["700", "OPTION", 100, "HKD"]]);
    assert.equal(desk.sink.of("positions").length, 1);
    await desk.clock.advance(60_000);
    assert.equal(desk.openD.questions(GET_STATIC_INFO).length, 1, "what is known is not asked for again");
  });
});

Deno.test("a contract that OpenD is slow to tell of is listed under its code, and takes its name later in the same place", async () => {
  let refuses = true;
  await onHongKong([TCH], async (desk) => {
    const { sink, clock } = desk;
    assert.deepEqual(held(desk), [[TCH, "UNKNOWN", 1, "HKD"]]);
    const { instrument } = sink.last("positions").rows[0]!;
    await clock.advance(60_000);
    assert.equal(desk.log.filter(({ message }) => message.includes("cannot be told yet")).length, 1);
    refuses = false;
    await clock.advance(20_000);
    assert.deepEqual(sink.of("instrument").map((event) => [event.instrument, event.fields.symbol]), [[
      instrument,
      "700",
    ]]);
    assert.equal(sink.last("positions").rows[0]?.instrument, instrument);
    assert.deepEqual(held(desk), [["700", "OPTION", 100, "HKD"]]);
  }, ({ name }) => {
    if (name === GET_STATIC_INFO.name && refuses) throw new OpenDFault("timeout", "OpenD did not answer in time");
  });
});

Deno.test("one code that OpenD does not know keeps no other from being told, and is said once", async () => {
  await onHongKong([HSI, TCH], async (desk) => {
    assert.deepEqual(held(desk), [[HSI, "UNKNOWN", 1, "HKD"], ["700", "OPTION", 100, "HKD"]]);
    await desk.clock.advance(60_000);
    const said = desk.log.filter(({ message }) => message.includes("cannot tell"));
    assert.deepEqual(said.map(({ data }) => data), [{ code: HSI }]);
    assert.ok(desk.openD.questions(GET_POSITION_LIST).length > 3);
  }, ({ name, question }) => {
    if (name !== GET_STATIC_INFO.name) return;
    const asked = question.securityList.map(({ code }: { code: string }) => code);
    if (asked.includes(HSI)) throw new OpenDFault("refused", `OpenD refuses Qot_GetStaticInfo: unknown ${HSI}`);
  });
});

Deno.test("a contract that another source named meanwhile has its place there from the next list on", async () => {
  let refuses = true;
  await onHongKong([TCH], async (desk) => {
    const { sink, clock } = desk;
    const elsewhere = sink.instrument({
      symbol: "700",
      underlying: "700",
      assetType: "OPTION",
      expiry: "2026-12-30",
      strike: 640,
      right: "C",
      currency: "HKD",
      multiplier: 100,
      tradingClass: "TCH",
      exchange: "SEHK",
      localSymbol: "TCH",
      conId: 77,
      priceMagnifier: 1,
      minTick: null,
    });
    refuses = false;
    await clock.advance(20_000);
    assert.equal(sink.last("positions").rows[0]?.instrument, elsewhere);
    assert.equal(sink.of("instrument").length, 0);
  }, ({ name }) => {
    if (name === GET_STATIC_INFO.name && refuses) throw new OpenDFault("timeout", "OpenD did not answer in time");
  });
});
