/** The large books of the benchmarks, as a monitor holds them. */
import type { Log } from "../../src/application/ports/log.ts";
import type { Settings } from "../../src/application/settings.ts";
import { Monitor } from "../../src/application/monitor.ts";
import { type InstrumentIndex, type PositionRow, QuoteField } from "../../src/domain/event.ts";
import { loadSettings } from "../../src/infrastructure/config/load.ts";
import { option, stock } from "./book_builder.ts";
import { VirtualClock } from "./virtual_clock.ts";

/** One row of the files; amounts per unit, null where it does not apply. */
interface BenchRow {
  readonly kind: "OPTION" | "STOCK";
  readonly underlying: string;
  readonly qty: number;
  readonly avg: number;
  readonly dte: number | null;
  readonly strike: number | null;
  readonly right: "C" | "P" | null;
  readonly bid: number;
  readonly ask: number;
  readonly last: number;
  readonly yclose: number;
  readonly iv: number | null;
  readonly delta: number | null;
  readonly gamma: number | null;
  readonly vega: number | null;
  readonly theta: number | null;
  readonly spot: number;
}

const DAY_MS = 86_400_000;
const FOLDER = new URL("../../../shared/bench/", import.meta.url);
const SILENT: Log = { write() {} };
const START = Date.parse("2026-11-20T15:30:00Z");

/** A monitor with a full book, and a way to move every one of its quotes. */
export class BenchBook {
  readonly clock = new VirtualClock(START);
  readonly monitor: Monitor;
  readonly #rows: readonly { readonly index: InstrumentIndex; readonly row: BenchRow }[];
  #round = 0;

  constructor(rows: readonly BenchRow[], settings: Settings = benchSettings()) {
    const monitor = new Monitor(settings, { clock: this.clock, log: SILENT, prioritise() {}, clockShifted: false });
    this.monitor = monitor;
    const at = this.clock.now();
    const { inbox } = monitor;
    inbox.push({ kind: "link", source: "IB", status: "up", detail: "", at });
    const values = { netLiquidation: 1e8, maintenanceMargin: 3e7, initialMargin: 4e7, cash: 1e7 };
    inbox.push({ kind: "account", source: "IB", account: "DU1", currency: "USD", values, at });
    const spots = new Map<string, InstrumentIndex>();
    this.#rows = rows.map((row) => {
      const index = inbox.instrument(instrumentOf(row));
      if (row.kind === "STOCK") spots.set(row.underlying, index);
      return { index, row };
    });
    const held: PositionRow[] = this.#rows.map(({ index, row }) => ({
      account: "DU1",
      instrument: index,
      quantity: row.qty,
      avgPrice: row.avg,
    }));
    inbox.push({ kind: "positions", source: "IB", accounts: ["DU1"], rows: held, at });
    inbox.push({ kind: "executions-complete", source: "IB", since: START - DAY_MS, at });
    for (const { index, row } of this.#rows) {
      const underlying = spots.get(row.underlying);
      if (row.kind === "OPTION" && underlying !== undefined) {
        inbox.push({ kind: "underlying", instrument: index, underlying });
      }
      inbox.push({ kind: "line", instrument: index, status: "live", detail: null, at });
      inbox.tick(index, QuoteField.close, row.yclose, at);
      const pnl = { dailyPnl: 1, unrealizedPnl: 1, realizedPnl: 0 };
      const { qty: quantity } = row;
      inbox.push({
        kind: "leaf-pnl",
        source: "IB",
        account: "DU1",
        instrument: index,
        quantity,
        pnl,
        marketValue: null,
        at,
      });
    }
    this.quoteAll();
    monitor.turn();
  }

  /** Puts a new quote of every line into the inbox: prices, and the options' greeks. */
  quoteAll(): void {
    const { inbox } = this.monitor;
    const at = this.clock.now();
    const move = 1 + 0.001 * Math.sin(++this.#round);
    for (const { index, row } of this.#rows) {
      inbox.tick(index, QuoteField.bid, row.bid * move, at);
      inbox.tick(index, QuoteField.ask, row.ask * move, at);
      inbox.tick(index, QuoteField.last, row.last * move, at);
      if (row.kind === "STOCK") continue;
      inbox.tick(index, QuoteField.delta, Math.min(1, Math.max(-1, (row.delta ?? NaN) * move)), at);
      inbox.tick(index, QuoteField.gamma, (row.gamma ?? NaN) * move, at);
      inbox.tick(index, QuoteField.vega, (row.vega ?? NaN) * move, at);
      inbox.tick(index, QuoteField.theta, (row.theta ?? NaN) * move, at);
      inbox.tick(index, QuoteField.impliedVolatility, (row.iv ?? NaN) * move, at);
    }
  }

  /** Indices of all lines. */
  get lines(): readonly InstrumentIndex[] {
    return this.#rows.map(({ index }) => index);
  }
}

/** The book of that many positions; null when the files cannot be had. 100,000: ten copies of the largest, renamed. */
export function benchRows(positions: 500 | 10_000 | 100_000): BenchRow[] | null {
  const size = Math.min(positions, 10_000);
  let text;
  try {
    text = Deno.readTextFileSync(new URL(`bench_portfolio_${size}.json`, FOLDER));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) return null;
    throw error;
  }
  const rows: readonly BenchRow[] = JSON.parse(text);
  return Array.from(
    { length: positions / size },
    (_, copy) => rows.map((row) => copy === 0 ? row : { ...row, underlying: `${row.underlying}x${copy}` }),
  ).flat();
}

function instrumentOf(row: BenchRow) {
  if (row.kind === "STOCK") return stock(row.underlying);
  const expiry = new Date(START + (row.dte ?? 0) * DAY_MS).toISOString().slice(0, 10);
  return option(`${row.underlying} ${expiry} ${row.strike} ${row.right}`);
}

/** The shipped defaults, live: what a user's monitor runs with. */
function benchSettings(): Settings {
  const nothing = () => {
    throw new Deno.errors.NotFound();
  };
  return loadSettings({ env: "dev", configDir: null, configFile: null, environment: {}, read: nothing }).settings;
}
