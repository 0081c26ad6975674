/** One monitor on the adapters of both brokers, each on its simulated one; every byte as over TCP. */
import assert from "node:assert/strict";
import { Monitor } from "../../src/application/monitor.ts";
import type { BookEvent, InstrumentIndex, QuoteField } from "../../src/domain/event.ts";
import type { Instrument } from "../../src/domain/instrument.ts";
import type { InstrumentRegistry } from "../../src/domain/instrument_registry.ts";
import type { RiskSnapshot } from "../../src/domain/risk/snapshot.ts";
import { type BrokerDesk, futuDesk, ibDesk } from "../contract/broker_desks.ts";
import { RecordingSink } from "../infrastructure/ibkr/bench_desk.ts";
import { MemoryNetwork } from "../support/memory_network.ts";
import { settingsWith } from "../support/monitor_builder.ts";
import { VirtualClock } from "../support/virtual_clock.ts";

class MonitorSink extends RecordingSink {
  override readonly registry: InstrumentRegistry;

  constructor(readonly monitor: Monitor) {
    super();
    this.registry = monitor.portfolio.registry;
  }

  override instrument(instrument: Instrument): InstrumentIndex {
    return this.monitor.inbox.instrument(instrument);
  }

  override push(event: BookEvent, urgent?: boolean): void {
    this.events.push(event);
    this.monitor.inbox.push(event, urgent);
  }

  override tick(instrument: InstrumentIndex, field: QuoteField, value: number): void {
    this.monitor.inbox.tick(instrument, field, value, this.at());
  }

  at: () => number = () => 0;
}

interface Brokers {
  readonly clock: VirtualClock;
  readonly ib: BrokerDesk;
  readonly futu: BrokerDesk;
  now(): RiskSnapshot;
}

async function withBrokers(test: (brokers: Brokers) => Promise<void>): Promise<void> {
  const clock = new VirtualClock();
  const desks: BrokerDesk[] = [];
  const base = settingsWith({ risk: { baseCurrency: "USD" } });
  const settings = {
    ...base,
    manual: { ...base.manual, enabled: false },
    ibkr: { ...base.ibkr, enabled: true },
    futu: { ...base.futu, enabled: true },
  };
  const monitor = new Monitor(settings, {
    clock,
    log: { write: () => {} },
    prioritise: (priorities) => {
      for (const { feed } of desks) feed.prioritise(priorities);
    },
    clockShifted: false,
  });
  const sink = new MonitorSink(monitor);
  sink.at = () => clock.now();
  const shared = { clock, network: new MemoryNetwork(clock), sink };
  const [futu, ib] = [futuDesk({ shared }), ibDesk({ shared })];
  desks.push(futu, ib);
  try {
    await ib.listen();
    monitor.start();
    for (const { feed } of desks) feed.start();
    await test({ clock, ib, futu, now: () => monitor.last ?? monitor.turn() });
  } finally {
    monitor.stop();
    for (const desk of desks) await desk.stop();
  }
}

const stock = ({ positions }: RiskSnapshot) => positions.find(({ assetType }) => assetType === "STOCK")!;
const health = (snapshot: RiskSnapshot, of: string) => snapshot.health.find(({ component }) => component === of)!;
const unread = ({ portfolio }: RiskSnapshot) => portfolio.excluded.filter(({ reason }) => reason === "SOURCE_UNREAD");

Deno.test("a book held at both brokers adds up, by contract and over all", async () => {
  await withBrokers(async ({ clock, futu, now }) => {
    await futu.listen();
    await clock.advance(60_000);
    const snapshot = now();
    assert.equal(snapshot.status, "complete");
    assert.deepEqual(
      snapshot.positions.map(({ symbol, assetType, quantity, leaves }) => [symbol, assetType, quantity, leaves.length]),
      [
        ["AAPL", "STOCK", 150, 4],
        ["AAPL", "OPTION", -4, 2],
        ["SPX", "OPTION", 2, 2],
      ],
    );
    // At 271.34 after a close of 268.55, 10 bought at 270 today: 100·271.34 − 90·268.55 − 10·270 = 264.50 at each broker, less
    // IB's commission of 1 and Futu's fee of 0.99 + 1.00 + 10·0.003; short 25: −69.75 at each.
    close(stock(snapshot).dailyPnl, 264.5 - 1 - 69.75 + 264.5 - 2.02 - 69.75);
    // 100·(271.34 − 250.50) − 25·(271.34 − 260) = 1,800.50 at each.
    close(stock(snapshot).unrealizedPnl, 2 * 1800.5);
    const sum = snapshot.positions.reduce((total, { dailyPnl }) => total + dailyPnl!, 0);
    close(snapshot.portfolio.dailyPnl, sum);
    assert.deepEqual(unread(snapshot), []);
    assert.equal(snapshot.accounts.length, 6);
    const netLiquidation = snapshot.accounts.reduce((total, account) => total + account.netLiquidation!, 0);
    close(snapshot.portfolio.netLiquidation, netLiquidation);
  });
});

Deno.test("what was bought at Futu today has cost its fee, of each part of its order a part", async () => {
  await withBrokers(async ({ clock, ib, futu, now }) => {
    await futu.listen();
    await clock.advance(60_000);
    const futuLeaf = () => stock(now()).leaves.find(({ source, quantity }) => source === "FUTU" && quantity > 0)!;
    close(futuLeaf().dailyPnl, 264.5 - 2.02);
    assert.equal(futuLeaf().dailyPnlSource, "own");
    ib.fill(5);
    futu.fill(100);
    await clock.advance(8_000);
    // Another 100 at 271 are worth 34 more; that they cost 0.99 + 1.00 + 100·0.003 is known a moment later.
    close(futuLeaf().dailyPnl, 264.5 - 2.02 + 34);
    await clock.advance(70_000);
    close(futuLeaf().dailyPnl, 264.5 - 2.02 + 34 - 2.29);
    assert.equal(futuLeaf().quantity, 200);
    const told = futuLeaf().realizedPnl;
    assert.equal(told, 0, "a fee says nothing of what a fill realized: nothing was closed");
    assert.equal(health(now(), "futu").status, "up");
  });
});

Deno.test("while OpenD is away its part stands, said to be old, and IB's part lives; what it missed comes with it", async () => {
  await withBrokers(async ({ clock, ib, futu, now }) => {
    await futu.listen();
    await clock.advance(60_000);
    futu.refuse(60);
    await clock.advance(10_000);
    futu.fill(-40);
    ib.fill(5);
    await clock.advance(10_000);
    const away = now();
    assert.equal(away.status, "degraded");
    assert.equal(health(away, "futu").status, "down");
    assert.match(health(away, "futu").detail, /127\.0\.0\.1:11111.*Start OpenD/);
    assert.equal(health(away, "ibkr").status, "up");
    assert.equal(stock(away).quantity, 155, "IB's fill counts, Futu's is not known");
    assert.ok(stock(away).flags.includes("STALE"), stock(away).flags.join());
    assert.deepEqual(unread(away), [], "a part that is old is no part that is missing");
    await clock.advance(120_000);
    const back = now();
    assert.equal(back.status, "complete");
    assert.equal(stock(back).quantity, 115);
    assert.equal(stock(back).dailyPnlSource, "own");
    // Σ Q·mark − Σ Q₀·close − Σ q·price: IB 105 of 90 with 10 at 270 and 5 at 271; Futu 60 of 90 with 10 at 270 and −40 at 271.
    const ibPart = 105 * 271.34 - 90 * 268.55 - 10 * 270 - 5 * 271 - 2;
    // Selling 40 costs 0.99 + 1.00 + 40·0.003, and what it owes to the regulators 0.30 + 0.01.
    const futuPart = 60 * 271.34 - 90 * 268.55 - 10 * 270 + 40 * 271 - 2.02 - 2.42;
    close(stock(back).dailyPnl, ibPart + futuPart - 2 * 69.75);
  });
});

Deno.test("an OpenD that never came leaves its part out of every total, which say so, until it comes", async () => {
  await withBrokers(async ({ clock, futu, now }) => {
    await clock.advance(120_000);
    const without = now();
    assert.equal(health(without, "futu").status, "down");
    assert.equal(stock(without).quantity, 75);
    assert.ok(unread(without).some(({ total }) => total === "dailyPnl"));
    assert.notEqual(without.portfolio.dailyPnl, null);
    await futu.listen();
    await clock.advance(120_000);
    assert.equal(now().status, "complete");
    assert.equal(stock(now()).quantity, 150);
    assert.deepEqual(unread(now()), []);
  });
});

function close(actual: number | null, expected: number): void {
  assert.ok(actual !== null && Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);
}
