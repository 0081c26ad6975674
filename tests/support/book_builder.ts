/** A book in a few lines: what is held, quoted and filled, and what the engine makes of it. */
import assert from "node:assert/strict";
import {
  type BookEvent,
  type BrokerPnl,
  type InstrumentIndex,
  type LinkStatus,
  QuoteField,
  type Source,
} from "../../src/domain/event.ts";
import type { AccountValues, PositionRow } from "../../src/domain/event.ts";
import type { Instrument } from "../../src/domain/instrument.ts";
import { Portfolio } from "../../src/domain/portfolio.ts";
import { type Assessment, RiskEngine } from "../../src/domain/risk/assess.ts";
import type { LeafView, PositionView, UnderlyingView } from "../../src/domain/risk/snapshot.ts";
import type { LimitSettings, RiskSettings } from "../../src/domain/settings.ts";
import type { EpochMs } from "../../src/domain/time.ts";
import { SIGNALS_OFF } from "./signal_settings.ts";

/** Friday 2026-11-20, 10:30 in New York: regular trading. The session before it is Thursday's, 2026-11-19. */
export const FRIDAY_MORNING = Date.parse("2026-11-20T15:30:00Z");
/** When that session began in New York. */
export const FRIDAY_MIDNIGHT = Date.parse("2026-11-20T05:00:00Z");

/** Every limit off. */
export const NO_LIMITS: LimitSettings = {
  maxTotalGrossNotional: null,
  maxPerUnderlyingNotional: { default: null, names: new Map() },
  portfolioDeltaRange: null,
  portfolioGammaRange: null,
  portfolioVegaRange: null,
  portfolioThetaRange: null,
  portfolioDollarDeltaRange: null,
  portfolioBetaDeltaRange: null,
  maxMarginUtilization: null,
  maxConcentrationPct: null,
  maxScenarioLoss: null,
  maxDailyLoss: null,
  maxDrawdownPct: null,
  maxValueAtRisk: null,
  maxMissingGreeksPct: null,
  softBreachThreshold: 0.8,
  debounceSeconds: { soft: 15, hard: 0 },
  escalateAfterMinutes: 2,
};

export const RISK_SETTINGS: RiskSettings = {
  baseCurrency: "USD",
  notionalBasis: "delta",
  marginBasis: "maintenance",
  limits: NO_LIMITS,
  signals: SIGNALS_OFF,
  sectors: new Map(),
  quality: { staleSeconds: 10, maxSpreadPct: 0.5, wideSpreadFloor: 0.25, maxJumpPct: 0.2, rotationSeconds: 30 },
  beta: { reference: "SPY", betas: new Map(), source: "both" },
  shocks: [],
  pnlCheck: { minAccuracy: 0.999, pairWithinMs: 2_000 },
  reconciliation: { manual: "supplement", quantityDriftThreshold: 0, staleThresholdSec: 300 },
};

/** Fields of a quote by name; a NaN says "missing now". */
export type Quote = Partial<Record<keyof typeof QuoteField, number>>;

export interface FillOptions {
  readonly execId?: string;
  readonly time?: EpochMs;
  readonly source?: Source;
  readonly commission?: number;
  readonly currency?: string;
  readonly realizedPnl?: number | null;
}

export interface FutuWords extends Partial<BrokerPnl> {
  readonly price?: number | null;
  /** Of the figures; the account's when it is left out. */
  readonly currency?: string;
  readonly account?: string;
}

/** Row of a position as a test writes it. */
export interface Holding {
  readonly account?: string;
  readonly of: InstrumentIndex;
  readonly quantity: number;
  readonly at?: number | null;
}

export class BookBuilder {
  readonly portfolio = new Portfolio();
  readonly engine: RiskEngine;
  now: EpochMs;
  #fills = 0;

  constructor(settings: Partial<RiskSettings> = {}, now: EpochMs = FRIDAY_MORNING) {
    this.engine = new RiskEngine({ ...RISK_SETTINGS, ...settings });
    this.now = now;
    this.portfolio.moveTo(now);
  }

  /** Moves the clock and rolls what is in a new session. */
  moveTo(at: EpochMs | string): this {
    this.now = typeof at === "string" ? Date.parse(at) : at;
    this.portfolio.moveTo(this.now);
    return this;
  }

  later(ms: number): this {
    return this.moveTo(this.now + ms);
  }

  stock(symbol: string, fields: Partial<Instrument> = {}): InstrumentIndex {
    return this.add(stock(symbol, fields));
  }

  /** `"AAPL 2026-12-18 190 C"` */
  option(words: string, fields: Partial<Instrument> = {}): InstrumentIndex {
    return this.add(option(words, fields));
  }

  future(symbol: string, expiry: string, multiplier: number, fields: Partial<Instrument> = {}): InstrumentIndex {
    return this.add({
      ...stock(symbol),
      assetType: "FUTURE",
      expiry,
      multiplier,
      exchange: "CME",
      tradingClass: symbol,
      ...fields,
    });
  }

  /** `"EUR.USD"`: euros, quoted in dollars. */
  forex(pair: string, fields: Partial<Instrument> = {}): InstrumentIndex {
    const currency = pair.slice(pair.indexOf(".") + 1);
    return this.add({
      ...stock(pair),
      assetType: "FOREX",
      currency,
      exchange: "IDEALPRO",
      ...fields,
    });
  }

  add(instrument: Instrument): InstrumentIndex {
    return this.portfolio.registry.add(instrument);
  }

  apply(...events: BookEvent[]): this {
    for (const event of events) this.portfolio.apply(event);
    return this;
  }

  quote(instrument: InstrumentIndex, quote: Quote, at: EpochMs = this.now): this {
    for (const [name, value] of Object.entries(quote)) {
      this.portfolio.tick(instrument, QuoteField[name as keyof typeof QuoteField], value, at);
    }
    return this;
  }

  /** An account with its values, in its currency. */
  account(account: string, currency: string, values: Partial<AccountValues> = {}, source: Source = "IB"): this {
    return this.apply({ kind: "account", source, account, currency, values, at: this.now });
  }

  rate(currency: string, base: string, rate: number): this {
    return this.apply({ kind: "fx", currency, base, rate, at: this.now });
  }

  /** A complete download of everything that IB holds, and executions known from `fillsSince` on (null: not known). */
  holds(holdings: readonly Holding[], fillsSince: EpochMs | null = FRIDAY_MIDNIGHT, source: Source = "IB"): this {
    const rows = holdings.map((holding) => rowOf(holding));
    const accounts = [...new Set(rows.map((row) => row.account))];
    this.apply({ kind: "positions", source, accounts: accounts.length === 0 ? ["DU1"] : accounts, rows, at: this.now });
    if (fillsSince !== null) this.apply({ kind: "executions-complete", source, since: fillsSince, at: this.now });
    return this;
  }

  /** One change after the download. */
  position(of: InstrumentIndex, quantity: number, avgPrice: number | null = null, account = "DU1"): this {
    return this.apply({
      kind: "position",
      source: "IB",
      row: rowOf({ of, quantity, at: avgPrice, account }),
      at: this.now,
    });
  }

  /** A fill, and its commission when one is given. */
  fill(of: InstrumentIndex, quantity: number, price: number, options: FillOptions = {}, account = "DU1"): this {
    const { source = "IB", time = this.now, commission, currency = "USD", realizedPnl = null } = options;
    const execId = options.execId ?? `fill${++this.#fills}.01`;
    this.apply({ kind: "execution", source, account, instrument: of, execId, quantity, price, time });
    if (commission !== undefined) this.commission(execId, commission, currency, realizedPnl, source);
    return this;
  }

  commission(
    execId: string,
    amount: number,
    currency = "USD",
    realizedPnl: number | null = null,
    source: Source = "IB",
  ): this {
    return this.apply({ kind: "commission", source, execId, amount, currency, realizedPnl });
  }

  /** What Futu's list of positions says of a holding beside its quantity: its price and its own figures. */
  futuSays(
    of: InstrumentIndex,
    { price = null, currency, account = "F1", ...pnl }: FutuWords,
  ): this {
    const figures = { dailyPnl: null, unrealizedPnl: null, realizedPnl: null, ...pnl };
    const leaf = { account, instrument: of, quantity: null, marketValue: null, at: this.now };
    this.apply({ kind: "leaf-pnl", source: "FUTU", ...leaf, pnl: figures, ...(currency ? { currency } : {}) });
    if (price === null) return this;
    return this.apply({ kind: "broker-mark", source: "FUTU", instrument: of, price, at: this.now });
  }

  link(source: Source, status: LinkStatus): this {
    return this.apply({ kind: "link", source, status, detail: status, at: this.now });
  }

  brokerPnl(of: InstrumentIndex, pnl: Partial<BrokerPnl>, account = "DU1", quantity: number | null = null): this {
    return this.apply({
      kind: "leaf-pnl",
      source: "IB",
      account,
      instrument: of,
      quantity,
      pnl: { dailyPnl: null, unrealizedPnl: null, realizedPnl: null, ...pnl },
      marketValue: null,
      at: this.now,
    });
  }

  assess(): Assessment {
    this.portfolio.moveTo(this.now);
    return this.engine.assess(this.portfolio, this.now);
  }

  /** The position of an instrument; fails when it is not listed. */
  view(of: InstrumentIndex, assessment = this.assess()): PositionView {
    const { localSymbol } = this.portfolio.registry.at(of);
    const found = assessment.positions.find((position) => position.localSymbol === localSymbol);
    assert(found !== undefined, `${localSymbol} is not among the positions`);
    return found;
  }

  leaf(of: InstrumentIndex, account = "DU1"): LeafView {
    const found = this.view(of).leaves.find((leaf) => leaf.account === account);
    assert(found !== undefined, `${account} holds none of it`);
    return found;
  }

  name(underlying: string, assessment = this.assess()): UnderlyingView {
    const found = assessment.byUnderlying.find((name) => name.underlying === underlying);
    assert(found !== undefined, `${underlying} is not among the names`);
    return found;
  }
}

export function stock(symbol: string, fields: Partial<Instrument> = {}): Instrument {
  return {
    symbol,
    underlying: symbol,
    assetType: "STOCK",
    expiry: null,
    strike: null,
    right: null,
    currency: "USD",
    multiplier: 1,
    tradingClass: "",
    exchange: "SMART",
    localSymbol: symbol,
    conId: null,
    priceMagnifier: 1,
    minTick: null,
    ...fields,
  };
}

/** `"AAPL 2026-12-18 190 C"` */
export function option(words: string, fields: Partial<Instrument> = {}): Instrument {
  const [symbol, expiry, strike, right] = words.split(" ") as [string, string, string, "C" | "P"];
  return {
    ...stock(symbol),
    assetType: "OPTION",
    expiry,
    strike: Number(strike),
    right,
    multiplier: 100,
    tradingClass: symbol,
    localSymbol: words,
    ...fields,
  };
}

function rowOf({ account = "DU1", of, quantity, at = null }: Holding): PositionRow {
  return { account, instrument: of, quantity, avgPrice: at };
}

/** Equal but for the last digits of binary arithmetic. */
export function near(actual: number | null, expected: number, what = "the number"): void {
  assert(actual !== null, `${what} is unknown, not ${expected}`);
  const allowed = 1e-9 * Math.max(1, Math.abs(expected));
  assert(Math.abs(actual - expected) <= allowed, `${what} is ${actual}, not ${expected}`);
}
