/**
 * One load run: a monitor with the real client library on real TCP, a simulated gateway elsewhere that sends ticks as
 * fast as it is told to, and what both saw.
 */
import process from "node:process";
import { Monitor } from "../../src/application/monitor.ts";
import type { RiskSnapshot } from "../../src/domain/risk/snapshot.ts";
import { ibkrFeed } from "../../src/infrastructure/ibkr/feed.ts";
import { tcpNetwork } from "../../src/infrastructure/net/tcp.ts";
import { systemClock } from "../../src/infrastructure/system_clock.ts";
import { seededRandom } from "../support/virtual_clock.ts";
import { demoSettings, MemoryLog } from "../support/world.ts";
import { type LoadBook, PROBE_SYMBOL } from "./load_book.ts";
import { loopLag, type Percentiles, percentilesOf } from "./percentiles.ts";
import type { Answer, Question, QuoteOnWire } from "./simulator_side.ts";

/** The simulated gateway, wherever it runs. */
export interface SimulatorPeer {
  ask(question: Question): Promise<Answer>;
  stop(): Promise<void>;
}

export interface LoadOptions {
  readonly book: LoadBook;
  /** How long is measured, after every line has ticked. */
  readonly seconds: number;
  readonly seed: number;
  readonly simulator: SimulatorPeer;
  /** Gives up waiting for the lines after this. */
  readonly startSeconds: number;
}

export interface LoadReport {
  readonly positions: number;
  readonly linesLive: number;
  /** From connecting until every line had ticked. */
  readonly startMs: number;
  readonly measuredMs: number;
  readonly ticksSentPerSecond: number;
  /** On the wire and in the inbox, from the first byte to the last. */
  readonly ticksSent: number;
  readonly valuesSent: number;
  readonly valuesReceived: number;
  readonly conflated: number;
  /** CPU seconds a second: of the whole process, and of the thread that the monitor runs on. */
  readonly processCores: number;
  readonly threadCores: number;
  /** Megabytes resident at the start of the measurement, in its middle and at its end. */
  readonly residentMb: readonly [number, number, number];
  /** Milliseconds from the write of a probe to the snapshot that shows it. */
  readonly latency: Percentiles;
  readonly cadenceMs: number;
  readonly loopLag: Percentiles;
  readonly turn: Percentiles;
  /** Quotes that differ from the simulator's at the end, in words. */
  readonly differences: readonly string[];
  /** Warnings and errors that were logged meanwhile. */
  readonly complaints: readonly string[];
}

const LOOK_EVERY_MS = 20;
/** What was on its way when the gateway stopped must be there within this. */
const SETTLE_MS = 5_000;

export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  const { book, seed, simulator } = options;
  const { port } = await simulator.ask({ ask: "start", book, seed });
  const log = new MemoryLog();
  const { monitor, stop } = startMonitor(book, port, seed, log);
  try {
    const began = performance.now();
    await until(() => monitor.readiness().lines >= book.positions && allAnswered(monitor), options.startSeconds * 1000);
    const startMs = performance.now() - began;
    const measured = await measure(monitor, options.seconds, simulator);
    const held = await simulator.ask({ ask: "hold" });
    await until(() => monitor.inbox.ticks >= held.count.values, SETTLE_MS);
    const snapshot = monitor.turn();
    return {
      positions: snapshot.positions.length,
      linesLive: snapshot.quality.live,
      startMs,
      ...measured,
      ticksSent: held.count.ticks,
      valuesSent: held.count.values,
      valuesReceived: monitor.inbox.ticks,
      conflated: monitor.inbox.conflated,
      differences: differencesBetween(snapshot, held.quotes),
      complaints: log.lines.filter(({ level }) => level === "WARN" || level === "ERROR")
        .map(({ level, message }) => `${level} ${message}`),
    };
  } finally {
    await stop();
    await simulator.stop();
  }
}

function startMonitor(book: LoadBook, port: number, seed: number, log: MemoryLog) {
  const base = demoSettings();
  const ibkr = { ...base.ibkr, enabled: true, host: "127.0.0.1", port, marketDataLines: book.positions + 10 };
  const settings = { ...base, ibkr };
  const clock = systemClock();
  const monitor: Monitor = new Monitor(settings, {
    clock,
    log,
    prioritise: (priorities) => feed.prioritise(priorities),
    clockShifted: false,
  });
  const feed = ibkrFeed({
    settings: ibkr,
    network: tcpNetwork(),
    clock,
    random: seededRandom(seed),
    log,
    sink: monitor.inbox,
    betaReference: null,
    instrumentAt: (index) => monitor.portfolio.registry.at(index),
  });
  feed.start();
  monitor.start();
  return {
    monitor,
    stop: async () => {
      monitor.stop();
      await feed.stop();
    },
  };
}

function allAnswered(monitor: Monitor): boolean {
  const { answered, lines } = monitor.readiness();
  return answered >= lines;
}

async function measure(monitor: Monitor, seconds: number, simulator: SimulatorPeer) {
  const turns: number[] = [];
  const shown: { readonly probe: number; readonly at: number }[] = [];
  const unsubscribe = monitor.subscribe(({ snapshot }) => {
    const at = performance.timeOrigin + performance.now();
    const probe = snapshot.positions.find(({ symbol, assetType }) => symbol === PROBE_SYMBOL && assetType === "STOCK")
      ?.last ?? 0;
    shown.push({ probe, at });
    if (snapshot.monitor.turnMs !== null) turns.push(snapshot.monitor.turnMs);
  });
  const resident = [residentMb()];
  const before = await simulator.ask({ ask: "count" });
  const lag = loopLag();
  const began = performance.now();
  const cpu = process.cpuUsage();
  const thread = process.threadCpuUsage();
  await pause(seconds * 500);
  resident.push(residentMb());
  await pause(seconds * 500);
  const used = process.cpuUsage(cpu);
  const usedByThread = process.threadCpuUsage(thread);
  const measuredMs = performance.now() - began;
  const lags = lag.stop();
  const after = await simulator.ask({ ask: "count" });
  resident.push(residentMb());
  unsubscribe();
  return {
    measuredMs,
    ticksSentPerSecond: (after.count.ticks - before.count.ticks) / (measuredMs / 1000),
    processCores: (used.user + used.system) / 1000 / measuredMs,
    threadCores: (usedByThread.user + usedByThread.system) / 1000 / measuredMs,
    residentMb: [resident[0]!, resident[1]!, resident[2]!] as const,
    latency: percentilesOf(latencies(before.probesSentAt.length, after.probesSentAt, shown)),
    cadenceMs: demoSettings().monitor.cadenceMs,
    loopLag: percentilesOf(lags),
    turn: percentilesOf(turns),
  };
}

/** A probe is in the first snapshot that shows it or a later one. */
function latencies(
  from: number,
  sentAt: readonly number[],
  shown: readonly { readonly probe: number; readonly at: number }[],
): number[] {
  const found: number[] = [];
  let next = from + 1;
  for (const { probe, at } of shown) {
    for (; next <= probe && next <= sentAt.length; next++) found.push(at - sentAt[next - 1]!);
  }
  return found;
}

function differencesBetween(snapshot: RiskSnapshot, quotes: readonly QuoteOnWire[]): string[] {
  const held = new Map(snapshot.positions.flatMap((row) => row.conIds.map((conId) => [conId, row] as const)));
  const found: string[] = [];
  for (const { conId, bid, ask, impliedVolatility } of quotes) {
    const row = held.get(conId);
    if (row === undefined) {
      found.push(`${conId} is not in the book`);
      continue;
    }
    if (row.bid !== bid) found.push(`${row.localSymbol}: bid ${row.bid}, sent ${bid}`);
    if (row.ask !== ask) found.push(`${row.localSymbol}: ask ${row.ask}, sent ${ask}`);
    if (row.iv !== impliedVolatility) found.push(`${row.localSymbol}: iv ${row.iv}, sent ${impliedVolatility}`);
  }
  return found;
}

function residentMb(): number {
  return Deno.memoryUsage().rss / 1e6;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function until(done: () => boolean, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!done() && performance.now() < deadline) await pause(LOOK_EVERY_MS);
}
