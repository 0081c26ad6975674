import assert from "node:assert/strict";
import type { PositionView } from "../../../src/domain/risk/snapshot.ts";
import { SignalEngine } from "../../../src/domain/signals/signal_engine.ts";
import { positionKey } from "../../../src/domain/signals/contract_words.ts";
import { tradesOf } from "../../../src/domain/signals/trade.ts";
import { type Peak, raisePeaks } from "../../../src/domain/signals/trailing_peaks.ts";
import { inputsOf, NOW, optionView } from "../../support/signal_book.ts";
import { SIGNALS_OFF } from "../../support/signal_settings.ts";

/** Bought at 4.00. */
const held = (quantity: number, mark: number | null, changes: Partial<PositionView> = {}) =>
  optionView("AAPL 2026-12-18 190 C", { quantity, avg: 4, mark, spot: 187 }, changes);
const KEY = positionKey(held(4, 4));

function peakAfter(...positions: readonly PositionView[]): Peak | undefined {
  let peaks: ReadonlyMap<string, Peak> = new Map();
  for (const position of positions) peaks = raisePeaks(peaks, tradesOf({ positions: [position], strategies: [] }));
  return peaks.get(KEY);
}

Deno.test("the peak is the highest profit while the trade is held", () => {
  assert.deepEqual(peakAfter(held(4, 5), held(4, 6.5), held(4, 5.5)), { profit: 1_000, size: 4, side: 1 });
  assert.equal(peakAfter(held(4, 3), held(4, 4)), undefined, "a loss is no peak");
});

Deno.test("selling half takes half of the peak along, adding changes nothing", () => {
  assert.deepEqual(peakAfter(held(4, 6.5), held(2, 5)), { profit: 500, size: 2, side: 1 });
  assert.deepEqual(peakAfter(held(4, 6.5), held(8, 4.5)), { profit: 1_000, size: 8, side: 1 });
});

Deno.test("going through zero to the other side, or being flat, begins anew", () => {
  assert.deepEqual(peakAfter(held(4, 6.5), held(-4, 3)), { profit: 400, size: 4, side: -1 });
  assert.equal(peakAfter(held(4, 6.5), held(0, 6.5), held(4, 3)), undefined);
});

Deno.test("a missing, stale or doubtful mark raises no peak and loses none", () => {
  const before = { profit: 1_000, size: 4, side: 1 };
  assert.deepEqual(peakAfter(held(4, 6.5), held(4, null)), before);
  assert.deepEqual(peakAfter(held(4, 6.5), held(4, 60, { flags: ["STALE"] })), before);
  assert.deepEqual(peakAfter(held(4, 6.5), held(4, 60, { flags: ["WIDE"] })), before);
});

Deno.test("peaks and active signals outlive a restart", () => {
  const settings = { ...SIGNALS_OFF, trailingStopPct: 0.4, debounceSeconds: 0 };
  const turn = (engine: SignalEngine, mark: number | null, at: number) =>
    engine.turn(inputsOf({ positions: [held(4, mark)] }), at).map(({ kind }) => kind);
  const first = new SignalEngine(settings);
  // Highest 1,000.
  assert.deepEqual(turn(first, 6.5, NOW), []);
  const second = new SignalEngine(settings, JSON.parse(JSON.stringify(first.exportMemory())));
  assert.deepEqual(second.turn(null, NOW + 500), [], "the book is not known yet");
  // 600 now: 40 % given back.
  assert.deepEqual(turn(second, 5.5, NOW + 1000), ["raised"]);
  const third = new SignalEngine(settings, JSON.parse(JSON.stringify(second.exportMemory())));
  assert.deepEqual(turn(third, 5.5, NOW + 2000), [], "it is known already");
  assert.equal(third.views()[0]?.firstAt, "2026-11-20T15:30:01.000Z");
  assert.deepEqual(turn(third, 6.4, NOW + 3000), ["cleared"]);
});

Deno.test("the engine judges a spike against its own window of prices", () => {
  const engine = new SignalEngine({ ...SIGNALS_OFF, vixSpikePct: 0.2, debounceSeconds: 0 });
  const turn = (price: number | null, minutes: number) =>
    engine.turn(inputsOf({ vix: { price, close: null, windowLow: null } }), NOW + minutes * 60_000)
      .map(({ kind }) => kind);
  assert.deepEqual(turn(20, 0), []);
  assert.deepEqual(turn(16, 5), []);
  assert.deepEqual(turn(19.2, 20), ["raised"]);
  assert.deepEqual(turn(null, 25), []);
  // The 16.00 of minute 5 has left the window of 30 minutes.
  assert.deepEqual(turn(19.5, 40), ["cleared"]);
});
