/**
 * One assessment of the whole book: from the state to the numbers of the snapshot.
 *
 * The engine keeps what is carried from turn to turn (held marks, P&L pairs, the session's peak, the grouping of
 * leaves); everything else is computed anew, so that no running sum can drift.
 */
import type { Exchange } from "../calendar/exchange.ts";
import type { InstrumentIndex } from "../event.ts";
import type { Portfolio } from "../portfolio.ts";
import type { LeafIndex } from "../position_book.ts";
import { BIT, flagList, type FlagSet } from "../quality/flag_set.ts";
import type { RiskSettings } from "../settings.ts";
import type { EpochMs, IsoDate } from "../time.ts";
import { accountViews, cashViews, worstMargin } from "./account_views.ts";
import { ExpiryLadder } from "./by_expiry.ts";
import { type NameBeta, UnderlyingSums } from "./by_underlying.ts";
import { InstrumentValuation } from "./instrument_valuation.ts";
import { type LeafValue, type ValuationContext, valueLeaf } from "./leaf_valuation.ts";
import { PnlCheck } from "./pnl_check.ts";
import { PortfolioTotals } from "./portfolio_totals.ts";
import {
  type BetaInputs,
  countedLeaves,
  groupLeaves,
  type PositionGroup,
  type PositionValue,
  valuePosition,
} from "./position_valuation.ts";
import { positionView } from "./position_view.ts";
import { spotShocks } from "./scenario.ts";
import type {
  AccountView,
  Flag,
  PortfolioView,
  PositionView,
  RiskSnapshot,
  SessionView,
  UnderlyingView,
} from "./snapshot.ts";

export type AssessedPart =
  | "baseCurrency"
  | "portfolio"
  | "accounts"
  | "cash"
  | "positions"
  | "byUnderlying"
  | "byExpiry"
  | "scenarios"
  | "pnlCheck"
  | "quality"
  | "session";

export interface Assessment extends Pick<RiskSnapshot, AssessedPart> {
  /** How many positions each limit input leaves out. */
  readonly excludedFrom: (field: Parameters<PortfolioTotals["excluded"]>[0]) => number;
  /** Fraction of option positions without greeks. */
  readonly missingGreeks: number;
  /** Fraction lost from the session's highest net liquidation; null when it is not known. */
  readonly drawdown: number | null;
  /** What each name's flags say of its numbers. */
  readonly names: ReadonlyMap<
    string,
    { readonly excluded: number; readonly stale: boolean; readonly modelled: boolean }
  >;
  readonly anyStale: boolean;
  readonly anyModelled: boolean;
  /** Held instruments and what they are written on, largest gross exposure first, unknown ones before all. */
  readonly linePriorities: readonly InstrumentIndex[];
  /** Milliseconds; null without a live quote. */
  readonly oldestLiveQuoteMs: number | null;
  readonly linesUsed: number;
  readonly deadLines: number;
  readonly fxMissing: readonly string[];
}

export class RiskEngine {
  readonly #settings: RiskSettings;
  readonly #instruments = new InstrumentValuation();
  readonly #pnlCheck: PnlCheck;
  #groups: PositionGroup[] = [];
  #groupsRevision = -1;
  #peak: number | null = null;
  #peakSession: IsoDate | null = null;

  constructor(settings: RiskSettings) {
    this.#settings = settings;
    this.#pnlCheck = new PnlCheck(settings.pnlCheck.pairWithinMs);
  }

  /** The portfolio must have been moved to `now` before. */
  assess(portfolio: Portfolio, now: EpochMs): Assessment {
    const settings = this.#settings;
    const base = settings.baseCurrency ?? portfolio.accounts.commonCurrency();
    this.#instruments.update(
      {
        registry: portfolio.registry,
        quotes: portfolio.quotes,
        calendar: portfolio.calendar,
        fx: portfolio.fx,
        brokerMarks: portfolio.brokerMarks,
        underlyings: portfolio.underlyings,
        linkDead: isLinkDead(portfolio),
      },
      settings.quality,
      base,
      now,
    );
    const positions = this.#valuePositions(portfolio, base);

    const totals = new PortfolioTotals(portfolio.bookKnown);
    const names = new Map<string, UnderlyingSums>();
    const ladder = new ExpiryLadder();
    const views: PositionView[] = [];
    for (const position of positions) {
      const dates = {
        daysToExpiry: portfolio.calendar.daysToExpiry(position.index),
        bucket: portfolio.calendar.bucket(position.index),
      };
      totals.add(position, dates);
      nameOf(names, position).add(position);
      ladder.add(dates.bucket, position);
      views.push(positionView(position, portfolio.quotes, portfolio.positions, dates, now));
    }
    this.#comparePnl(positions, portfolio, base, now);
    const accounts = accountViews(
      portfolio.accounts,
      positions,
      portfolio.positions,
      portfolio.fx,
      base,
      settings.marginBasis,
    );
    const byUnderlying = this.#underlyingViews(names, portfolio);
    const netLiquidation = sumOrNull(accounts.map((account) => account.netLiquidation));
    const quality = countQuality(positions, portfolio, now);
    return {
      baseCurrency: base,
      portfolio: portfolioView(totals, byUnderlying, netLiquidation, worstMargin(accounts, settings.marginBasis)),
      accounts,
      cash: cashViews(portfolio.accounts, portfolio.fx, base, now),
      positions: views,
      byUnderlying,
      byExpiry: ladder.view(),
      scenarios: spotShocks(positions, settings.shocks, portfolio.bookKnown),
      pnlCheck: this.#pnlCheck.view(totals.value("grossMarketValue")),
      quality: quality.view,
      session: sessionViews(positions, portfolio),
      excludedFrom: (field) => totals.excluded(field),
      missingGreeks: totals.missingGreeks,
      drawdown: this.#drawdown(netLiquidation, portfolio),
      names: nameQuality(names),
      anyStale: positions.some((position) => (position.flags & BIT.STALE) !== 0),
      anyModelled: positions.some((position) => (position.flags & BIT.MODEL) !== 0),
      linePriorities: priorities(positions, portfolio),
      oldestLiveQuoteMs: quality.oldestLiveMs,
      linesUsed: quality.linesUsed,
      deadLines: quality.deadLines,
      fxMissing: missingRates(positions, portfolio, base),
    };
  }

  #valuePositions(portfolio: Portfolio, base: string | null): PositionValue[] {
    const book = portfolio.positions;
    if (this.#groupsRevision !== book.revision) {
      this.#groups = groupLeaves(book);
      this.#groupsRevision = book.revision;
      this.#pnlCheck.retain((leaf) => book.isAlive(leaf));
    }
    const context: ValuationContext = {
      positions: book,
      fx: portfolio.fx,
      base,
      notionalBasis: this.#settings.notionalBasis,
      accountCurrency: (leaf) => currencyOf(leaf, portfolio, base),
      fxAtClose: rateAtClose(portfolio, this.#instruments, base),
    };
    const reference = this.#referencePrice(portfolio);
    return this.#groups.map((group) => {
      const instrument = portfolio.registry.at(group.instrument);
      const value = this.#instruments.at(group.instrument);
      const leaves = countedLeaves(group, book).map((leaf): LeafValue => valueLeaf(leaf, instrument, value, context));
      const { beta, source } = this.#beta(instrument.underlying);
      const inputs: BetaInputs = { beta, isDefault: source === "default", indexPrice: reference };
      return valuePosition(group.instrument, instrument, value, leaves, inputs);
    });
  }

  #beta(underlying: string): NameBeta {
    const { betas, reference } = this.#settings.beta;
    const configured = betas.get(underlying);
    if (configured !== undefined) return { beta: configured, source: "config" };
    return underlying === reference ? { beta: 1, source: "config" } : { beta: 1, source: "default" };
  }

  /** Price of the beta reference in the base currency; NaN when it is not among the instruments or has no price. */
  #referencePrice(portfolio: Portfolio): number {
    const { reference } = this.#settings.beta;
    const index = portfolio.registry.priceOf(reference);
    if (index === null) return NaN;
    const value = this.#instruments.at(index);
    const price = value.markLong * value.fx;
    return price > 0 ? price : NaN;
  }

  #underlyingViews(names: ReadonlyMap<string, UnderlyingSums>, portfolio: Portfolio): UnderlyingView[] {
    const views = [...names.values()].map((sums) => {
      const index = portfolio.registry.priceOf(sums.name);
      const value = index === null ? null : this.#instruments.at(index);
      return sums.view({ price: value?.markLong ?? NaN, close: value?.close ?? NaN }, this.#beta(sums.name));
    });
    return views.sort((a, b) => Math.abs(b.dollarDelta ?? 0) - Math.abs(a.dollarDelta ?? 0));
  }

  #comparePnl(positions: readonly PositionValue[], portfolio: Portfolio, base: string | null, now: EpochMs): void {
    for (const { leaves, instrument, value } of positions) {
      for (const leaf of leaves) {
        const figures = portfolio.positions.brokerFigures(leaf.leaf);
        if (figures === null) continue;
        const account = portfolio.positions.accounts[portfolio.positions.account[leaf.leaf]!]!.account;
        const currency = currencyOf(leaf.leaf, portfolio, base);
        const rate = currency === null || base === null ? NaN : portfolio.fx.rate(currency, base);
        const units = leaf.quantity * instrument.multiplier * value.fx;
        this.#pnlCheck.compare({
          leaf: leaf.leaf,
          position: contractName(instrument),
          account,
          quantity: leaf.quantity,
          brokerAt: figures.at,
          brokerQuantity: figures.quantity,
          ourUnrealized: leaf.unrealizedPnl,
          brokerUnrealized: leaf.brokerUnrealizedPnl,
          ourDaily: leaf.dailyPnlSource === "own" ? leaf.dailyPnl : NaN,
          brokerDaily: leaf.brokerDailyPnl,
          mark: leaf.mark,
          brokerMark: figures.marketValue === null || units === 0 ? NaN : figures.marketValue * rate / units,
        }, now);
      }
    }
  }

  #drawdown(netLiquidation: number | null, portfolio: Portfolio): number | null {
    if (netLiquidation === null) return null;
    const session = portfolio.calendar.sessionOf("NYSE");
    if (session !== this.#peakSession) {
      this.#peakSession = session;
      this.#peak = null;
    }
    this.#peak = Math.max(this.#peak ?? netLiquidation, netLiquidation);
    return this.#peak > 0 ? (this.#peak - netLiquidation) / this.#peak : null;
  }
}

/** Nothing of the broker can be live. A link that is only degraded marks the lines concerned itself. */
function isLinkDead(portfolio: Portfolio): boolean {
  const status = portfolio.links.get("IB")?.status;
  return status === "down" || status === "connecting";
}

function nameOf(names: Map<string, UnderlyingSums>, position: PositionValue): UnderlyingSums {
  const name = position.instrument.underlying;
  let sums = names.get(name);
  if (sums === undefined) names.set(name, sums = new UnderlyingSums(name));
  return sums;
}

function currencyOf(leaf: LeafIndex, portfolio: Portfolio, base: string | null): string | null {
  const { source, account } = portfolio.positions.accounts[portfolio.positions.account[leaf]!]!;
  return portfolio.accounts.find(source, account)?.currency ?? (source === "MANUAL" ? base : null);
}

/** Rates at the previous close, from the currency pairs that are quoted. */
function rateAtClose(
  portfolio: Portfolio,
  instruments: InstrumentValuation,
  base: string | null,
): (currency: string) => number {
  return (currency) => {
    if (base === null) return NaN;
    if (currency === base) return 1;
    const direct = portfolio.registry.pair(currency, base);
    if (direct !== null) return instruments.at(direct).close;
    const inverse = portfolio.registry.pair(base, currency);
    return inverse === null ? NaN : 1 / instruments.at(inverse).close;
  };
}

function portfolioView(
  totals: PortfolioTotals,
  names: readonly UnderlyingView[],
  netLiquidation: number | null,
  worst: AccountView | null,
): PortfolioView {
  return {
    ...totals.values(),
    netLiquidation,
    marginUtilization: worst?.marginUtilization ?? null,
    marginAccount: worst?.account ?? null,
    concentration: concentration(names, totals.value("grossExposure")),
    modelledGreeksPct: 0,
    excluded: totals.exclusions(),
  };
}

/** An empty book is not concentrated: 0. A book that is not known is not known to be. */
function concentration(
  names: readonly UnderlyingView[],
  grossExposure: number | null,
): PortfolioView["concentration"] {
  const gross = largest(names, (name) => name.grossExposure);
  const net = largest(names, (name) => name.netExposure === null ? null : Math.abs(name.netExposure));
  const total = names.reduce((sum, name) => sum + (name.grossExposure ?? 0), 0);
  const share = (value: number | null): number | null =>
    grossExposure === null ? null : value === null || total === 0 ? 0 : value / total;
  return {
    underlying: gross?.name ?? null,
    pct: share(gross?.value ?? null),
    netUnderlying: net?.name ?? null,
    netPct: share(net?.value ?? null),
  };
}

function largest(
  names: readonly UnderlyingView[],
  valueOf: (name: UnderlyingView) => number | null,
): { name: string; value: number } | null {
  let best: { name: string; value: number } | null = null;
  for (const name of names) {
    const value = valueOf(name);
    if (value !== null && value > 0 && (best === null || value > best.value)) best = { name: name.underlying, value };
  }
  return best;
}

/** One unknown account makes the sum unknown. */
function sumOrNull(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return values.length === 0 ? null : sum;
}

interface QualityCount {
  readonly view: RiskSnapshot["quality"];
  readonly oldestLiveMs: number | null;
  readonly linesUsed: number;
  readonly deadLines: number;
}

/** Flags under which a quote is not live. */
const NOT_LIVE: FlagSet = BIT.STALE | BIT.MISSING | BIT.DELAYED | BIT.FROZEN | BIT.NO_PERMISSION | BIT.ROTATED;

function countQuality(positions: readonly PositionValue[], portfolio: Portfolio, now: EpochMs): QualityCount {
  const flags: Partial<Record<Flag, number>> = {};
  let live = 0;
  let oldest: number | null = null;
  let deadLines = 0;
  for (const position of positions) {
    for (const flag of flagList(position.flags)) flags[flag] = (flags[flag] ?? 0) + 1;
    const line = portfolio.quotes.line(position.index);
    if (line === "dead") deadLines++;
    if (line !== "live" || (position.flags & NOT_LIVE) !== 0) continue;
    live++;
    const age = now - portfolio.quotes.arrivedAt(position.index);
    if (oldest === null || age > oldest) oldest = age;
  }
  let linesUsed = 0;
  for (let i = 0; i < portfolio.registry.size; i++) {
    const line = portfolio.quotes.line(i);
    if (line === "live" || line === "requested") linesUsed++;
  }
  return { view: { quotes: positions.length, live, flags }, oldestLiveMs: oldest, linesUsed, deadLines };
}

const MARKET_OF: Readonly<Record<Exchange, string>> = {
  NYSE: "US",
  NASDAQ: "US",
  CBOE_EQUITY_OPTIONS: "US",
  CBOE_INDEX_OPTIONS: "CBOE",
  CME_EQUITY_INDEX: "CME",
  XETRA: "XETRA",
  LSE: "LSE",
  HKEX: "HKEX",
  FX: "FX",
};

/** The markets of the book, US first; the US alone when the book is empty. */
function sessionViews(positions: readonly PositionValue[], portfolio: Portfolio): SessionView[] {
  const exchanges = new Map<string, Exchange>([["US", "NYSE"]]);
  for (const position of positions) {
    const exchange = portfolio.calendar.exchange(position.index);
    if (exchange !== null && !exchanges.has(MARKET_OF[exchange])) exchanges.set(MARKET_OF[exchange], exchange);
  }
  return [...exchanges].map(([market, exchange]) => {
    const { phase, changesAt } = portfolio.calendar.phaseOf(exchange);
    return { market, state: phase, changesAt: changesAt === null ? null : new Date(changesAt).toISOString() };
  });
}

function nameQuality(names: ReadonlyMap<string, UnderlyingSums>): Assessment["names"] {
  return new Map([...names].map(([name, sums]) => [name, {
    excluded: sums.grossExposure.excluded,
    stale: (sums.flags & BIT.STALE) !== 0,
    modelled: (sums.flags & BIT.MODEL) !== 0,
  }]));
}

function priorities(positions: readonly PositionValue[], portfolio: Portfolio): InstrumentIndex[] {
  const size = (position: PositionValue): number =>
    Number.isFinite(position.grossExposure) ? position.grossExposure : Number.POSITIVE_INFINITY;
  const order = new Set<InstrumentIndex>();
  for (const position of [...positions].sort((a, b) => size(b) - size(a))) {
    const underlying = portfolio.underlyings.get(position.index);
    if (underlying !== undefined) order.add(underlying);
    order.add(position.index);
  }
  return [...order];
}

/** Currencies that something of the book or of an account is in and that have no rate. */
function missingRates(positions: readonly PositionValue[], portfolio: Portfolio, base: string | null): string[] {
  const currencies = new Set<string>();
  for (const { instrument, value, quantity, dailyPnl } of positions) {
    if (value.fx !== value.fx && (quantity !== 0 || dailyPnl !== dailyPnl)) currencies.add(instrument.currency);
  }
  for (const { currency } of portfolio.accounts.all()) {
    if (currency !== null && base !== null && Number.isNaN(portfolio.fx.rate(currency, base))) currencies.add(currency);
  }
  return [...currencies].sort();
}

/** Short words for a contract in a list of disagreements. */
function contractName(
  instrument: { symbol: string; expiry: string | null; strike: number | null; right: string | null },
): string {
  return [instrument.symbol, instrument.expiry, instrument.strike, instrument.right].filter((part) => part !== null)
    .join(" ");
}
