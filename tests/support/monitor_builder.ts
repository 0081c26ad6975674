/** A whole monitor under the virtual clock, in a few lines. */
import type { Log, LogLevel } from "../../src/application/ports/log.ts";
import { Monitor, type Published } from "../../src/application/monitor.ts";
import type { Settings } from "../../src/application/settings.ts";
import {
  type BookEvent,
  type InstrumentIndex,
  type LineStatus,
  QuoteField,
  type Source,
} from "../../src/domain/event.ts";
import type { Instrument } from "../../src/domain/instrument.ts";
import type { RiskSettings } from "../../src/domain/settings.ts";
import { loadSettings } from "../../src/infrastructure/config/load.ts";
import { FRIDAY_MIDNIGHT, FRIDAY_MORNING, type Holding, type Quote, RISK_SETTINGS } from "./book_builder.ts";
import { VirtualClock } from "./virtual_clock.ts";

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
}

export type SettingsChange = Omit<Partial<Settings>, "risk"> & { readonly risk?: Partial<RiskSettings> };

/** The built-in defaults with no limit set, changed as given. */
export function settingsWith(change: SettingsChange = {}): Settings {
  const nothing = () => {
    throw new Deno.errors.NotFound();
  };
  const request = { env: "dev", configDir: null, configFile: null, environment: {}, read: nothing } as const;
  const { settings } = loadSettings(request);
  return { ...settings, ...change, risk: { ...RISK_SETTINGS, ...change.risk } };
}

export class MonitorBuilder {
  readonly clock = new VirtualClock(FRIDAY_MORNING);
  readonly logged: LogLine[] = [];
  /** What was told about lines, newest last. */
  readonly prioritised: (readonly InstrumentIndex[])[] = [];
  /** The currencies whose rates need lines, newest last. */
  readonly currencies: (readonly string[])[] = [];
  readonly published: Published[] = [];
  /** Why the log does not reach the disk. */
  logTrouble: string | null = null;
  readonly monitor: Monitor;

  constructor(change: SettingsChange = {}) {
    const log: Log = { write: (level, _category, message) => this.logged.push({ level, message }) };
    this.monitor = new Monitor(settingsWith(change), {
      clock: this.clock,
      log,
      prioritise: ({ instruments, currencies }) => {
        this.prioritised.push(instruments);
        this.currencies.push(currencies);
      },
      clockShifted: false,
      logTrouble: () => this.logTrouble,
    });
    this.monitor.subscribe((published) => this.published.push(published));
  }

  get now(): number {
    return this.clock.now();
  }

  push(...events: BookEvent[]): this {
    for (const event of events) this.monitor.inbox.push(event);
    return this;
  }

  add(instrument: Instrument): InstrumentIndex {
    return this.monitor.inbox.instrument(instrument);
  }

  link(status: "up" | "down" | "degraded" | "connecting", detail = "", source: Source = "IB"): this {
    return this.push({ kind: "link", source, status, detail, at: this.now });
  }

  account(account = "DU1", netLiquidation: number | null = 100_000, source: Source = "IB"): this {
    const values = { netLiquidation, maintenanceMargin: 10_000 };
    return this.push({ kind: "account", source, account, currency: "USD", values, at: this.now });
  }

  /** A complete download of positions, without executions. */
  holds(holdings: readonly Holding[], source: Source = "IB", owner = "DU1"): this {
    const rows = holdings.map(({ account = owner, of, quantity, at = null }) => ({
      account,
      instrument: of,
      quantity,
      avgPrice: at,
    }));
    return this.push({ kind: "positions", source, accounts: [owner], rows, at: this.now });
  }

  executions(since = FRIDAY_MIDNIGHT, source: Source = "IB"): this {
    return this.push({ kind: "executions-complete", source, since, at: this.now });
  }

  line(instrument: InstrumentIndex, status: LineStatus): this {
    return this.push({ kind: "line", instrument, status, detail: null, at: this.now });
  }

  quote(instrument: InstrumentIndex, quote: Quote): this {
    for (const [name, value] of Object.entries(quote)) {
      this.monitor.inbox.tick(instrument, QuoteField[name as keyof typeof QuoteField], value, this.now);
    }
    return this;
  }
}
