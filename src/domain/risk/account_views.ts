/** Accounts and cash as the snapshot shows them: base currency, and the account's own beside it where that differs. */
import type { AccountBook, AccountState } from "../account_book.ts";
import type { Source } from "../event.ts";
import type { FxRates } from "../market/fx_rates.ts";
import type { AccountId, PositionBook } from "../position_book.ts";
import type { RiskSettings } from "../settings.ts";
import { type EpochMs, isoInstant } from "../time.ts";
import type { LeafValue } from "./leaf_valuation.ts";
import type { PositionValue } from "./position_valuation.ts";
import type { AccountAmounts, AccountView, CashView } from "./snapshot.ts";
import { Total } from "./totals.ts";

/** Sums over one account's leaves. */
class LeafSums {
  readonly unrealizedPnl: Total;
  readonly dailyPnl: Total;
  readonly realizedPnl: Total;
  readonly grossExposure: Total;
  positions = 0;

  constructor(bookKnown: boolean) {
    this.unrealizedPnl = new Total(bookKnown);
    this.dailyPnl = new Total(bookKnown);
    this.realizedPnl = new Total(bookKnown);
    this.grossExposure = new Total(bookKnown);
  }

  add(leaf: LeafValue): void {
    this.unrealizedPnl.add(leaf.unrealizedPnl);
    this.dailyPnl.add(leaf.dailyPnl);
    this.realizedPnl.add(leaf.realizedPnl);
    this.grossExposure.add(Math.abs(leaf.exposure), leaf.exposureReason);
    this.positions++;
  }
}

/** What the accounts hold, a position at a time. */
export class AccountSums {
  readonly #book: PositionBook;
  /** By the account's index in the book. */
  readonly #sums: readonly LeafSums[];
  readonly #isKnown: (source: Source) => boolean;

  /** @param isKnown false: positions of the source may be missing altogether, so that every sum of its accounts is unknown */
  constructor(book: PositionBook, isKnown: (source: Source) => boolean) {
    this.#book = book;
    this.#isKnown = isKnown;
    this.#sums = book.accounts.map(({ source }) => new LeafSums(isKnown(source)));
  }

  add({ leaves }: PositionValue): void {
    for (let i = 0; i < leaves.length; i++) {
      const leaf = leaves[i]!;
      this.#sums[this.#book.account[leaf.leaf]!]!.add(leaf);
    }
  }

  /** Without holdings the sums are a true 0. */
  of({ source, account }: AccountId): LeafSums {
    const index = this.#book.accounts.findIndex((id) => id.source === source && id.account === account);
    return this.#sums[index] ?? new LeafSums(this.#isKnown(source));
  }
}

export interface AccountInputs {
  readonly accounts: AccountBook;
  readonly sums: AccountSums;
  readonly fx: FxRates;
  readonly base: string | null;
  readonly marginBasis: RiskSettings["marginBasis"];
  /** Nothing is heard of the source. */
  readonly isAway: (source: Source) => boolean;
}

export function accountViews(inputs: AccountInputs): AccountView[] {
  const views: AccountView[] = [];
  for (const state of inputs.accounts.all()) {
    if (state.currency !== null) views.push(accountView(state, state.currency, inputs));
  }
  return views;
}

function accountView(
  state: AccountState,
  currency: string,
  inputs: AccountInputs,
): AccountView {
  const { fx, base, marginBasis, isAway } = inputs;
  const sums = inputs.sums.of(state);
  const { values, pnl } = state;
  const own: AccountAmounts = {
    netLiquidation: values.netLiquidation,
    cash: values.cash,
    maintenanceMargin: values.maintenanceMargin,
    initialMargin: values.initialMargin,
    excessLiquidity: values.excessLiquidity,
    buyingPower: values.buyingPower,
    brokerUnrealizedPnl: pnl?.unrealizedPnl ?? null,
    brokerDailyPnl: pnl?.dailyPnl ?? null,
    brokerRealizedPnl: pnl?.realizedPnl ?? null,
  };
  const rate = base === null ? NaN : currency === base ? 1 : fx.rate(currency, base);
  const margin = marginBasis === "initial" ? values.initialMargin : values.maintenanceMargin;
  return {
    source: state.source,
    account: state.account,
    currency,
    ...converted(own, rate),
    marginUtilization: marginUtilization(margin, values.netLiquidation),
    unrealizedPnl: sums.unrealizedPnl.value,
    dailyPnl: sums.dailyPnl.value,
    realizedPnl: sums.realizedPnl.value,
    grossExposure: sums.grossExposure.value,
    positions: sums.positions,
    restoredFrom: state.restored ? isoInstant(state.at) : null,
    ...(state.restored || isAway(state.source) ? { stale: true } : {}),
    ...(currency === base ? {} : { own }),
  };
}

function converted(amounts: AccountAmounts, rate: number): AccountAmounts {
  const convert = (amount: number | null): number | null => {
    if (amount === null) return null;
    const inBase = amount * rate;
    return Number.isFinite(inBase) ? inBase : null;
  };
  return {
    netLiquidation: convert(amounts.netLiquidation),
    cash: convert(amounts.cash),
    maintenanceMargin: convert(amounts.maintenanceMargin),
    initialMargin: convert(amounts.initialMargin),
    excessLiquidity: convert(amounts.excessLiquidity),
    buyingPower: convert(amounts.buyingPower),
    brokerUnrealizedPnl: convert(amounts.brokerUnrealizedPnl),
    brokerDailyPnl: convert(amounts.brokerDailyPnl),
    brokerRealizedPnl: convert(amounts.brokerRealizedPnl),
  };
}

/**
 * Margin requirement over net liquidation, a fraction. Null when an input is missing, and when there is margin to cover and
 * nothing left to cover it (net liquidation at or below 0).
 */
export function marginUtilization(margin: number | null, netLiquidation: number | null): number | null {
  if (margin === null || netLiquidation === null) return null;
  if (netLiquidation <= 0) return margin > 0 ? null : 0;
  return margin / netLiquidation;
}

/** The account nearest to a margin call; one that has nothing left to cover its margin comes before all. */
export function worstMargin(
  accounts: readonly AccountView[],
  marginBasis: RiskSettings["marginBasis"],
): AccountView | null {
  let worst: AccountView | null = null;
  for (const account of accounts) {
    if (isUncovered(account.own ?? account, marginBasis)) return account;
    if (account.marginUtilization === null) continue;
    if (worst === null || account.marginUtilization > worst.marginUtilization!) worst = account;
  }
  return worst;
}

function isUncovered(amounts: AccountAmounts, marginBasis: RiskSettings["marginBasis"]): boolean {
  const margin = marginBasis === "initial" ? amounts.initialMargin : amounts.maintenanceMargin;
  return margin !== null && margin > 0 && amounts.netLiquidation !== null && amounts.netLiquidation <= 0;
}

export function cashViews(accounts: AccountBook, fx: FxRates, base: string | null, now: EpochMs): CashView[] {
  const amounts = new Map<string, number>();
  for (const { cash } of accounts.all()) {
    for (const [currency, amount] of cash) amounts.set(currency, (amounts.get(currency) ?? 0) + amount);
  }
  return [...amounts].sort(([a], [b]) => a < b ? -1 : 1).map(([currency, amount]) => {
    const rate = base === null ? NaN : fx.rate(currency, base);
    const at = base === null || currency === base ? null : fx.at(currency, base);
    return {
      currency,
      amount,
      fxRate: Number.isFinite(rate) ? rate : null,
      fxAgeMs: at === null ? (currency === base ? 0 : null) : Math.max(0, now - at),
    };
  });
}
