import assert from "node:assert/strict";
import { currentExecutions } from "../../../src/domain/history/current_executions.ts";
import { type FifoExecution, FifoMatcher, matchFifo } from "../../../src/domain/history/fifo.ts";

const DAY = 86_400_000;

/** Fills on consecutive days, named in order. */
function fills(...rows: readonly (readonly [quantity: number, price: number, commission?: number | null])[]) {
  return rows.map(([quantity, price, commission = 0], index): FifoExecution => ({
    execId: `0000e0d5.6557b1a${index}.01.01`,
    at: index * DAY,
    quantity,
    price,
    commission,
  }));
}

Deno.test("a sale closes the oldest lot first, and shares both commissions by quantity", () => {
  const { lots, openLots } = matchFifo(fills([10, 100, 1], [10, 110, 2], [-15, 120, 3]), 1);
  // 10 × (120 − 100) = 200, less all of the first commission (1) and 10/15 of the sale's (2).
  // 5 × (120 − 110) = 50, less half of the second commission (1) and 5/15 of the sale's (1).
  assert.deepEqual(lots.map(({ quantity, gross, commissions, net }) => [quantity, gross, commissions, net]), [
    [10, 200, 3, 197],
    [5, 50, 2, 48],
  ]);
  assert.deepEqual(openLots, [
    { openedAt: DAY, execId: "0000e0d5.6557b1a1.01.01", quantity: 5, price: 110, commission: 1 },
  ]);
});

Deno.test("a closed lot names both of its fills, their times and prices", () => {
  const { lots } = matchFifo(fills([2, 6.15, 1.3666], [-2, 7.35, 1.3666]), 100);
  // 2 × 100 × (7.35 − 6.15) = 240; 240 − 2.7332 = 237.2668
  assert.deepEqual(lots, [{
    openedAt: 0,
    closedAt: DAY,
    openExecId: "0000e0d5.6557b1a0.01.01",
    closeExecId: "0000e0d5.6557b1a1.01.01",
    quantity: 2,
    openPrice: 6.15,
    closePrice: 7.35,
    gross: 240,
    commissions: 2.7332,
    net: 237.2668,
  }]);
});

Deno.test("a short sale earns when it is bought back lower", () => {
  const { lots, roundTrips } = matchFifo(fills([-3, 4.2], [3, 1.2]), 100);
  // −3 × 100 × (1.20 − 4.20) = 900
  assert.equal(lots[0]!.quantity, -3);
  assert.equal(lots[0]!.gross, 900);
  assert.equal(roundTrips[0]!.direction, "short");
});

Deno.test("a fill that turns the holding round closes one trip and opens another, its commission split at zero", () => {
  const { lots, roundTrips, openTrip, openLots } = matchFifo(fills([5, 10, 1], [-8, 12, 4]), 1);
  // 5 of 8 sold close: 4 × 5/8 = 2.5, and 1 for the purchase. The rest, 1.5, stays with what is short.
  assert.equal(lots[0]!.commissions, 3.5);
  assert.deepEqual(openLots.map(({ quantity, commission }) => [quantity, commission]), [[-3, 1.5]]);
  assert.deepEqual(roundTrips.map((trip) => [trip.direction, trip.openedAt, trip.closedAt, trip.net]), [
    ["long", 0, DAY, 6.5],
  ]);
  assert.deepEqual([openTrip?.direction, openTrip?.closedAt, openTrip?.mostHeld, openTrip?.closedQuantity], [
    "short",
    null,
    3,
    0,
  ]);
});

Deno.test("a round trip runs from nothing to nothing over partial closes and additions", () => {
  const { roundTrips, openTrip } = matchFifo(
    fills([4, 10, 1], [-1, 12, 1], [3, 14, 1], [-6, 15, 2], [1, 9], [-1, 8]),
    1,
  );
  // Opened 4 @ 10 and 3 @ 14: 82 / 7. Closed 1 @ 12 and 6 @ 15: 102 / 7. 102 − 82 = 20, less 5.
  assert.deepEqual(roundTrips[0], {
    direction: "long",
    openedAt: 0,
    closedAt: 3 * DAY,
    closedQuantity: 7,
    mostHeld: 6,
    averageOpenPrice: 82 / 7,
    averageClosePrice: 102 / 7,
    gross: 20,
    commissions: 5,
    net: 15,
    executions: 4,
  });
  assert.equal(roundTrips[1]!.net, -1);
  assert.equal(openTrip, null);
});

Deno.test("an expiry at 0 closes for nothing", () => {
  const { lots } = matchFifo(fills([-2, 1.05, 1.4], [2, 0, 0]), 100);
  // −2 × 100 × (0 − 1.05) = 210, less 1.40
  assert.equal(lots[0]!.net, 208.6);
});

Deno.test("prices below zero are prices", () => {
  // 1 × 1000 × (−37.63 − −40.32) = 2690
  assert.equal(matchFifo(fills([1, -40.32], [-1, -37.63]), 1000).lots[0]!.gross, 2690);
});

Deno.test("a correction replaces what it corrects, wherever it stands", () => {
  const [bought, sold] = fills([5, 10, 1], [-5, 11, 1]);
  const corrected: FifoExecution = { ...bought!, execId: "0000e0d5.6557b1a0.01.02", quantity: 4, price: 10.5 };
  for (const order of [[bought!, corrected, sold!], [corrected, sold!, bought!], [sold!, corrected, bought!]]) {
    const { lots, openLots } = matchFifo(order, 1);
    assert.deepEqual(lots.map(({ quantity, gross }) => [quantity, gross]), [[4, 2]]);
    assert.deepEqual(openLots.map(({ quantity }) => quantity), [-1]);
  }
});

Deno.test("a cancelled fill moves nothing, and what it cost stands apart", () => {
  const { lots, openLots, totals, cancelledCommissions } = matchFifo(fills([5, 10, 1], [0, 10, 0.35], [-5, 11, 1]), 1);
  assert.deepEqual(lots.map(({ net }) => net), [3]);
  assert.deepEqual(openLots, []);
  assert.equal(totals.net, 3);
  assert.equal(cancelledCommissions, 0.35);
});

Deno.test("a commission that is not known makes the net unknown, not larger", () => {
  const { lots, roundTrips, totals, openLots } = matchFifo(fills([5, 10, null], [-3, 11, 1]), 1);
  assert.deepEqual([lots[0]!.gross, lots[0]!.commissions, lots[0]!.net], [3, null, null]);
  assert.equal(openLots[0]!.commission, null);
  assert.equal(roundTrips.length, 0);
  assert.equal(totals.withoutCommission, 1);
});

Deno.test("fills of one time are matched in the order of their execution ids", () => {
  const one = { execId: "a", at: 0, quantity: 1, price: 10, commission: 0 };
  const two = { execId: "b", at: 0, quantity: 1, price: 20, commission: 0 };
  const sale = { execId: "c", at: 0, quantity: -1, price: 30, commission: 0 };
  for (const order of [[one, two, sale], [sale, two, one], [two, sale, one]]) {
    assert.deepEqual(matchFifo(order, 1).lots.map(({ openExecId, gross }) => [openExecId, gross]), [["a", 20]]);
  }
});

Deno.test("tenths of a cent add up to cents", () => {
  // 1,000 times 0.1 bought at 0.1 and sold at 0.3: 1,000 × 0.1 × 0.2 = 20; as doubles it would be 20.000000000000…
  const rows = Array.from({ length: 1000 }, () => [[0.1, 0.1, 0.01], [-0.1, 0.3, 0.01]] as const).flat();
  const { totals } = matchFifo(fills(...rows).map((fill, index) => ({ ...fill, execId: `x${index}` })), 1);
  assert.deepEqual(totals, { gross: 20, commissions: 20, net: 0, withoutCommission: 0 });
});

Deno.test("a commission that does not divide is shared without a rest", () => {
  const { lots, totals } = matchFifo(fills([3, 10, 1], [-1, 10], [-1, 10], [-1, 10]), 1);
  assert.ok(lots.every((lot) => Math.abs(lot.commissions! - 1 / 3) < 1e-12));
  assert.equal(totals.commissions, 1);
});

Deno.test("fills out of order are refused one at a time, and sorted all at once", () => {
  const [first, second] = fills([1, 10], [-1, 11]);
  const matcher = new FifoMatcher(1);
  matcher.add(second!);
  assert.throws(() => matcher.add(first!), RangeError);
  assert.equal(matchFifo([second!, first!], 1).lots.length, 1);
});

Deno.test("what is no number is refused", () => {
  assert.throws(() => matchFifo(fills([NaN, 10]), 1), RangeError);
  assert.throws(() => matchFifo(fills([1, Infinity]), 1), RangeError);
  assert.throws(() => matchFifo([], 0), RangeError);
  assert.throws(() => matchFifo([], NaN), RangeError);
});

Deno.test("no fills are no lots and no trips", () => {
  assert.deepEqual(matchFifo([], 100), {
    lots: [],
    openLots: [],
    roundTrips: [],
    openTrip: null,
    totals: { gross: 0, commissions: 0, net: 0, withoutCommission: 0 },
    cancelledCommissions: 0,
  });
});

Deno.test("finished trips can be taken as they come", () => {
  const matcher = new FifoMatcher(1);
  const [bought, sold, again] = fills([1, 10], [-1, 11], [1, 12]);
  matcher.add(bought!);
  matcher.add(sold!);
  assert.equal(matcher.takeRoundTrips().length, 1);
  matcher.add(again!);
  assert.equal(matcher.takeRoundTrips().length, 0);
  assert.equal(matcher.standing().openTrip?.direction, "long");
});

Deno.test("of an execution id given twice the later one counts", () => {
  const [one] = fills([1, 10]);
  assert.deepEqual(currentExecutions([one!, { ...one!, price: 11 }]).map(({ price }) => price), [11]);
});
