/**
 * One assessment of the whole book: from the state to the numbers of the snapshot.
 *
 * The engine keeps what is carried from turn to turn (held marks, P&L pairs, the session's peak, the grouping of
 * leaves); everything else is computed anew, so that no running sum can drift.
 */
import type { Exchange } from "../calendar/exchange.ts";
import { type InstrumentIndex, QUOTING_BROKER, type Source } from "../event.ts";
import type { Judged } from "../limits/judge.ts";
import { takeQuotedRates } from "../market/quoted_rates.ts";
import type { Portfolio } from "../portfolio.ts";
import type { AccountId, LeafIndex } from "../position_book.ts";
import { BIT, type FlagSet } from "../quality/flag_set.ts";
import { isUnconfirmed } from "../quality/reconciliation.ts";
import { REFERENCE_CURRENCY, type RiskSettings } from "../settings.ts";
import type { Structure } from "../strategies/strategy.ts";
import type { EpochMs, IsoDate } from "../time.ts";
import { accountShare } from "./account_share.ts";
import { AccountSums, accountViews, cashViews, worstMargin } from "./account_views.ts";
import { BookGroups, type NamedGroup } from "./book_groups.ts";
import { BookStrategies } from "./book_strategies.ts";
import { CurrencySums } from "./by_currency.ts";
import { ExpiryLadder } from "./by_expiry.ts";
import { sectorViews } from "./by_sector.ts";
import { expiryBucket } from "./expiry_buckets.ts";
import { InstrumentValuation, type MarketState } from "./instrument_valuation.ts";
import type { ValuationContext } from "./leaf_valuation.ts";
import { type LeafComparison, type LeafName, PnlCheck } from "./pnl_check.ts";
import { PortfolioTotals } from "./portfolio_totals.ts";
import { type PositionValue, valuePosition } from "./position_valuation.ts";
import { positionView } from "./position_view.ts";
import { linesUsed, QualityCount } from "./quality_count.ts";
import { SpotShocks } from "./scenario.ts";
import type {
  AccountBook,
  AccountView,
  Excluded,
  PortfolioView,
  PositionView,
  RiskSnapshot,
  SessionView,
  UnderlyingView,
} from "./snapshot.ts";

/** What the snapshot takes over as it is, in its order. */
export const ASSESSED_PARTS = [
  "baseCurrency",
  "portfolio",
  "accounts",
  "cash",
  "positions",
  "byUnderlying",
  "byExpiry",
  "bySector",
  "byCurrency",
  "strategies",
  "scenarios",
  "pnlCheck",
  "quality",
  "session",
] as const satisfies readonly (keyof RiskSnapshot)[];

export type AssessedPart = typeof ASSESSED_PARTS[number];

export interface Assessment extends Pick<RiskSnapshot, AssessedPart> {
  /** How many positions each limit input leaves out. */
  readonly excludedFrom: (field: Parameters<PortfolioTotals["excluded"]>[0]) => number;
  /** Fraction of option positions without greeks. */
  readonly missingGreeks: number;
  /** Fraction lost from the session's highest net liquidation; null when it is not known. */
  readonly drawdown: number | null;
  /** Gross exposure of each name and what it rests on. Read within the turn. */
  readonly names: ReadonlyMap<string, Judged>;
  readonly anyStale: boolean;
  readonly anyModelled: boolean;
  /**
   * Held instruments and what they are written on, largest gross exposure first, unknown ones before all. Asked within the
   * turn, and only when lines are to be shared out anew.
   */
  readonly linePriorities: () => readonly InstrumentIndex[];
  /** Milliseconds; null without a live quote. */
  readonly oldestLiveQuoteMs: number | null;
  readonly linesUsed: number;
  readonly deadLines: number;
  readonly fxMissing: readonly string[];
  /** The strategies without their figures; a leg's index is the place of its position. */
  readonly structures: readonly Structure[];
  /** Accounts of brokers that hold something and of which no values are known. */
  readonly accountsWithoutValues: readonly AccountId[];
  /** Brokers of whose accounts nothing is known after the start, while another's are. */
  readonly sourcesWithoutValues: readonly Source[];
  /** Sources that the totals leave out: nothing of them was read when the start was over. */
  readonly unreadSources: readonly Source[];
}

export class RiskEngine {
  readonly #settings: RiskSettings;
  readonly #instruments = new InstrumentValuation();
  readonly #pnlCheck: PnlCheck;
  readonly #groups: BookGroups;
  readonly #strategies = new BookStrategies();
  readonly #comparison = noComparison();
  #peak: number | null = null;
  #peakSession: IsoDate | null = null;

  constructor(settings: RiskSettings) {
    this.#settings = settings;
    this.#pnlCheck = new PnlCheck(settings.pnlCheck.pairWithinMs);
    this.#groups = new BookGroups(settings);
  }

  /**
   * The portfolio must have been moved to `now` before.
   *
   * @param accountShown the account whose own share of the book is wanted too; null: none
   */
  assess(portfolio: Portfolio, now: EpochMs, accountShown: string | null = null): Assessment {
    const settings = this.#settings;
    const base = settings.baseCurrency ?? commonCurrency(portfolio);
    const market: MarketState = {
      registry: portfolio.registry,
      quotes: portfolio.quotes,
      calendar: portfolio.calendar,
      fx: portfolio.fx,
      brokerMarks: portfolio.brokerMarks,
      delayedMarks: portfolio.delayedMarks,
      storedPrices: portfolio.storedPrices,
      underlyings: portfolio.underlyings,
      onStandIn: portfolio.onStandIn,
      linkDead: portfolio.isAway(QUOTING_BROKER),
      delayedDead: portfolio.isAway("FUTU") ||
        isUnconfirmed(portfolio.positions.confirmedAt("FUTU"), settings.reconciliation, now),
    };
    takeQuotedRates(market, settings.quality);
    this.#instruments.update(market, settings.quality, base, now);
    if (this.#groups.refresh(portfolio, this.#instruments)) {
      this.#pnlCheck.retain((leaf) => portfolio.positions.isAlive(leaf));
    }
    const accountRates = ratesOf(portfolio, base);
    const context = this.#context(portfolio, base, accountRates);
    const indexPrice = this.#referencePrice(portfolio);
    const { bookShown } = portfolio;
    const unread = bookShown ? portfolio.unreadSources : [];
    const isKnown = (source: Source): boolean => bookShown && !unread.includes(source);
    const totals = new PortfolioTotals(bookShown, unread.length);
    const ladder = new ExpiryLadder(bookShown, unread.length);
    const accountSums = new AccountSums(portfolio.positions, isKnown);
    const shocks = new SpotShocks(settings.shocks, unread.length);
    const quality = new QualityCount(portfolio, now);
    const currencies = new CurrencySums(unread.length);
    const views: PositionView[] = [];
    this.#groups.clearNames();
    // All that a position adds to, while its numbers are at hand: a large book does not fit the processor's cache.
    let place = 0;
    for (const { group, name } of this.#groups.positions) {
      const position = valuePosition(group, context, name.beta, indexPrice);
      position.daysToExpiry = portfolio.calendar.daysToExpiry(position.index);
      position.bucket = expiryBucket(position.daysToExpiry, position.value.expired);
      name.add(position);
      totals.add(position);
      ladder.add(position);
      accountSums.add(position);
      shocks.add(position);
      quality.add(position);
      currencies.add(position);
      this.#comparePnl(position, portfolio, accountRates, now);
      views.push(
        positionView(position, portfolio.quotes, portfolio.positions, this.#strategies.nameAt(place++), now),
      );
    }
    if (this.#strategies.refresh(this.#groups.values)) this.#renameStrategies(views);
    const accounts = accountViews({
      accounts: portfolio.accounts,
      sums: accountSums,
      fx: portfolio.fx,
      base,
      marginBasis: settings.marginBasis,
      isAway: (source) => portfolio.isAway(source),
    });
    const accountsWithoutValues = withoutValues(portfolio);
    const silent = accounts.length === 0 ? [] : silentSources(portfolio, accounts);
    const byUnderlying = this.#underlyingViews(now);
    const cash = cashViews(portfolio.accounts, portfolio.fx, base, now);
    // A holder without values has a net liquidation all the same, and so has a broker that may still answer.
    const isWaiting = (silent.length > 0 && !portfolio.startOver) ||
      accountsWithoutValues.some((id) => accountSums.of(id).positions > 0);
    const netLiquidation = isWaiting ? null : sumOrNull(accounts.map((account) => account.netLiquidation));
    return {
      baseCurrency: base,
      portfolio: portfolioView(totals, byUnderlying, {
        netLiquidation,
        worst: worstMargin(accounts, settings.marginBasis),
        unread: portfolio.startOver ? silent.length : 0,
      }),
      accounts: accounts.map((account) =>
        account.account === accountShown
          ? { ...account, book: this.#shareOf(account, isKnown(account.source), portfolio, indexPrice, now) }
          : account
      ),
      cash,
      positions: views,
      byUnderlying,
      byExpiry: ladder.view(),
      bySector: sectorViews(byUnderlying, settings.sectors),
      byCurrency: currencies.views(cash),
      strategies: this.#strategies.views(this.#groups.values),
      scenarios: shocks.views(bookShown),
      pnlCheck: this.#pnlCheck.view(totals.value("grossMarketValue"), (leaf) => leafName(leaf, portfolio)),
      quality: quality.view,
      session: sessionViews(this.#groups.markets, portfolio),
      excludedFrom: (field) => totals.excluded(field),
      missingGreeks: totals.missingGreeks,
      drawdown: this.#drawdown(netLiquidation, portfolio),
      names: this.#groups.names,
      anyStale: (quality.anyFlags & BIT.STALE) !== 0,
      anyModelled: (quality.anyFlags & BIT.MODEL) !== 0,
      linePriorities: () => priorities(this.#groups.positions, portfolio),
      oldestLiveQuoteMs: quality.oldestLiveMs,
      linesUsed: linesUsed(portfolio),
      deadLines: quality.deadLines,
      structures: this.#strategies.structures,
      accountsWithoutValues,
      sourcesWithoutValues: portfolio.startOver ? silent : [],
      unreadSources: unread,
      fxMissing: missingRates(this.#groups.positions, quality.anyFlags, portfolio, base),
    };
  }

  #shareOf(
    account: AccountId,
    bookKnown: boolean,
    portfolio: Portfolio,
    indexPrice: number,
    now: EpochMs,
  ): AccountBook {
    return accountShare(account, {
      groups: this.#groups.positions,
      positions: portfolio.positions,
      instruments: this.#instruments,
      indexPrice,
      bookKnown,
      now,
    });
  }

  /** A holding changed in this turn: the rows that were made before take the strategies found since. */
  #renameStrategies(views: PositionView[]): void {
    for (const [place, view] of views.entries()) {
      const strategy = this.#strategies.nameAt(place);
      if (view.strategy !== strategy) views[place] = { ...view, strategy };
    }
  }

  #context(portfolio: Portfolio, base: string | null, accountRates: readonly number[]): ValuationContext {
    return {
      positions: portfolio.positions,
      fx: portfolio.fx,
      base,
      notionalBasis: this.#settings.notionalBasis,
      accountRates,
      accountsAway: portfolio.positions.accounts.map(({ source }) => portfolio.isAway(source)),
      fxAtClose: rateAtClose(portfolio, this.#instruments, base),
    };
  }

  /** Price of the beta reference in the base currency; NaN when it is not among the instruments or has no price. */
  #referencePrice(portfolio: Portfolio): number {
    const { reference } = this.#settings.beta;
    const index = portfolio.registry.priceOf(reference, REFERENCE_CURRENCY);
    if (index === null) return NaN;
    const value = this.#instruments.at(index);
    const price = value.markLong * value.fx;
    return price > 0 ? price : NaN;
  }

  #underlyingViews(now: EpochMs): UnderlyingView[] {
    return this.#groups.namesBySize().map((name) => {
      const value = name.price === null ? null : this.#instruments.at(name.price);
      return name.view(value?.markLong ?? NaN, value?.close ?? NaN, now);
    });
  }

  /** With the broker that quotes alone: another's figures rest on other prices, closes and costs, so that none would agree. */
  #comparePnl(
    { leaves, instrument, value }: PositionValue,
    portfolio: Portfolio,
    accountRates: readonly number[],
    now: EpochMs,
  ): void {
    const comparison = this.#comparison;
    for (let i = 0; i < leaves.length; i++) {
      const leaf = leaves[i]!;
      const figures = portfolio.positions.brokerFigures(leaf.leaf);
      // Nothing is compared with what an earlier run stored.
      if (figures === null || leaf.restored || value.sourceLong === "stored") continue;
      const account = portfolio.positions.account[leaf.leaf]!;
      if (portfolio.positions.accounts[account]!.source !== QUOTING_BROKER) continue;
      const rate = accountRates[account]!;
      const units = leaf.quantity * instrument.multiplier * value.fx;
      comparison.leaf = leaf.leaf;
      comparison.quantity = leaf.quantity;
      comparison.brokerAt = figures.at;
      comparison.brokerQuantity = figures.quantity;
      comparison.ourUnrealized = leaf.unrealizedPnl;
      comparison.brokerUnrealized = leaf.brokerUnrealizedPnl;
      comparison.ourDaily = leaf.dailyPnlSource === "own" ? leaf.dailyPnl : NaN;
      comparison.brokerDaily = leaf.brokerDailyPnl;
      comparison.mark = leaf.mark;
      comparison.brokerMark = figures.marketValue === null || units === 0 ? NaN : figures.marketValue * rate / units;
      this.#pnlCheck.compare(comparison, now);
    }
  }

  #drawdown(netLiquidation: number | null, portfolio: Portfolio): number | null {
    if (netLiquidation === null) return null;
    // What an earlier run stored is no point of this session.
    for (const { restored } of portfolio.accounts.all()) if (restored) return null;
    const session = portfolio.calendar.sessionOf("NYSE");
    if (session !== this.#peakSession) {
      this.#peakSession = session;
      this.#peak = null;
    }
    this.#peak = Math.max(this.#peak ?? netLiquidation, netLiquidation);
    return this.#peak > 0 ? (this.#peak - netLiquidation) / this.#peak : null;
  }
}

/** The accounts' one currency; of a book kept by hand alone, its contracts'. Null when there is none or they differ. */
function commonCurrency({ accounts, expectedSources, positions, registry }: Portfolio): string | null {
  if (accounts.size > 0 || expectedSources.size > 0) return accounts.commonCurrency();
  let common: string | null = null;
  for (let leaf = 0; leaf < positions.count; leaf++) {
    if (!positions.isAlive(leaf)) continue;
    const { currency } = registry.at(positions.instrument[leaf]!);
    if (common !== null && common !== currency) return null;
    common = currency;
  }
  return common;
}

function withoutValues({ accounts, positions }: Portfolio): AccountId[] {
  return positions.accounts.filter(({ source, account }) =>
    source !== "MANUAL" && positions.isListed(source, account) &&
    (accounts.find(source, account)?.currency ?? null) === null
  );
}

/** Brokers of the book that have told of no account and no holding. */
function silentSources({ expectedSources, positions }: Portfolio, accounts: readonly AccountView[]): Source[] {
  return [...expectedSources].filter((source) =>
    !accounts.some((account) => account.source === source) &&
    !positions.accounts.some((id) => id.source === source && positions.isListed(source, id.account))
  );
}

/** Rate to the base currency of every account's currency, by the account's index in the book; NaN while unknown. */
function ratesOf(portfolio: Portfolio, base: string | null): number[] {
  return portfolio.positions.accounts.map(({ source, account }) => {
    const currency = portfolio.accounts.find(source, account)?.currency ?? (source === "MANUAL" ? base : null);
    return currency === null || base === null ? NaN : portfolio.fx.rate(currency, base);
  });
}

function leafName(leaf: LeafIndex, { positions, registry }: Portfolio): LeafName {
  return {
    position: contractName(registry.at(positions.instrument[leaf]!)),
    account: positions.accounts[positions.account[leaf]!]!.account,
  };
}

function noComparison(): LeafComparison {
  return {
    leaf: 0,
    quantity: NaN,
    brokerAt: 0,
    brokerQuantity: null,
    ourUnrealized: NaN,
    brokerUnrealized: NaN,
    ourDaily: NaN,
    brokerDaily: NaN,
    mark: NaN,
    brokerMark: NaN,
  };
}

/** Rates at the previous close, from the currency pairs that are quoted: the pair, its inverse, or both against dollars. */
function rateAtClose(
  { registry }: Portfolio,
  instruments: InstrumentValuation,
  base: string | null,
): (currency: string) => number {
  const ofPair = (currency: string, quote: string): number => {
    if (currency === quote) return 1;
    const direct = registry.pair(currency, quote);
    if (direct !== null) return instruments.at(direct).close;
    const inverse = registry.pair(quote, currency);
    return inverse === null ? NaN : 1 / instruments.at(inverse).close;
  };
  return (currency) => {
    if (base === null) return NaN;
    const rate = ofPair(currency, base);
    return rate === rate ? rate : ofPair(currency, "USD") * ofPair("USD", base);
  };
}

function portfolioView(
  totals: PortfolioTotals,
  names: readonly UnderlyingView[],
  { netLiquidation, worst, unread }: AccountTotals,
): PortfolioView {
  const unreadIn = (total: "netLiquidation" | "marginUtilization", value: number | null): Excluded[] =>
    unread === 0 || value === null ? [] : [{ total, reason: "SOURCE_UNREAD", count: unread }];
  const marginUtilization = worst?.marginUtilization ?? null;
  return {
    ...totals.values(),
    netLiquidation,
    marginUtilization,
    marginAccount: worst?.account ?? null,
    concentration: concentration(names, totals.value("grossExposure")),
    modelledGreeksPct: 0,
    excluded: [
      ...totals.exclusions(),
      ...unreadIn("netLiquidation", netLiquidation),
      ...unreadIn("marginUtilization", marginUtilization),
    ],
  };
}

/** What the accounts themselves say, together. */
interface AccountTotals {
  readonly netLiquidation: number | null;
  readonly worst: AccountView | null;
  /** Brokers of whose accounts nothing is known. */
  readonly unread: number;
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

function sessionViews(markets: ReadonlyMap<string, Exchange>, portfolio: Portfolio): SessionView[] {
  return Array.from(markets, ([market, exchange]) => {
    const { phase, changesAt } = portfolio.calendar.phaseOf(exchange);
    return { market, state: phase, changesAt: changesAt === null ? null : new Date(changesAt).toISOString() };
  });
}

function priorities(groups: readonly NamedGroup[], portfolio: Portfolio): InstrumentIndex[] {
  const size = (position: PositionValue): number =>
    Number.isFinite(position.grossExposure) ? position.grossExposure : Number.POSITIVE_INFINITY;
  const order = new Set<InstrumentIndex>();
  for (const position of groups.map(({ group }) => group.position).sort((a, b) => size(b) - size(a))) {
    // Of what was stored, contracts that are over need not be asked for: the broker may not know them any more.
    if (position.value.expired && position.leaves.every(({ restored }) => restored)) continue;
    const underlying = portfolio.underlyings.get(position.index);
    if (underlying !== undefined) order.add(underlying);
    order.add(position.index);
  }
  return [...order];
}

/** Currencies that something of the book or of an account is in and that have no rate. */
function missingRates(
  groups: readonly NamedGroup[],
  anyFlags: FlagSet,
  portfolio: Portfolio,
  base: string | null,
): string[] {
  const currencies = new Set<string>();
  if ((anyFlags & BIT.FX_MISSING) !== 0) {
    for (const { group: { position: { instrument, value, flags } } } of groups) {
      if ((flags & BIT.FX_MISSING) !== 0 && value.fx !== value.fx) currencies.add(instrument.currency);
    }
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
