import assert from "node:assert/strict";
import { loadScenario } from "../../../src/infrastructure/simulator/load_scenario.ts";
import { ScenarioError } from "../../../src/infrastructure/simulator/scenario_reader.ts";

function faultsOf(text: string): readonly string[] {
  try {
    loadScenario(text, "drill.yaml");
  } catch (cause) {
    assert.ok(cause instanceof ScenarioError);
    return cause.message.split("\n").slice(1).map((line) => line.trim());
  }
  return [];
}

const DEMO = await Deno.readTextFile(new URL("../../../config/scenarios/demo.yaml", import.meta.url));

Deno.test("the demo scenario is 25 contracts in 32 lots over 8 names and two accounts", () => {
  const demo = loadScenario(DEMO, "demo.yaml");
  assert.deepEqual(demo.accounts.map(({ id }) => id), ["DU1", "DU2"]);
  assert.equal(demo.positions.length, 32);
  const held = new Set(demo.positions.map(({ contract }) => contract));
  assert.equal(held.size, 25);
  const names = new Set(demo.contracts.filter(({ id }) => held.has(id)).map(({ symbol }) => symbol));
  assert.deepEqual([...names].sort(), ["AAPL", "ES", "EUR", "NVDA", "SAP", "SPX", "SPY", "TSLA"]);
  const some = (what: (contract: typeof demo.contracts[number]) => boolean) => demo.contracts.filter(what).length;
  assert.equal(some(({ permission }) => permission === "none"), 1);
  assert.equal(some(({ greeks }) => greeks === "none"), 1);
  assert.ok(some(({ expiry }) => expiry?.rule === "days" && expiry.count === 0) > 0, "a 0DTE");
});

Deno.test("every fault of a scenario is listed with its line, key, value and the nearest name", () => {
  const faults = faultsOf(`accounts:
  DU1: { currency: USD, cash: { EUR: 1 }, margn: {} }
contracts:
  TSLA: { last: four hundred, primary_exchange: NASDAQ }
  CALL: { type: OPT, underlying: TSLA, expiry: next week, strike: 400, right: X, iv: 0.5 }
positions:
  - { account: DU9, contract: TSL, quantity: 10 }
  - { account: DU1, contract: TSLA, quantity: 10, avg_price: 1 }
  - { account: DU1, contract: TSLA, quantity: 20, avg_price: 1 }
events:
  - { at: soon, kind: drop }
  - { at: 5s, kind: explode }
  - { at: 6s, kind: price, contract: TSLA }
  - { at: 7s, kind: garbage, form: noise }
`);
  const expected = [
    /^drill\.yaml:2:\d+: accounts\.DU1\.margn: is no known key; did you mean margin\?/,
    /^drill\.yaml:4:17: contracts\.TSLA\.last: must be a number of at least 1e-8, found "four hundred"/,
    /^drill\.yaml:5:\d+: contracts\.CALL\.expiry: must be \+Nd, .* found "next week"/,
    /^drill\.yaml:5:\d+: contracts\.CALL\.right: must be one of C, P, found "X"/,
    /^drill\.yaml:7:\d+: positions\[0\]\.account: "DU9" is no account of this scenario; did you mean DU1\?/,
    /^drill\.yaml:7:\d+: positions\[0\]\.contract: "TSL" is no contract of this scenario; did you mean TSLA\?/,
    /^drill\.yaml:7:\d+: positions\[0\]\.avg_price: is missing/,
    /^drill\.yaml:9:\d+: positions\[2\]\.contract: DU1 holds TSLA twice/,
    /^drill\.yaml:11:\d+: events\[0\]\.at: must be a span such as .* found "soon"/,
    /^drill\.yaml:12:\d+: events\[1\]\.kind: must be one of .* found "explode"/,
    /^drill\.yaml:13:\d+: events\[2\]\.kind: needs either price or change/,
    /^drill\.yaml:14:\d+: events\[3\]\.form: must be one of negative-length, .* found "noise"/,
  ];
  for (const pattern of expected) {
    assert.ok(faults.some((fault) => pattern.test(fault)), `${pattern} is not among\n${faults.join("\n")}`);
  }
  assert.ok(faults.some((fault) => /DU1 holds EUR but no currency pair leads to USD/.test(fault)));
});

Deno.test("text that is no mapping, and a key written twice, are faults too", () => {
  assert.match(faultsOf("just words")[0]!, /^drill\.yaml:1:1: must be a mapping/);
  assert.ok(faultsOf("name: a\nname: b").some((fault) => /^drill\.yaml:2:\d+: .*unique/i.test(fault)));
});

Deno.test("numbers may be grouped with underscores and events are sorted by time", () => {
  const scenario = loadScenario(
    `
accounts: { DU1: { currency: USD, cash: { USD: 1_234_567.5 } } }
contracts: { TSLA: { last: 400 } }
events:
  - { at: 2m, kind: drop }
  - { at: 500ms, kind: price, contract: TSLA, change: -0.02 }
`,
    "drill.yaml",
  );
  assert.equal(scenario.accounts[0]!.cash.get("USD"), 1_234_567.5);
  assert.deepEqual(scenario.events.map(({ atMs }) => atMs), [500, 120_000]);
});
