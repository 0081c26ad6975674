import assert from "node:assert/strict";
import { loadFutuScenario } from "../../../../src/infrastructure/simulator/futu/load_scenario.ts";
import { ScenarioError } from "../../../../src/infrastructure/simulator/scenario_reader.ts";
import { GENERAL, SMALL_BOOK } from "./small_book.ts";
import { onFutuStage } from "./virtual_open_d.ts";

const DEMO = await Deno.readTextFile(new URL("../../../../config/scenarios/futu-demo.yaml", import.meta.url));

Deno.test("the demo scenario has a general, an old, a closed and a paper account, and the kinds of codes there are", async () => {
  const demo = loadFutuScenario(DEMO, "futu-demo.yaml");
  assert.deepEqual(demo.accounts.map(({ env, general, active }) => [env, general, active]), [
    ["REAL", true, true],
    ["REAL", false, true],
    ["REAL", false, false],
    ["SIMULATE", false, true],
  ]);
  await onFutuStage(DEMO, ({ openD }) => {
    const [general] = openD.truth();
    assert.deepEqual(general?.positions.map(({ code }) => code), [
      "AAPL",
      "AAPL261218C280000",
      "AAPL1270115C250000",
      "BRK.B270115P490000",
      "SPXW261211P6400000",
      "00700",
      "TCH261230C640000",
    ]);
    assert.deepEqual([general?.orders.length, general?.deals.length], [253, 303]);
    return Promise.resolve();
  });
});

Deno.test("two runs of a seed have the same prices at the same times; another seed has others", async () => {
  const prices = async (seed: number) => {
    const seen: number[][] = [];
    await onFutuStage(DEMO, async ({ openD, clock }) => {
      for (const ms of [0, 700, 5_000, 3_600_000]) {
        await clock.advance(ms);
        seen.push(openD.truth()[0]!.positions.map(({ price }) => price));
      }
    }, { seed });
    return seen;
  };
  const first = await prices(1);
  assert.deepEqual(await prices(1), first);
  const other = await prices(2);
  assert.deepEqual(other[0], first[0]);
  assert.notDeepEqual(other[3], first[3]);
  assert.notDeepEqual(first[3], first[0]);
  // An hour of a name at 25 % a year: well within five standard deviations of 0.6 %.
  const moved = Math.abs(first[3]![0]! / first[0]![0]! - 1);
  assert.ok(moved < 0.03, `${moved}`);
});

Deno.test("past orders are the same every start, on weekdays of their time, with their deals in order", async () => {
  const history = async (start: number) => {
    let made: unknown;
    await onFutuStage(SMALL_BOOK, ({ openD }) => {
      const { orders, deals } = openD.truth()[0]!;
      made = { orders: orders.slice(0, 250), deals: deals.slice(0, 300) };
      return Promise.resolve();
    }, { start });
    return made as { orders: { createdAt: number; orderIDEx: string }[]; deals: { at: number; orderIDEx: string }[] };
  };
  const one = await history(Date.UTC(2026, 10, 20, 15, 30));
  assert.deepEqual(await history(Date.UTC(2026, 10, 23, 2)), one);
  for (const { createdAt } of one.orders) {
    assert.ok(createdAt >= Date.UTC(2026, 2, 2) && createdAt < Date.UTC(2026, 10, 14));
    assert.ok(![0, 6].includes(new Date(createdAt).getUTCDay()));
  }
  const created = new Map(one.orders.map(({ orderIDEx, createdAt }) => [orderIDEx, createdAt]));
  assert.ok(one.deals.every(({ orderIDEx, at }) => at > created.get(orderIDEx)!));
});

Deno.test("every fault of a scenario is listed with its line, key, value and the nearest name", () => {
  const text = `
opend: { keep_alive: 5ms, push_copys: 2 }
market: { rates_in_hkd: { USB: 8 } }
contracts:
  CALL: { type: OPTION, underlying: AAPL, expiry: someday, strike: 280, right: C, last: 3 }
  AAPL: { last: 270 }
  .SPX: { type: INDEX, last: 6600 }
accounts:
  DU1: { markets: [USA] }
  "${GENERAL}": { general: true, markets: [HK, US], cash: { EUR: 5 } }
positions:
  - { account: "${GENERAL}", contract: .SPX, quantity: 1, avg_price: 1 }
  - { account: "281756479345015384", contract: AAPL, quantity: 1, avg_price: 1 }
history:
  - { account: "${GENERAL}", contracts: [AAPL], orders: 5, deals: 5, from: 2026-05-01, to: 2026-04-01 }
events:
  - { at: 5s, kind: garbage, form: odd }
  - { at: 5s, kind: price, contract: AAPL }
`;
  const faults = faultsOf(text);
  const expected: readonly (readonly [number, string, RegExp])[] = [
    [2, "opend.keep_alive", /at least 1s/],
    [2, "opend.push_copys", /no known key; did you mean push_copies\?/],
    [3, "market.rates_in_hkd", /USB is no currency/],
    [5, "contracts.CALL.underlying", /AAPL must stand before CALL/],
    [5, "contracts.CALL.expiry", /must be \+Nd/],
    [9, "accounts.DU1", /whole number/],
    [9, "accounts.DU1.markets", /"USA" is none of HK, US/],
    [10, `accounts.${GENERAL}.cash`, /what EUR is worth/],
    [12, "positions[0].contract", /".SPX" is no contract that can be held/],
    [13, "positions[1].account", /is no account of this scenario; did you mean 281756479345015383\?/],
    [15, "history[0].to", /must not be before 2026-05-01/],
    [17, "events[0].form", /bad-sha, truncated/],
    [18, "events[1].kind", /either price or change/],
  ];
  for (const [line, path, problem] of expected) {
    assert.ok(
      faults.some((fault) => fault.line === line && fault.path === path && problem.test(fault.problem)),
      `${line} ${path} ${problem} is not among\n${faults.map((fault) => JSON.stringify(fault)).join("\n")}`,
    );
  }
});

Deno.test("account numbers keep all their digits, quoted or not", () => {
  const { accounts } = loadFutuScenario(SMALL_BOOK.replaceAll(`"${GENERAL}"`, GENERAL), "small.yaml");
  assert.equal(accounts[0]?.id, GENERAL);
});

function faultsOf(text: string): ScenarioError["faults"] {
  try {
    loadFutuScenario(text, "faulty.yaml");
  } catch (fault) {
    if (fault instanceof ScenarioError) return fault.faults;
    throw fault;
  }
  return [];
}
