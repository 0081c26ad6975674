import assert from "node:assert/strict";
import { type FifoExecution, type FifoResult, matchFifo } from "../../../src/domain/history/fifo.ts";
import fc from "../../support/property.ts";

/** Whole hundredths, so that the test's own sums are exact in whole numbers. */
interface Drawn {
  readonly quantity: number;
  readonly cents: number;
  readonly commissionCents: number;
  readonly gap: number;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  quantity: fc.integer({ min: -20, max: 20 }).filter((quantity) => quantity !== 0),
  cents: fc.integer({ min: -500, max: 50_000 }),
  commissionCents: fc.integer({ min: -50, max: 500 }),
  gap: fc.integer({ min: 0, max: 2 }),
});
const history = fc.array(drawn, { maxLength: 60 });
const multipliers = fc.constantFrom(1, 50, 100, 0.1);

function executions(rows: readonly Drawn[]): FifoExecution[] {
  let at = 0;
  return rows.map(({ quantity, cents, commissionCents, gap }, index) => {
    at += gap;
    const execId = `x${String(index).padStart(4, "0")}`;
    return { execId, at, quantity, price: cents / 100, commission: commissionCents / 100 };
  });
}

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);
}

Deno.test("realized and unrealized profit together are the cash that flowed and the value that is left", () => {
  fc.assert(fc.property(history, multipliers, fc.integer({ min: 0, max: 50_000 }), (rows, multiplier, markCents) => {
    const mark = markCents / 100;
    const { totals, openLots, lots } = matchFifo(executions(rows), multiplier);
    const held = rows.reduce((sum, { quantity }) => sum + quantity, 0);
    const cash = -rows.reduce((sum, { quantity, cents }) => sum + quantity * cents, 0) / 100 * multiplier;
    const paid = rows.reduce((sum, { commissionCents }) => sum + commissionCents, 0) / 100;
    const unrealized = openLots.reduce(
      (sum, lot) => sum + lot.quantity * multiplier * (mark - lot.price) - lot.commission!,
      0,
    );
    near(totals.net + unrealized, cash - paid + held * multiplier * mark);
    near(lots.reduce((sum, lot) => sum + lot.net!, 0), totals.net);
    assert.equal(openLots.reduce((sum, lot) => sum + lot.quantity, 0), held);
  }));
});

Deno.test("the order that fills are given in changes nothing, equal times included", () => {
  fc.assert(fc.property(history, fc.infiniteStream(fc.nat()), (rows, keys) => {
    const sorted = executions(rows);
    const shuffled = sorted.map((fill) => ({ fill, key: keys.next().value! }))
      .sort((one, other) => one.key - other.key).map(({ fill }) => fill);
    assert.deepEqual(matchFifo(shuffled, 100), matchFifo(sorted, 100));
  }));
});

Deno.test("a fill in two parts at the same price gives the same profit, holdings and trips", () => {
  fc.assert(fc.property(history, fc.nat(), (rows, which) => {
    const whole = executions(rows);
    const split = whole.flatMap((fill, index) => {
      if (rows.length === 0 || index !== which % rows.length || Math.abs(fill.quantity) < 2) return [fill];
      const half = fill.quantity / 2;
      const commission = fill.commission! / 2;
      return ["a", "b"].map((part) => ({ ...fill, execId: `${fill.execId}${part}`, quantity: half, commission }));
    });
    const [one, other] = [matchFifo(whole, 100), matchFifo(split, 100)];
    assert.deepEqual(other.totals, one.totals);
    assert.deepEqual(other.roundTrips.map(withoutCount), one.roundTrips.map(withoutCount));
    assert.equal(quantityOf(other), quantityOf(one));
  }));
});

function withoutCount({ executions: _count, ...trip }: FifoResult["roundTrips"][number]) {
  return trip;
}

function quantityOf({ openLots }: FifoResult): number {
  return openLots.reduce((sum, lot) => sum + lot.quantity, 0);
}

Deno.test("the other side of every fill has the opposite gross profit", () => {
  fc.assert(fc.property(history, multipliers, (rows, multiplier) => {
    const fills = executions(rows).map((fill) => ({ ...fill, commission: 0 }));
    const mirrored = fills.map((fill) => ({ ...fill, quantity: -fill.quantity }));
    const [one, other] = [matchFifo(fills, multiplier), matchFifo(mirrored, multiplier)];
    assert.equal(other.totals.gross, 0 - one.totals.gross);
    assert.deepEqual(
      other.lots.map(({ quantity, openExecId, closeExecId }) => [-quantity, openExecId, closeExecId]),
      one.lots.map(({ quantity, openExecId, closeExecId }) => [quantity, openExecId, closeExecId]),
    );
    const turned = { long: "short", short: "long" } as const;
    assert.deepEqual(
      other.roundTrips.map(({ direction }) => turned[direction]),
      one.roundTrips.map((trip) => trip.direction),
    );
  }));
});

Deno.test("trips and open trip add up to the totals, and each trip is of one direction", () => {
  fc.assert(fc.property(history, (rows) => {
    const { totals, roundTrips, openTrip, lots } = matchFifo(executions(rows), 100);
    const trips = openTrip === null ? roundTrips : [...roundTrips, openTrip];
    near(trips.reduce((sum, trip) => sum + trip.net!, 0), totals.net);
    near(
      trips.reduce((sum, trip) => sum + trip.closedQuantity, 0),
      lots.reduce((sum, lot) => sum + Math.abs(lot.quantity), 0),
    );
    for (const trip of roundTrips) assert.ok(trip.closedAt! >= trip.openedAt && trip.closedQuantity >= trip.mostHeld);
  }));
});

Deno.test("one revision more of a fill gives what the corrected fill alone gives", () => {
  fc.assert(fc.property(history, fc.nat(), fc.integer({ min: 1, max: 9 }), (rows, which, quantity) => {
    if (rows.length === 0) return;
    const index = which % rows.length;
    const named = executions(rows).map((fill) => ({ ...fill, execId: `${fill.execId}.01` }));
    const corrected = { ...named[index]!, execId: `x${String(index).padStart(4, "0")}.02`, quantity };
    const alone = named.map((fill, place) => place === index ? corrected : fill);
    assert.deepEqual(matchFifo([...named, corrected], 100), matchFifo(alone, 100));
  }));
});
