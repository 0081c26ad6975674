import assert from "node:assert/strict";
import { gridCells, type GridWanted, scenarioGrid, type VolMove } from "../../../src/domain/risk/scenario_grid.ts";
import type { Shock } from "../../../src/domain/settings.ts";
import { BookBuilder, near } from "../../support/book_builder.ts";
import { demoSnapshot } from "../../support/demo_snapshot.ts";
import fc from "../../support/property.ts";

const FLAT: VolMove = { kind: "points", value: 0 };

function wanted(given: Partial<GridWanted>): GridWanted {
  const all = { spots: [0], vols: [FLAT], days: [0], byBeta: false, account: null, includes: null, bookKnown: true };
  return { ...all, ...given };
}

/** A book with one of each kind: stock, future, option on a share, cash, and a share in euros held in two accounts. */
function mixedBook(shocks: readonly Shock[]) {
  const book = new BookBuilder({ shocks, beta: { reference: "SPY", betas: new Map([["AAPL", 2]]), source: "config" } });
  const aapl = book.stock("AAPL");
  const put = book.option("AAPL 2026-12-18 180 P");
  const es = book.future("ES", "2026-12-18", 50);
  const sap = book.stock("SAP", { currency: "EUR" });
  const euros = book.forex("EUR.USD");
  book.account("DU1", "USD").account("DU2", "USD");
  book.apply({ kind: "underlying", instrument: put, underlying: aapl });
  book.quote(aapl, { last: 200 }).quote(es, { last: 6_000 }).quote(sap, { last: 180 }).quote(euros, { last: 1.1 });
  book.quote(put, { bid: 3.9, ask: 4.1, delta: -0.25, gamma: 0.01, vega: 0.3, theta: -0.05, impliedVolatility: 0.3 });
  book.holds([
    { of: aapl, quantity: 100, at: 190 },
    { of: put, quantity: -2, at: 4 },
    { of: es, quantity: -1, at: 6_000 },
    { of: sap, quantity: 10, at: 170 },
    { of: euros, quantity: 1_000, at: 1 },
    { account: "DU2", of: put, quantity: -1, at: 4 },
  ]);
  return { book, aapl, put, es, sap };
}

Deno.test("a cell of the grid is what the snapshot itself says of that shock", () => {
  fc.assert(fc.property(
    fc.double({ min: -0.9, max: 2, noNaN: true }),
    fc.double({ min: -0.5, max: 0.5, noNaN: true }),
    fc.nat(90),
    (spotShock, volShock, days) => {
      const { book } = mixedBook([{ name: "shock", spotShock, volShock, days }]);
      const snapshot = book.assess();
      const vols: VolMove[] = [{ kind: "points", value: volShock }];
      const grid = scenarioGrid(snapshot, wanted({ spots: [spotShock], vols, days: [days] }));
      near(grid.cells[0]!.pnl, snapshot.scenarios[0]!.pnl!);
      assert.equal(grid.cells[0]!.excluded, snapshot.scenarios[0]!.excluded);
    },
  ));
});

Deno.test("no move costs nothing, and names no position as left out", () => {
  const { book, put } = mixedBook([]);
  book.quote(put, { delta: NaN, vega: NaN });
  const grid = scenarioGrid(book.assess(), wanted({}));
  assert.deepEqual(grid.cells.map(({ pnl, excluded }) => [pnl, excluded]), [[0, 0]]);
  assert.deepEqual(grid.leftOut, []);
  assert.equal(grid.worst, null);
});

Deno.test("a linear book moves by exactly the shock", () => {
  const book = new BookBuilder();
  const aapl = book.stock("AAPL");
  const es = book.future("ES", "2026-12-18", 50);
  book.account("DU1", "USD").quote(aapl, { last: 256 }).quote(es, { last: 6_144 });
  book.holds([{ of: aapl, quantity: 100, at: 190 }, { of: es, quantity: -1, at: 6_000 }]);
  const grid = scenarioGrid(
    book.assess(),
    wanted({ spots: [-0.5, 0.25], vols: [FLAT, { kind: "points", value: 0.1 }], days: [0, 30] }),
  );
  // 25,600 long and 307,200 short: volatility and time change nothing.
  const each = [0.5 * 281_600, -0.25 * 281_600];
  assert.deepEqual(grid.cells.map(({ pnl }) => pnl), [...each, ...each, ...each, ...each]);
});

Deno.test("the names of a grid add up to the whole", () => {
  const { book } = mixedBook([]);
  const grid = scenarioGrid(book.assess(), wanted({ spots: [-0.1, 0.1] }));
  for (const [at, cell] of grid.cells.entries()) {
    near(grid.names.reduce((sum, name) => sum + (name.cells[at]!.pnl ?? 0), 0), cell.pnl!);
  }
  assert.deepEqual(grid.names.map(({ underlying }) => underlying).sort(), ["AAPL", "ES", "EUR.USD", "SAP"]);
});

Deno.test("scaled by beta a name of beta 2 moves twice as far", () => {
  const { book } = mixedBook([]);
  const only = {
    includes: ({ symbol, assetType }: { symbol: string; assetType: string }) =>
      symbol === "AAPL" && assetType === "STOCK",
  };
  // 100 shares at 200: 10 % is 2,000.
  near(scenarioGrid(book.assess(), wanted({ spots: [0.1], ...only })).cells[0]!.pnl, 2_000);
  near(scenarioGrid(book.assess(), wanted({ spots: [0.1], byBeta: true, ...only })).cells[0]!.pnl, 4_000);
});

Deno.test("an account's grid has its share of a contract that two accounts hold", () => {
  const { book } = mixedBook([]);
  const vols: VolMove[] = [{ kind: "points", value: 0.05 }];
  // −100 × 0.3 × 5 points = −150 a contract.
  near(scenarioGrid(book.assess(), wanted({ vols, account: "DU2" })).cells[0]!.pnl, -150);
  near(scenarioGrid(book.assess(), wanted({ vols, account: "DU1" })).cells[0]!.pnl, -300);
  assert.equal(scenarioGrid(book.assess(), wanted({ vols, account: "DU2" })).positions, 1);
});

Deno.test("a contract held against itself has no greeks to take a share of: it is left out by name", () => {
  const { book, put } = mixedBook([]);
  book.holds([{ of: put, quantity: -1, at: 4 }, { account: "DU2", of: put, quantity: 1, at: 4 }]);
  const whole = scenarioGrid(book.assess(), wanted({ spots: [-0.1] }));
  assert.equal(whole.cells[0]!.excluded, 0);
  const part = scenarioGrid(book.assess(), wanted({ spots: [-0.1], account: "DU2" }));
  assert.deepEqual(part.leftOut.map(({ position, reason }) => [position.symbol, reason]), [["AAPL", "DATA_MISSING"]]);
  assert.equal(part.cells[0]!.pnl, null);
});

Deno.test("a relative move takes each option's own volatility", () => {
  const { book } = mixedBook([]);
  // 10 % of 30 % is three points: 3 contracts × −100 × 0.3 × 3 = −270.
  near(scenarioGrid(book.assess(), wanted({ vols: [{ kind: "relative", value: 0.1 }] })).cells[0]!.pnl, -270);
});

Deno.test("volatility does not fall below 1 %", () => {
  const { book } = mixedBook([]);
  // From 30 % it can fall by 29 points: 3 × −100 × 0.3 × −29 = 2,610, however far it is sent.
  for (const value of [-0.29, -0.5]) {
    near(scenarioGrid(book.assess(), wanted({ vols: [{ kind: "points", value }] })).cells[0]!.pnl, 2_610);
  }
});

Deno.test("an option without greeks is counted, named with its reason, and leaves the rest of the cell standing", () => {
  const { book, put, aapl } = mixedBook([]);
  book.quote(put, { delta: NaN });
  const grid = scenarioGrid(
    book.assess(),
    wanted({ spots: [-0.1], includes: ({ underlying }) => underlying === "AAPL" }),
  );
  near(grid.cells[0]!.pnl, -2_000);
  assert.equal(grid.cells[0]!.excluded, 1);
  assert.deepEqual(grid.leftOut.map(({ position, reason, cells }) => [position.strike, reason, cells]), [
    [180, "DATA_MISSING", 1],
  ]);
  assert.ok(aapl >= 0);
});

Deno.test("of a book that was not read every cell is unknown", () => {
  const { book } = mixedBook([]);
  assert.equal(scenarioGrid(book.assess(), wanted({ spots: [-0.1], bookKnown: false })).cells[0]!.pnl, null);
});

Deno.test("gridCells() gives the whole's cells of the same grid", () => {
  const snapshot = demoSnapshot();
  const wanted = {
    spots: [-0.1, 0, 0.1],
    vols: [{ kind: "points", value: 0 }, { kind: "relative", value: 0.2 }],
    days: [0, 5],
    byBeta: true,
    account: null,
    includes: null,
    bookKnown: true,
  } as const;
  assert.deepEqual(gridCells(snapshot, wanted), scenarioGrid(snapshot, wanted).cells);
});
