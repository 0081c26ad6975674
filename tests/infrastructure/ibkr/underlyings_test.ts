import assert from "node:assert/strict";
import { type Desk, onDesk } from "./bench_desk.ts";
import { OUT, type ScriptedContract } from "./scripted_gateway.ts";

const SPX: ScriptedContract = { conId: 416904, symbol: "SPX", secType: "IND", exchange: "CBOE" };
const NDX: ScriptedContract = { conId: 416843, symbol: "NDX", secType: "IND", exchange: "NASDAQ" };
const RUT: ScriptedContract = { conId: 416888, symbol: "RUT", secType: "IND", exchange: "RUSSELL" };
const VIX: ScriptedContract = { conId: 13455763, symbol: "VIX", secType: "IND", exchange: "CBOE" };
const SPY: ScriptedContract = { conId: 756733, symbol: "SPY", secType: "STK" };
const AAPL: ScriptedContract = { conId: 265598, symbol: "AAPL", secType: "STK" };
const ESZ6: ScriptedContract = {
  conId: 649180695,
  symbol: "ES",
  secType: "FUT",
  expiry: "20261218",
  realExpirationDate: "20261218",
  multiplier: "50",
  exchange: "CME",
  localSymbol: "ESZ6",
};
const VXZ6: ScriptedContract = {
  conId: 700101,
  symbol: "VIX",
  secType: "FUT",
  expiry: "20261216",
  realExpirationDate: "20261216",
  multiplier: "1000",
  exchange: "CFE",
  localSymbol: "VXZ6",
  tradingClass: "VX",
};

let nextConId = 1;

function option(
  under: ScriptedContract,
  tradingClass: string,
  date: string,
  fields: Partial<ScriptedContract> = {},
): ScriptedContract {
  return {
    conId: nextConId++,
    symbol: under.symbol,
    secType: "OPT",
    expiry: `20${date}`,
    strike: 100,
    right: "C",
    multiplier: "100",
    tradingClass,
    localSymbol: `${tradingClass.padEnd(6)}${date}C00100000`,
    underConId: under.conId,
    ...fields,
  };
}

/** Held options, and everything they may be written on. */
async function onBook(
  held: readonly ScriptedContract[],
  known: readonly ScriptedContract[],
  test: (desk: Desk) => Promise<void> | void,
): Promise<void> {
  await onDesk({}, async (desk) => {
    for (const contract of known) desk.gateway.contracts.set(contract.conId, contract);
    for (const contract of held) desk.gateway.hold(contract, 1, 1);
    // The future of a date is asked for without a number.
    desk.gateway.script = (fields) => {
      const [kind, , id = "", conId, symbol, secType, date] = fields;
      if (kind !== OUT.contractData || secType !== "FUT" || conId !== "") return false;
      const found = known.find((each) => each.secType === "FUT" && each.symbol === symbol && each.expiry === date);
      if (found === undefined) desk.gateway.notice(200, "No security definition has been found", Number(id));
      else {
        desk.gateway.sendDetails(id, found);
        desk.gateway.send(52, 1, id);
      }
      return true;
    };
    desk.feed.start();
    await desk.clock.advance(2_000);
    await test(desk);
  });
}

/** The number of what an option is measured on now, and whether it stands in for something else. */
function measuredOn({ sink }: Desk, conId: number): { conId: number | null; standsIn: boolean } {
  const link = sink.of("underlying").filter(({ instrument }) => instrument === sink.indexOf(conId)).at(-1);
  assert.ok(link !== undefined, `option ${conId} is linked to nothing`);
  return { conId: sink.registry.at(link.underlying).conId, standsIn: link.standsIn === true };
}

for (
  const [words, tradingClass, under] of [
    ["SPX options settled in the morning", "SPX", SPX],
    ["SPX weeklies", "SPXW", SPX],
    ["NDX options", "NDX", NDX],
    ["NDX weeklies", "NDXP", NDX],
    ["RUT options", "RUT", RUT],
    ["RUT weeklies", "RUTW", RUT],
    ["options on a fund", "SPY", SPY],
    ["adjusted options under the stock's own symbol", "AAPL1", AAPL],
  ] as const
) {
  Deno.test(`${words} add up under ${under.symbol} and are measured on its price`, async () => {
    const held = option(under, tradingClass, "261218");
    await onBook([held], [under], (desk) => {
      const { underlying, tradingClass: kept } = desk.sink.registry.at(desk.sink.indexOf(held.conId));
      assert.deepEqual([underlying, kept], [under.symbol, tradingClass]);
      assert.deepEqual(measuredOn(desk, held.conId), { conId: under.conId, standsIn: false });
    });
  });
}

Deno.test("adjusted options with a symbol of their own add up under the stock that their details name", async () => {
  const held = option(AAPL, "AAPL1", "261218", { symbol: "AAPL1", underSymbol: "AAPL" });
  await onBook([held], [AAPL], (desk) => {
    assert.equal(desk.sink.registry.at(desk.sink.indexOf(held.conId)).underlying, "AAPL");
    assert.deepEqual(measuredOn(desk, held.conId), { conId: AAPL.conId, standsIn: false });
  });
});

for (const tradingClass of ["ES", "EW", "E1A", "EW3"]) {
  Deno.test(`futures options of class ${tradingClass} add up under ES and are measured on the one future`, async () => {
    const held = option(ESZ6, tradingClass, "261204", {
      secType: "FOP",
      multiplier: "50",
      localSymbol: `${tradingClass}Z6 C6600`,
      underSymbol: "ESZ6",
      realExpirationDate: "20261204",
    });
    await onBook([held], [ESZ6], (desk) => {
      const { underlying, expiry } = desk.sink.registry.at(desk.sink.indexOf(held.conId));
      assert.deepEqual([underlying, expiry], ["ES", "2026-12-04"]);
      assert.deepEqual(measuredOn(desk, held.conId), { conId: ESZ6.conId, standsIn: false });
    });
  });
}

Deno.test("VIX options are measured on the VIX future that comes due with them, held or not", async () => {
  const first = option(VIX, "VIX", "261216");
  const second = option(VIX, "VIX", "261216", { right: "P", localSymbol: "VIX   261216P00100000" });
  await onBook([first, second], [VIX, VXZ6], (desk) => {
    for (const { conId } of [first, second]) {
      assert.deepEqual(measuredOn(desk, conId), { conId: VXZ6.conId, standsIn: false });
    }
    // Asked for once for both, and streamed.
    assert.equal(desk.gateway.asked(OUT.contractData).filter(({ fields }) => fields[5] === "FUT").length, 1);
    assert.equal(desk.sink.line(VXZ6.conId)?.status, "live");
  });
});

Deno.test("VIX weeklies without a future of their date are measured on the index, which is said to stand in", async () => {
  const weekly = option(VIX, "VIXW", "261209");
  const monthly = option(VIX, "VIX", "261216");
  await onBook([weekly, monthly], [VIX, VXZ6], (desk) => {
    assert.deepEqual(measuredOn(desk, weekly.conId), { conId: VIX.conId, standsIn: true });
    assert.deepEqual(measuredOn(desk, monthly.conId), { conId: VXZ6.conId, standsIn: false });
  });
});

Deno.test("a VIX future that IBKR knows only after a reconnect takes the index's place", async () => {
  const held = option(VIX, "VIX", "261216");
  const known = [VIX];
  await onBook([held], known, async (desk) => {
    assert.deepEqual(measuredOn(desk, held.conId), { conId: VIX.conId, standsIn: true });
    known.push(VXZ6);
    desk.gateway.drop();
    await desk.clock.advance(5_000);
    assert.deepEqual(measuredOn(desk, held.conId), { conId: VXZ6.conId, standsIn: false });
  });
});

Deno.test("an expired VIX option of which IBKR knows nothing is never measured on another date's future", async () => {
  const expired = option(VIX, "VIX", "261118");
  const held = option(VIX, "VIX", "261216");
  await onBook([held], [VIX, VXZ6], async (desk) => {
    desk.gateway.sendPosition("DU1", expired, 1, 1);
    await desk.clock.advance(2_000);
    const linked = desk.sink.of("underlying").map(({ instrument }) => desk.sink.registry.at(instrument).conId);
    assert.deepEqual(linked, [held.conId]);
  });
});
