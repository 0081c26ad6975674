/**
 * Killed and started anew: the whole monitor on a simulated gateway under the virtual clock, its history in a real file.
 *
 * The market stands still, so that after the restart every number must be what it was before.
 */
import assert from "node:assert/strict";
import { HistoryRecorder } from "../../src/application/history_recorder.ts";
import { migrate } from "../../src/application/migrations.ts";
import type { Store } from "../../src/application/ports/store.ts";
import { readWarmStart, type WarmStart } from "../../src/application/warm_start.ts";
import type { RiskSnapshot } from "../../src/domain/risk/snapshot.ts";
import { migrationsOf } from "../../src/infrastructure/store/migration_files.ts";
import { SqliteMigrations } from "../../src/infrastructure/store/sqlite/migrations.ts";
import { openSqliteStore } from "../../src/infrastructure/store/sqlite/store.ts";
import { snapshotSchema } from "../../src/presentation/snapshot_schema.ts";
import { projectText } from "../support/source_tree.ts";
import { makeWorld, type Prepared, type World } from "../support/world.ts";

const SCENARIO = await Deno.readTextFile(new URL("./known_book.yaml", import.meta.url));
const MIGRATIONS = migrationsOf("sqlite", projectText);
/** Friday, 10:30 in New York. */
const START = Date.parse("2026-11-20T15:30:45Z");
const GROSS = "max_total_gross_notional";

/** Where a run's history goes. */
class Keeper {
  readonly #file: string;
  #writing: Promise<void> = Promise.resolve();
  store: Store | null = null;
  recorder: HistoryRecorder | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  async open(): Promise<Store> {
    await migrate(MIGRATIONS, new SqliteMigrations(this.#file));
    return this.store = await openSqliteStore(this.#file, MIGRATIONS);
  }

  record({ monitor, settings, clock, log }: Prepared, warm: WarmStart): void {
    const store = this.store!;
    const write = (work: () => Promise<void>): void => void (this.#writing = this.#writing.then(work));
    this.recorder = new HistoryRecorder({
      monitor,
      settings,
      clock,
      log,
      sink: {
        record: (batch) => write(() => store.write(batch)),
        claim: (book) => write(() => store.claim(book)),
        stop: (reason) => assert.fail(reason),
      },
    });
    this.recorder.expect({ books: warm.books });
    this.recorder.start();
  }

  /** As `kill -9`: what was acknowledged is in the file, and nothing is written any more. */
  async kill(): Promise<void> {
    await this.#writing;
    await this.store?.close();
  }
}

async function run(file: string, start: number): Promise<{ world: World; keeper: Keeper; first: RiskSnapshot }> {
  const keeper = new Keeper(file);
  let first: RiskSnapshot | null = null;
  const world = await makeWorld({
    scenario: SCENARIO,
    start,
    settings: (settings) => ({
      ...settings,
      manual: { ...settings.manual, enabled: false },
      risk: { ...settings.risk, limits: { ...settings.risk.limits, maxTotalGrossNotional: 100_000 } },
    }),
    async prepare(prepared) {
      const warm = await readWarmStart(await keeper.open(), prepared.settings, prepared.clock.now());
      prepared.monitor.restore(warm);
      keeper.record(prepared, warm);
      first = prepared.monitor.turn();
    },
  });
  return { world, keeper, first: first! };
}

/** What is about the book, and not about the moment. */
function lasting({ portfolio, accounts, positions, byUnderlying, byExpiry, byCurrency }: RiskSnapshot) {
  return {
    portfolio,
    accounts,
    positions: positions.map(({ quoteAgeMs: _age, ...rest }) => rest).sort(byKey),
    byUnderlying: byUnderlying.map(({ betaBasis: _basis, ...rest }) => rest),
    byExpiry,
    byCurrency,
  };
}

/** What of a still market does not move with the clock. */
function moneyOf({ portfolio }: RiskSnapshot) {
  const { unrealizedPnl, dailyPnl, realizedPnl, fxPnl, marketValue, grossMarketValue, netLiquidation } = portfolio;
  return { unrealizedPnl, dailyPnl, realizedPnl, fxPnl, marketValue, grossMarketValue, netLiquidation };
}

function byKey(a: { localSymbol: string }, b: { localSymbol: string }): number {
  return a.localSymbol < b.localSymbol ? -1 : 1;
}

Deno.test("killed and started anew: breach, acknowledgement, peaks, closes and totals are what they were", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/data/apex.db`;
  try {
    const one = await run(file, START);
    assert.equal(one.first.restoredFrom, null);
    await one.world.clock.advance(60_000);
    one.world.monitor.acknowledge(GROSS, "operator", "hedged at the close");
    await one.world.clock.advance(150_000);
    const before = one.world.now();
    const { peaks } = one.world.monitor.signalMemory();
    assert.equal(before.status, "complete", before.statusReasons.join("; "));
    assert.equal(before.breaches.find(({ id }) => id === GROSS)?.note, "hedged at the close");
    assert(peaks.length > 0, "the book has winners");
    await one.keeper.kill();
    await one.world.stop();

    const two = await run(file, START + 10 * 60_000);
    const { first } = two;
    snapshotSchema.parse(JSON.parse(JSON.stringify(first)));
    assert.equal(first.status, "starting");
    assert.match(first.statusReasons.join("; "), /IB: book of 2026-11-20 10:3\d New York restored from history/);
    const held = before.positions.filter(({ quantity }) => quantity !== 0);
    assert.deepEqual(
      first.positions.map(({ localSymbol, quantity }) => [localSymbol, quantity]).sort(),
      held.map(({ localSymbol, quantity }) => [localSymbol, quantity]).sort(),
    );
    for (const { localSymbol, flags, markSource, mark, close, closeDate } of first.positions) {
      const was = held.find((position) => position.localSymbol === localSymbol)!;
      assert(flags.includes("STALE"), localSymbol);
      assert.deepEqual(
        [markSource, mark, close, closeDate],
        ["stored", was.mark, was.close, was.closeDate],
        localSymbol,
      );
    }
    assert.deepEqual(first.breaches.map(ackOf), before.breaches.map(ackOf));
    assert.deepEqual(sorted(two.world.monitor.signalMemory().peaks), sorted(peaks));

    await two.world.clock.advance(90_000);
    const after = two.world.now();
    assert.equal(after.status, "complete", after.statusReasons.join("; "));
    assert.equal(after.restoredFrom, null);
    // Greeks move with the clock: a start without history at the same time is the measure of everything.
    const cold = await run(`${folder}/data/other.db`, START + 10 * 60_000);
    await cold.world.clock.advance(90_000);
    assert.deepEqual(lasting(after), lasting(cold.world.now()));
    assert.deepEqual(moneyOf(after), moneyOf(before));
    assert.deepEqual(after.breaches.map(ackOf), before.breaches.map(ackOf));
    await cold.keeper.kill();
    await cold.world.stop();
    assert.deepEqual(after.reconciliation, []);
    assert.deepEqual(sorted(two.world.monitor.signalMemory().peaks), sorted(peaks));
    assert.deepEqual(
      two.world.snapshots.filter(({ status }) => status === "starting").flatMap(({ limits }) => limits),
      [],
    );
    await two.keeper.kill();

    // The history tells the breach and its acknowledgement once, whatever happened.
    const reader = await openSqliteStore(file, MIGRATIONS);
    const steps = await reader.breaches({ account: null, from: START - 1, to: START + 3_600_000 });
    assert.deepEqual(
      steps.filter(({ transition }) => transition.id === GROSS).map(({ transition }) => transition.kind),
      [
        "opened",
        "acknowledged",
      ],
    );
    await reader.close();
    await two.world.stop();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("killed twice, the second time before the broker answered: the book of the first run is still there", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/data/apex.db`;
  try {
    const one = await run(file, START);
    await one.world.clock.advance(90_000);
    await one.keeper.kill();
    await one.world.stop();
    const two = await run(file, START + 5 * 60_000);
    await two.keeper.kill();
    const three = await run(file, START + 10 * 60_000);
    assert.deepEqual(
      three.first.positions.map(({ localSymbol, quantity, mark }) => [localSymbol, quantity, mark]),
      two.first.positions.map(({ localSymbol, quantity, mark }) => [localSymbol, quantity, mark]),
    );
    assert.equal(three.first.restoredFrom, two.first.restoredFrom);
    assert(three.first.restoredFrom !== null);
    await three.keeper.kill();
    await three.world.stop();
    await two.world.stop();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

function ackOf({ id, state, note, since, acknowledgedAt, acknowledgedBy }: RiskSnapshot["breaches"][number]) {
  return { id, state, note, since, acknowledgedAt, acknowledgedBy };
}

function sorted<Value>(entries: Iterable<readonly [string, Value]>): (readonly [string, Value])[] {
  return [...entries].sort(([a], [b]) => a < b ? -1 : 1);
}
