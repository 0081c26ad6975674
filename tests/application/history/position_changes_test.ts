import assert from "node:assert/strict";
import type { PositionBook, PositionChangeRecord } from "../../../src/application/ports/store_records.ts";
import { stock } from "../../support/book_builder.ts";
import { RecordedDesk } from "../../support/recorded_desk.ts";
import { position, positionChange } from "../../support/stored_history.ts";

const MONDAY_MORNING = "2026-11-23T15:00:00Z";

async function deskWithStock(quantity = 100, stored: Parameters<typeof RecordedDesk.at>[1] = null) {
  const desk = await RecordedDesk.at(MONDAY_MORNING, stored);
  const aapl = desk.stock("AAPL");
  desk.holds({ of: aapl, quantity, at: 250 }).executionsComplete().price(aapl, 271, { close: 270 });
  desk.turn();
  await desk.later(10);
  return { desk, aapl };
}

/** The stored book of a minute before. */
function storedBook(quantity: number): PositionBook {
  const takenAt = Date.parse(MONDAY_MORNING) - 60_000;
  const positions = [position({ instrument: stock("AAPL"), quantity, avgPrice: 250 })];
  return { account: "DU1", source: "IB", takenAt, positions };
}

function told({ quantityBefore, quantityAfter, cause, explanation }: PositionChangeRecord) {
  return { quantityBefore, quantityAfter, cause, explanation };
}

Deno.test("the first download is no change", async () => {
  const { desk } = await deskWithStock();
  assert.deepEqual(desk.history.rows("positionChanges"), []);
});

for (const order of ["before", "after"] as const) {
  Deno.test(`a fill that comes ${order} its position update is the cause of one change`, async () => {
    const { desk, aapl } = await deskWithStock();
    const began = desk.book.now;
    const parts = [() => desk.fill(aapl, 50, 272, "a.01"), () => desk.position(aapl, 150, 257)];
    if (order === "after") parts.reverse();
    parts[0]!();
    desk.turn();
    await desk.later(2.5);
    parts[1]!();
    desk.turn();
    await desk.later(2);
    assert.deepEqual(desk.history.rows("positionChanges"), [], "not at rest yet");
    await desk.later(1);
    const [change, ...others] = desk.history.rows("positionChanges");
    assert.deepEqual(others, []);
    assert.deepEqual(told(change!), {
      quantityBefore: 100,
      quantityAfter: 150,
      cause: "execution",
      explanation: "execution a.01",
    });
    assert.deepEqual([change!.avgPriceBefore, change!.avgPriceAfter, change!.changedAt], [250, 257, began]);
  });
}

Deno.test("a change that no execution accounts for was a download's, and says how much of it is unexplained", async () => {
  const { desk, aapl } = await deskWithStock();
  desk.position(aapl, 80);
  desk.turn();
  await desk.later(3);
  desk.fill(aapl, 50, 272, "a.01").position(aapl, 150, 257);
  desk.turn();
  await desk.later(3);
  assert.deepEqual(desk.history.rows("positionChanges").map(told), [
    { quantityBefore: 100, quantityAfter: 80, cause: "download", explanation: "no execution explains it" },
    {
      quantityBefore: 80,
      quantityAfter: 150,
      cause: "download",
      explanation: "execution a.01 make +50 of it; no execution explains the other +20",
    },
  ]);
});

Deno.test("a correction counts for what it changes, and a fill told again for nothing", async () => {
  const { desk, aapl } = await deskWithStock();
  desk.fill(aapl, 50, 272, "a.01").position(aapl, 150, 257);
  desk.turn();
  await desk.later(5);
  desk.fill(aapl, 50, 272, "a.01").fill(aapl, 40, 272, "a.02").position(aapl, 140, 256);
  desk.turn();
  await desk.later(5);
  assert.deepEqual(told(desk.history.rows("positionChanges").at(-1)!), {
    quantityBefore: 150,
    quantityAfter: 140,
    cause: "execution",
    explanation: "execution a.02",
  });
});

Deno.test("trades that leave the quantity as it was are a change when they moved its price; a price alone is none", async () => {
  const { desk, aapl } = await deskWithStock();
  desk.position(aapl, 100, 251);
  desk.turn();
  await desk.later(5);
  assert.deepEqual(desk.history.rows("positionChanges"), []);
  desk.fill(aapl, -100, 272, "a.01").fill(aapl, 100, 273, "b.01").position(aapl, 100, 273);
  desk.turn();
  await desk.later(5);
  const [change] = desk.history.rows("positionChanges");
  assert.deepEqual([change!.avgPriceBefore, change!.avgPriceAfter], [251, 273]);
  assert.equal(change!.explanation, "executions a.01, b.01");
});

Deno.test("a holding that is traded without a rest is told as soon as its executions add up", async () => {
  const { desk, aapl } = await deskWithStock();
  for (let second = 1; second <= 31; second++) {
    desk.fill(aapl, 1, 272, `${second}.x.01`).position(aapl, 100 + second, 250);
    await desk.later(1);
  }
  const [change] = desk.history.rows("positionChanges");
  assert.equal(change!.cause, "execution");
  assert.equal(change!.quantityBefore, 100);
  assert.match(change!.explanation!, /^executions 1\.x\.01, .* and \d+ more$/);
});

Deno.test("a fill from just before the first book, which holds it already, explains nothing that comes after", async () => {
  const desk = await RecordedDesk.at(MONDAY_MORNING);
  const aapl = desk.stock("AAPL");
  desk.fill(aapl, 40, 270, "held.01");
  await desk.later(1);
  desk.holds({ of: aapl, quantity: 140, at: 250 }).executionsComplete().price(aapl, 271, { close: 270 });
  desk.turn();
  await desk.later(1);
  desk.fill(aapl, 10, 271, "a.01").position(aapl, 150, 251);
  desk.turn();
  await desk.later(5);
  assert.deepEqual(desk.history.rows("positionChanges").map(told), [
    { quantityBefore: 140, quantityAfter: 150, cause: "execution", explanation: "execution a.01" },
  ]);
});

Deno.test("a lost link is no change; what happened meanwhile is explained by the fills that come with the next list", async () => {
  const { desk, aapl } = await deskWithStock();
  desk.book.link("down");
  desk.turn();
  await desk.later(30);
  assert.deepEqual(desk.history.rows("positionChanges"), []);
  desk.book.link("up");
  desk.holds({ of: aapl, quantity: 120, at: 252 });
  desk.turn();
  // The list of executions takes its time.
  await desk.later(20);
  assert.deepEqual(desk.history.rows("positionChanges"), []);
  desk.fill(aapl, 20, 262, "a.01").executionsComplete();
  desk.turn();
  await desk.later(3);
  assert.deepEqual(desk.history.rows("positionChanges").map(told), [
    { quantityBefore: 100, quantityAfter: 120, cause: "execution", explanation: "execution a.01" },
  ]);
});

Deno.test("an edited file of manual positions is a change of that kind, a new account in it too", async () => {
  const desk = await RecordedDesk.at(MONDAY_MORNING);
  const aapl = desk.stock("AAPL");
  const file = (rows: readonly (readonly [string, number])[]) => {
    const held = rows.map(([account, quantity]) => ({ account, instrument: aapl, quantity, avgPrice: 200 }));
    const accounts = rows.map(([account]) => account);
    desk.book.push({ kind: "positions", source: "MANUAL", accounts, rows: held, at: desk.book.now });
    desk.turn();
  };
  file([["paper", 10]]);
  await desk.later(5);
  assert.deepEqual(desk.history.rows("positionChanges"), []);
  file([["paper", 15], ["vault", 3]]);
  await desk.later(5);
  assert.deepEqual(desk.history.rows("positionChanges").map((row) => [row.account, ...Object.values(told(row))]), [
    ["paper", 10, 15, "manual", "the file of manual positions says so"],
    ["vault", 0, 3, "manual", "the file of manual positions says so"],
  ]);
});

Deno.test("the first confirmed book is compared with the stored one, by what was traded since", async () => {
  const stored = { books: [storedBook(70)] };
  const desk = await RecordedDesk.at(MONDAY_MORNING, stored);
  const aapl = desk.stock("AAPL");
  const msft = desk.stock("MSFT");
  desk.holds({ of: aapl, quantity: 100, at: 250 }, { of: msft, quantity: 5 });
  desk.turn();
  await desk.later(5);
  assert.deepEqual(desk.history.rows("positionChanges"), [], "the day's executions are still to come");
  const at = (quantity: number, execId: string, time: number) =>
    desk.book.push({
      kind: "execution",
      source: "IB",
      account: "DU1",
      instrument: aapl,
      execId,
      quantity,
      price: 270,
      time,
    });
  // One of before the book was stored is in it.
  at(70, "a.01", stored.books[0]!.takenAt - 3_600_000);
  at(30, "b.01", stored.books[0]!.takenAt + 5_000);
  desk.executionsComplete();
  desk.turn();
  await desk.later(5);
  const changes = desk.history.rows("positionChanges").map((
    row,
  ) => [row.instrument.symbol, ...Object.values(told(row))]);
  assert.deepEqual(changes, [
    ["MSFT", 0, 5, "restart", "since the book was stored: no execution explains it"],
    ["AAPL", 70, 100, "restart", "since the book was stored: execution b.01"],
  ]);
});

Deno.test("a change that was recorded after the stored book is not told a second time", async () => {
  const book = storedBook(70);
  const change = positionChange(book.takenAt + 1_000, {
    instrument: stock("AAPL"),
    quantityBefore: 70,
    quantityAfter: 100,
  });
  const { desk } = await deskWithStock(100, { books: [book], changes: [change] });
  assert.deepEqual(desk.history.rows("positionChanges"), []);
});

Deno.test("a holding of the stored book that the broker no longer has is a change to nothing", async () => {
  const desk = await RecordedDesk.at(MONDAY_MORNING, { books: [storedBook(70)] });
  desk.holds().executionsComplete();
  desk.turn();
  await desk.later(5);
  assert.deepEqual(desk.history.rows("positionChanges").map(told), [{
    quantityBefore: 70,
    quantityAfter: 0,
    cause: "restart",
    explanation: "since the book was stored: no execution explains it",
  }]);
});
