import assert from "node:assert/strict";
import { regressBeta } from "../../../src/domain/risk/beta.ts";
import { onStage, type Stage } from "./virtual_gateway.ts";
import { contractFields, type WireClient } from "./wire_client.ts";

const SCENARIO = `
market: { speed: 0 }
accounts:
  DU1: { currency: USD, cash: { USD: 100_000 } }
contracts:
  SPY: { con_id: 1, last: 660, close: 658.1, volatility: 0.16, correlation: 0.98 }
  TSLA: { con_id: 2, last: 398.6, close: 396.15, volatility: 0.5, correlation: 0.6 }
  ES: { type: FUT, expiry: quarter+0, con_id: 3, last: 6618.25, close: 6600.5, volatility: 0.16, correlation: 0.98 }
  ES-next: { type: FUT, symbol: ES, expiry: quarter+1, con_id: 4, last: 6670, close: 6650 }
  EUR.USD: { type: CASH, symbol: EUR, con_id: 5, last: 1.15, close: 1.14 }
  DARK: { con_id: 6, last: 50, permission: none }
  CALL: { type: OPT, underlying: TSLA, expiry: friday+1, strike: 400, right: C, iv: 0.5, con_id: 7 }
  PENCE: { con_id: 8, currency: GBP, last: 12.34, close: 12.2, price_magnifier: 100 }
`;

const onBars = (play: (stage: Stage) => Promise<void>) => onStage(SCENARIO, play);

interface Asked {
  readonly duration?: string;
  readonly bar?: string;
  readonly what?: string;
  readonly end?: string;
}

function ask(ib: WireClient, id: number, contract: Parameters<typeof contractFields>[0], asked: Asked = {}): void {
  const { duration = "1 Y", bar = "1 day", what = "TRADES", end = "" } = asked;
  ib.send(20, id, ...contractFields(contract), 0, end, bar, duration, 1, what, 1, 0, "");
}

/** Dates and closes of the answer with that number. */
function closesOf(ib: WireClient, id: number): { date: string; close: number }[] {
  const [, , , count, ...fields] = ib.all(17).find(([answered]) => answered === String(id)) ?? [];
  return Array.from({ length: Number(count) }, (_, i) => ({
    date: fields[i * 8]!.replace(/(\d{4})(\d\d)(\d\d)/, "$1-$2-$3"),
    close: Number(fields[i * 8 + 4]),
  }));
}

Deno.test("daily bars lead up to the previous close, and today's stands at the price of now", async () => {
  await onBars(async ({ client, clock }) => {
    const ib = await client();
    ask(ib, 10, { conId: 1, exchange: "SMART" });
    await clock.advance(10);
    const closes = closesOf(ib, 10);
    // The simulation runs on Friday 2026-11-20, in the session.
    assert.deepEqual(closes.slice(-2), [{ date: "2026-11-19", close: 658.1 }, { date: "2026-11-20", close: 660 }]);
    assert.equal(closes[0]!.date, "2025-11-20");
    // About 252 trading days; none on Thanksgiving.
    assert.ok(closes.length >= 250 && closes.length <= 254, `${closes.length} bars`);
    assert.ok(!closes.some(({ date }) => date === "2025-11-27"));
  });
});

Deno.test("the past has the scenario's volatility and correlation, so that betas come out plausibly", async () => {
  await onBars(async ({ client, clock }) => {
    const ib = await client();
    ask(ib, 10, { conId: 1 });
    ask(ib, 11, { conId: 2 });
    await clock.advance(10);
    const result = regressBeta(closesOf(ib, 11), closesOf(ib, 10), { windowDays: 250, minObservations: 200 });
    // 0.6 × 0.98 × 0.50 / 0.16 = 1.84; its standard error over 250 days is about 0.16.
    assert.equal(result.kind, "fitted");
    if (result.kind === "fitted") assert.ok(Math.abs(result.beta - 1.84) < 0.5, `beta ${result.beta}`);
  });
});

Deno.test("the past is the same whatever the seed and however often it is asked for", async () => {
  const seen: string[] = [];
  for (const seed of [1, 2]) {
    await onStage(SCENARIO, async ({ client, clock }) => {
      const ib = await client();
      ask(ib, 10, { conId: 2 });
      await clock.advance(20_000);
      ask(ib, 11, { conId: 2 });
      await clock.advance(10);
      seen.push(JSON.stringify(closesOf(ib, 10)), JSON.stringify(closesOf(ib, 11)));
    }, seed);
  }
  assert.equal(new Set(seen).size, 1);
});

Deno.test("a continuous future is the one that expires first; pence stay pence", async () => {
  await onBars(async ({ client, clock }) => {
    const ib = await client();
    ask(ib, 10, { symbol: "ES", secType: "CONTFUT", exchange: "CME" });
    ask(ib, 11, { conId: 8 });
    await clock.advance(10);
    assert.equal(closesOf(ib, 10).at(-2)!.close, 6600.5);
    assert.equal(closesOf(ib, 11).at(-2)!.close, 1220);
  });
});

Deno.test("what cannot be had is refused as TWS does it", async () => {
  await onBars(async ({ client, clock }) => {
    const ib = await client();
    ask(ib, 10, { conId: 999 });
    ask(ib, 11, { conId: 6 });
    ask(ib, 12, { conId: 7 });
    ask(ib, 13, { conId: 5 });
    ask(ib, 14, { conId: 1 }, { bar: "5 mins" });
    ask(ib, 15, { conId: 5 }, { what: "MIDPOINT" });
    await clock.advance(10);
    assert.deepEqual(ib.errors().filter(([id]) => id > 0), [[10, 200], [11, 162], [12, 162], [13, 162], [14, 321]]);
    assert.match(ib.all(4).find(([, id]) => id === "11")![3]!, /No market data permissions for .* STK/);
    assert.ok(closesOf(ib, 15).length > 200);
  });
});

Deno.test("the ration is TWS's: nothing twice within 15 s, and sixty in ten minutes", async () => {
  await onBars(async ({ client, clock }) => {
    const ib = await client();
    ask(ib, 10, { conId: 1 });
    ask(ib, 11, { conId: 1 });
    await clock.advance(10);
    assert.deepEqual(ib.errors().filter(([id]) => id > 0), [[11, 162]]);
    for (let i = 0; i < 58; i++) {
      ask(ib, 100 + i, { conId: 2 }, { duration: `${i + 1} D` });
      await clock.advance(1_000);
    }
    assert.equal(ib.errors().filter(([id]) => id >= 100).length, 0);
    ask(ib, 200, { conId: 2 }, { duration: "3 M" });
    await clock.advance(10);
    assert.match(ib.all(4).find(([, id]) => id === "200")![3]!, /pacing violation/);
    await clock.advance(600_000);
    ask(ib, 201, { conId: 2 }, { duration: "3 M" });
    await clock.advance(10);
    assert.ok(closesOf(ib, 201).length > 50);
  });
});
