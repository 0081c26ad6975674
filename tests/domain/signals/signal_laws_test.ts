/** What holds of signals whatever the market does. */
import assert from "node:assert/strict";
import fc from "../../support/property.ts";
import type { PositionView } from "../../../src/domain/risk/snapshot.ts";
import { newSignals, recordSignals, signalViews } from "../../../src/domain/signals/signal.ts";
import { signalConditions } from "../../../src/domain/signals/signal_conditions.ts";
import { SignalEngine } from "../../../src/domain/signals/signal_engine.ts";
import type { SignalInputs } from "../../../src/domain/signals/signal_inputs.ts";
import type { SignalSettings } from "../../../src/domain/signals/signal_settings.ts";
import { signalStrategy } from "../../../src/domain/signals/from_structure.ts";
import { recogniseStructures } from "../../../src/domain/strategies/recognise.ts";
import { demoSettings } from "../../support/world.ts";
import { inputsOf, nameView, NOW, optionView, stockView } from "../../support/signal_book.ts";

const SETTINGS: SignalSettings = {
  ...demoSettings().risk.signals,
  judgeEveryMs: 0,
  debounceSeconds: 0,
  linearTakeProfitPct: 0.5,
  earnings: new Map([["AAPL", ["2026-11-23"]], ["XYZ", ["2026-12-23"]]]),
  exDividends: new Map([["AAPL", ["2026-11-23"]]]),
};

const price = fc.double({ min: 0.01, max: 300, noNaN: true });
const option = fc.record({
  symbol: fc.constantFrom("AAPL", "XYZ", "SPX"),
  dte: fc.constantFrom(0, 1, 3, 7, 28),
  strike: fc.constantFrom(90, 100, 110),
  right: fc.constantFrom("C" as const, "P" as const),
  quantity: fc.constantFrom(-5, -1, 1, 10),
  avg: price,
  mark: price,
  spot: fc.double({ min: 80, max: 120, noNaN: true }),
  delta: fc.double({ min: -1.2, max: 1.2, noNaN: true }),
}).map(({ symbol, dte, strike, right, ...fields }) => {
  const expiry = new Date(Date.parse("2026-11-20") + dte * 86_400_000).toISOString().slice(0, 10);
  return optionView(`${symbol} ${expiry} ${strike} ${right}`, fields);
});
const stock = fc.record({
  symbol: fc.constantFrom("AAPL", "XYZ"),
  quantity: fc.constantFrom(-100, 100),
  avg: price,
  mark: price,
})
  .map(({ symbol, ...fields }) => stockView(symbol, fields));

const book = fc.record({
  positions: fc.uniqueArray(fc.oneof(option, stock), { maxLength: 8, selector: ({ localSymbol }) => localSymbol }),
  vix: price,
  low: price,
  index: price,
  gross: fc.double({ min: 0, max: 1e6, noNaN: true }),
}).map(({ positions, vix, low, index, gross }): SignalInputs =>
  inputsOf({
    positions,
    names: [nameView("AAPL", gross), nameView("XYZ", gross / 3), nameView("SPX", 1000)],
    grossExposure: gross * 1.5 + 1000,
    sectors: new Map([["AAPL", "Technology"], ["XYZ", "Energy"]]),
    vix: { price: vix, close: null, windowLow: low },
    index: { price: index, close: 100 },
  })
);

/** Numbers that a turn may come without. Quantity and multiplier are what a position is, and never missing. */
const LOSABLE = [
  "mark",
  "marketValue",
  "unrealizedPnl",
  "notional",
  "delta",
  "underlyingPrice",
  "daysToExpiry",
] as const;

function robbed(inputs: SignalInputs, fields: readonly (typeof LOSABLE)[number][], by: number | null): SignalInputs {
  const rob = (position: PositionView): PositionView => {
    const lost = Object.fromEntries(fields.filter((field) => position[field] !== null).map((field) => [field, by]));
    return { ...position, ...lost };
  };
  return { ...inputs, positions: inputs.positions.map(rob) };
}

/** The book with its strategies, as far as their numbers are there; in a foreign base, rates are told from the notional. */
function grouped(inputs: SignalInputs, base: string): SignalInputs {
  const structures = recogniseStructures(inputs.positions.map((position) => {
    const instrument = { ...position, conId: null, priceMagnifier: 1, minTick: null };
    return { instrument, quantity: position.quantity, avgPrice: position.avgPrice };
  }));
  const strategies = structures.map((structure) => signalStrategy(structure, inputs.positions, base));
  return { ...inputs, strategies: strategies.filter((strategy) => strategy !== null) };
}

const conditionsOf = (inputs: SignalInputs) => signalConditions(inputs, SETTINGS, NOW);
const byId = (a: { id: string }, b: { id: string }) => a.id < b.id ? -1 : 1;

Deno.test("losing any numbers of a turn neither raises a signal nor clears one", () => {
  const losses = fc.subarray([...LOSABLE], { minLength: 1 });
  const missing = fc.constantFrom(null, NaN, Infinity, -Infinity);
  fc.assert(
    fc.property(book, losses, missing, (inputs, fields, by) => {
      const first = recordSignals(newSignals(SETTINGS), conditionsOf(inputs), NOW);
      const second = recordSignals(first.state, conditionsOf(robbed(inputs, fields, by)), NOW + 1000);
      const changed = second.transitions.filter(({ kind }) => kind !== "severity");
      assert.deepEqual(changed.map(({ id, kind }) => [id, kind]), []);
    }),
    { numRuns: 500 },
  );
});

Deno.test("losing any numbers of the legs neither raises a strategy's signal nor clears one", () => {
  const losses = fc.subarray([...LOSABLE], { minLength: 1 });
  const missing = fc.constantFrom(null, NaN, Infinity, -Infinity);
  fc.assert(
    fc.property(book, fc.constantFrom("USD", "EUR"), losses, missing, (inputs, base, fields, by) => {
      const first = recordSignals(newSignals(SETTINGS), conditionsOf(grouped(inputs, base)), NOW);
      const lost = grouped(robbed(inputs, fields, by), base);
      const second = recordSignals(first.state, conditionsOf(lost), NOW + 1000);
      const changed = second.transitions.filter(({ kind }) => kind !== "severity");
      assert.deepEqual(changed.map(({ id, kind }) => [id, kind]), []);
    }),
    { numRuns: 500 },
  );
});

Deno.test("a missing price of an index, or exposure of the book, neither raises a signal nor clears one", () => {
  fc.assert(fc.property(book, fc.constantFrom(null, NaN), (inputs, by) => {
    const first = recordSignals(newSignals(SETTINGS), conditionsOf(inputs), NOW);
    const lost = {
      ...inputs,
      vix: { price: by, close: by, windowLow: by },
      index: { price: by, close: by },
      grossExposure: by,
      names: inputs.names.map((name) => ({ ...name, grossExposure: by })),
    };
    assert.deepEqual(recordSignals(first.state, conditionsOf(lost), NOW + 1000).transitions, []);
  }));
});

Deno.test("no number that is not finite reaches a signal", () => {
  const missing = fc.constantFrom(null, NaN, Infinity);
  fc.assert(fc.property(book, fc.subarray([...LOSABLE]), missing, (inputs, fields, by) => {
    const { state } = recordSignals(newSignals(SETTINGS), conditionsOf(robbed(inputs, fields, by)), NOW);
    for (const { value, threshold, utilization, message } of signalViews(state)) {
      for (const number of [value, threshold, utilization]) assert(number === null || Number.isFinite(number));
      assert(!/NaN|Infinity|undefined/.test(message), message);
    }
  }));
});

Deno.test("each id is found once, and the order of positions changes nothing", () => {
  fc.assert(fc.property(book, fc.infiniteStream(fc.nat()), (inputs, chance) => {
    const found = conditionsOf(inputs);
    assert.equal(new Set(found.map(({ id }) => id)).size, found.length);
    const shuffled = inputs.positions.map((position) => ({ position, key: chance.next().value ?? 0 }))
      .sort((a, b) => a.key - b.key).map(({ position }) => position);
    const again = conditionsOf({ ...inputs, positions: shuffled, names: [...inputs.names].reverse() });
    assert.deepEqual([...again].sort(byId), [...found].sort(byId));
  }));
});

Deno.test("the order of conditions changes no transition", () => {
  fc.assert(fc.property(book, book, (before, after) => {
    const play = (turn: (conditions: ReturnType<typeof conditionsOf>) => ReturnType<typeof conditionsOf>) => {
      const first = recordSignals(newSignals(SETTINGS), turn(conditionsOf(before)), NOW);
      const second = recordSignals(first.state, turn(conditionsOf(after)), NOW + 1000);
      const sorted = [...second.transitions].sort(byId);
      return { first: first.transitions, second: sorted, views: signalViews(second.state) };
    };
    assert.deepEqual(play((conditions) => [...conditions].reverse()), play((conditions) => conditions));
  }));
});

Deno.test("replaying the same turns gives the same signals", () => {
  fc.assert(fc.property(fc.array(book, { maxLength: 5 }), (turns) => {
    const play = () => {
      const engine = new SignalEngine(SETTINGS);
      const transitions = turns.map((inputs, index) => engine.turn(inputs, NOW + index * 1000));
      return { transitions, views: engine.views(), memory: engine.exportMemory() };
    };
    assert.deepEqual(play(), play());
  }));
});

Deno.test("with every rule off nothing is found", () => {
  const off: SignalSettings = {
    ...SETTINGS,
    stopLossPct: null,
    takeProfitPct: null,
    linearStopLossPct: null,
    linearTakeProfitPct: null,
    trailingStopPct: null,
    shortPremiumR: null,
    earlyProfitPct: null,
    dteExitDays: null,
    shortLegDelta: null,
    assignmentDays: null,
    exDividendDays: null,
    pinRiskPct: null,
    expiringToday: false,
    earningsDays: null,
    vixLevel: null,
    vixSpikePct: null,
    indexDropPct: null,
    sectorConcentrationPct: null,
    greeksTolerance: null,
  };
  fc.assert(fc.property(book, (inputs) => {
    assert.deepEqual(signalConditions(robbed(inputs, ["delta"], null), off, NOW), []);
  }));
});
