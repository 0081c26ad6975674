/**
 * Two days of a simulated book, from Monday's last half hour in New York until Tuesday is over everywhere, recorded into an
 * embedded store: what the store gives back is what was published at the instants that it names.
 */
import assert from "node:assert/strict";
import { ClaimedHistory, ClaimingStore } from "../../src/application/history/claimed_history.ts";
import { HistoryRecorder } from "../../src/application/history_recorder.ts";
import { migrate } from "../../src/application/migrations.ts";
import type { Store, StoreBatch } from "../../src/application/ports/store.ts";
import type { Fill } from "../../src/application/ports/store_records.ts";
import { exchangeOf } from "../../src/domain/calendar/exchange.ts";
import { sessionDate } from "../../src/domain/calendar/session.ts";
import type { RiskSnapshot } from "../../src/domain/risk/snapshot.ts";
import { migrationsOf } from "../../src/infrastructure/store/migration_files.ts";
import { SqliteMigrations } from "../../src/infrastructure/store/sqlite/migrations.ts";
import { openSqliteStore } from "../../src/infrastructure/store/sqlite/store.ts";
import { near } from "../support/book_builder.ts";
import { projectText } from "../support/source_tree.ts";
import { demoSettings, makeWorld, type World } from "../support/world.ts";

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** 15:30 in New York. */
const START = Date.parse("2026-11-23T20:30:00Z");
const HOURS = 33;
const ALWAYS = { account: null, from: 0, to: START * 2 };
const MIGRATIONS = migrationsOf("sqlite", projectText);

/** The drilled book, with a market that moves once a minute and when it is told to. */
const SCENARIO = projectText("tests/scenarios/drill_book.yaml")
  .replace("market_data_lines: 100", "market_data_lines: 100, step: 60s, account_refresh: 60s, pnl_refresh: 60s");

async function inStore(use: (store: Store) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const file = `${folder}/data/apex.db`;
    await migrate(MIGRATIONS, new SqliteMigrations(file));
    const store = await openSqliteStore(file, MIGRATIONS);
    await use(store);
    await store.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function recordedWorld(store: Store): Promise<{ world: World; end: () => Promise<void> }> {
  const world = await makeWorld({
    scenario: SCENARIO,
    start: START,
    settings: (settings) => ({
      ...settings,
      manual: { ...settings.manual, enabled: false },
      monitor: { ...settings.monitor, cadenceMs: 60_000 },
      snapshots: {
        positionIntervalSec: 1_800,
        accountIntervalSec: 600,
        riskIntervalSec: HOUR / 1000,
        captureOnShutdown: true,
        retentionDays: 30,
      },
    }),
  });
  const { monitor, clock, log } = world;
  let written = Promise.resolve();
  const history = new ClaimedHistory({
    log,
    open(book, refused) {
      const claiming = new ClaimingStore(store, book, refused);
      return {
        record: (batch: StoreBatch) => void (written = written.then(() => claiming.write(batch))),
        health: () => ({ status: "up", detail: "" }),
        close: () => written,
      };
    },
  });
  const snapshots = { positionIntervalSec: 1_800, accountIntervalSec: 600, riskIntervalSec: HOUR / 1000 };
  const settings = { ...demoSettings(), snapshots: { ...snapshots, captureOnShutdown: true, retentionDays: 30 } };
  const recorder = new HistoryRecorder({ monitor, settings, clock, sink: history, log });
  recorder.start();
  const end = async () => {
    const stopped = recorder.stop();
    await clock.advance(1_000);
    await stopped;
    await history.close(0);
    await world.stop();
  };
  return { world, end };
}

/** Trades and prices, and what they are of. */
async function twoDays({ clock, gateway }: World): Promise<void> {
  const price = (contract: string, to: number) => gateway.happen({ kind: "price", contract, price: to, change: null });
  const fill = (account: string, contract: string, quantity: number, at: number) =>
    gateway.happen({ kind: "fill", account, contract, quantity, price: at, commission: 1.25 });
  await clock.advance(10 * MINUTE);
  price("AAPL", 192);
  fill("DU1", "AAPL", 100, 192);
  await clock.advance(10 * MINUTE);
  fill("DU2", "MSFT", -50, 413);
  price("ES", 6_630);
  // 20:00: at 17:00 the future has rolled, the stocks have not.
  await clock.advance(4 * HOUR + 10 * MINUTE);
  price("ES", 6_610);
  fill("DU1", "ES", 1, 6_610);
  // Tuesday, noon.
  await clock.advance(16 * HOUR);
  price("AAPL", 189);
  gateway.happen({ kind: "position", account: "DU2", contract: "AAPL", quantity: -40, averagePrice: 185 });
  // 19:00: the future is in Wednesday.
  await clock.advance(7 * HOUR);
  price("ES", 6_625);
  // Half past midnight.
  await clock.advance(5 * HOUR + 30 * MINUTE);
}

/** Of each leaf the last figure that was published while it was in that session. */
function lastOfSession(snapshots: readonly RiskSnapshot[], day: string): Map<string, number> {
  const last = new Map<string, number>();
  for (const { asOf, positions } of snapshots) {
    for (const position of positions) {
      if (sessionDate(exchangeOf(position)!, Date.parse(asOf)) !== day) continue;
      for (const leaf of position.leaves) {
        if (leaf.dailyPnl !== null) last.set(`${leaf.account} ${position.localSymbol}`, leaf.dailyPnl);
      }
    }
  }
  return last;
}

function sumOf(figures: ReadonlyMap<string, number>, account: string | null): number {
  let sum = 0;
  for (const [leaf, value] of figures) if (account === null || leaf.startsWith(`${account} `)) sum += value;
  return sum;
}

async function allFills(store: Store): Promise<Fill[]> {
  const fills: Fill[] = [];
  for await (const page of store.fills(ALWAYS)) fills.push(...page);
  // They come an account after the other.
  return fills.sort((a, b) => a.execution.executedAt - b.execution.executedAt);
}

Deno.test("two recorded days: the store gives back what was published", async () => {
  await inStore(async (store) => {
    const { world, end } = await recordedWorld(store);
    await twoDays(world);
    await end();
    const at = Map.groupBy(world.snapshots, (snapshot) => Date.parse(snapshot.asOf));
    assert.equal(await store.storedBook(), "simulated");
    await daysMatch(store, world.snapshots);
    await booksMatch(store, at);
    await riskMatches(store, at);
    await tradesMatch(store);
  });
});

/** Monday, Tuesday, and what there is of Wednesday. */
async function daysMatch(store: Store, snapshots: readonly RiskSnapshot[]): Promise<void> {
  const rows = await store.dailyPnl({ account: null, from: "2026-01-01", to: "2027-12-31" });
  const days = [...new Set(rows.map(({ tradeDate }) => tradeDate))].sort();
  assert.deepEqual(days, ["2026-11-23", "2026-11-24", "2026-11-25"]);
  for (const day of days) {
    const figures = lastOfSession(snapshots, day);
    for (const account of ["DU1", "DU2", null]) {
      const row = rows.find((each) => each.tradeDate === day && each.account === (account ?? "ALL"))!;
      near(row.dailyPnl, sumOf(figures, account), `${account ?? "the book"} on ${day}`);
      assert.equal(row.excluded, 0);
    }
  }
  const monday = rows.find(({ tradeDate, account }) => tradeDate === "2026-11-23" && account === "ALL")!;
  near(monday.commissions, 2.5, "AAPL and MSFT; the future was bought in Tuesday's session");
}

/** By the hour: the newest books of then. */
async function booksMatch(store: Store, at: ReadonlyMap<number, readonly RiskSnapshot[]>): Promise<void> {
  for (let until = START + HOUR; until <= START + HOURS * HOUR; until += HOUR) {
    const books = await store.lastPositions(until - HOUR, until);
    assert.deepEqual(books.map(({ account }) => account).sort(), ["DU1", "DU2"]);
    for (const { account, takenAt, positions } of books) {
      const snapshot = at.get(takenAt)!.at(-1)!;
      assert.ok(until - takenAt <= 31 * MINUTE, "every half hour, at the first turn after it");
      const published = snapshot.positions.flatMap((position) =>
        position.leaves.filter((leaf) => leaf.account === account && leaf.quantity !== 0)
          .map((leaf) => [position.localSymbol, leaf.quantity, leaf.avgPrice, position.mark, leaf.dailyPnl])
      );
      const stored = positions.map((
        row,
      ) => [row.instrument.localSymbol, row.quantity, row.avgPrice, row.mark, row.dailyPnl]);
      assert.deepEqual(stored.sort(), published.sort());
    }
  }
  const accounts = await store.lastAccounts(0);
  for (const { account, takenAt, values } of accounts) {
    const published = at.get(takenAt)!.at(-1)!.accounts.find((row) => row.account === account)!;
    assert.equal(values.netLiquidation, published.netLiquidation);
  }
  assert.equal(accounts.length, 2);
}

async function riskMatches(store: Store, at: ReadonlyMap<number, readonly RiskSnapshot[]>): Promise<void> {
  const book = (await store.riskSeries({ ...ALWAYS, account: "ALL" })).filter(({ source }) => source === "ALL");
  // At the start, at each full hour after it, and at the end.
  assert.equal(book.length, 1 + HOURS + 1);
  for (const { takenAt, figures, status } of book) {
    // Several turns may fall on one millisecond; one of them was recorded.
    const published = at.get(takenAt)!.map(({ portfolio, status }) => figuresText({ ...portfolio, status }));
    assert.ok(published.includes(figuresText({ ...figures, status })), new Date(takenAt).toISOString());
  }
  const last = (await store.lastRisk(0)).find(({ account }) => account === "ALL")!;
  assert.equal(last.document, JSON.stringify(at.get(last.takenAt)!.at(-1)));
}

function figuresText(of: Pick<RiskSnapshot["portfolio"], "dailyPnl" | "netLiquidation" | "vega"> & { status: string }) {
  return `${of.dailyPnl} ${of.netLiquidation} ${of.vega} ${of.status}`;
}

async function tradesMatch(store: Store): Promise<void> {
  const fills = await allFills(store);
  const told = fills.map(({ execution, commission }) => [
    execution.account,
    execution.instrument.symbol,
    execution.quantity,
    execution.price,
    commission?.amount,
    execution.orderId !== null,
  ]);
  assert.deepEqual(told, [
    ["DU1", "AAPL", 100, 192, 1.25, true],
    ["DU2", "MSFT", -50, 413, 1.25, true],
    ["DU1", "ES", 1, 6_610, 1.25, true],
  ]);
  const changes = await store.positionChanges(ALWAYS);
  assert.deepEqual(
    changes.map((row) => [row.account, row.instrument.symbol, row.quantityBefore, row.quantityAfter, row.cause]),
    [
      ["DU1", "AAPL", 300, 400, "execution"],
      ["DU2", "MSFT", 50, 0, "execution"],
      ["DU1", "ES", -2, -1, "execution"],
      ["DU2", "AAPL", -100, -40, "download"],
    ],
  );
  assert.equal(changes[0]!.explanation, `execution ${fills[0]!.execution.execId}`);
}
