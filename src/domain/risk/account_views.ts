/** Accounts and cash as the snapshot shows them: base currency, and the account's own beside it where that differs. */
import type { AccountBook, AccountState } from "../account_book.ts";
import type { FxRates } from "../market/fx_rates.ts";
import type { PositionBook } from "../position_book.ts";
import type { RiskSettings } from "../settings.ts";
import type { EpochMs } from "../time.ts";
import type { LeafValue } from "./leaf_valuation.ts";
import type { PositionValue } from "./position_valuation.ts";
import type { AccountAmounts, AccountView, CashView } from "./snapshot.ts";
import { Total } from "./totals.ts";

interface AccountSums {
  readonly unrealizedPnl: Total;
  readonly dailyPnl: Total;
  readonly realizedPnl: Total;
  readonly grossExposure: Total;
  positions: number;
}

export function accountViews(
  accounts: AccountBook,
  positions: readonly PositionValue[],
  book: PositionBook,
  fx: FxRates,
  base: string | null,
  marginBasis: RiskSettings["marginBasis"],
): AccountView[] {
  const sums = sumByAccount(positions, book);
  const views: AccountView[] = [];
  for (const state of accounts.all()) {
    if (state.currency === null) continue;
    const index = book.accounts.findIndex(({ source, account }) =>
      source === state.source && account === state.account
    );
    views.push(accountView(state, state.currency, sums[index], fx, base, marginBasis));
  }
  return views;
}

/** Sums of the accounts that hold something, by their index in the book. */
function sumByAccount(positions: readonly PositionValue[], book: PositionBook): AccountSums[] {
  const sums = book.accounts.map(emptySums);
  for (const position of positions) {
    for (const leaf of position.leaves) addLeaf(sums[book.account[leaf.leaf]!]!, leaf);
  }
  return sums;
}

function emptySums(): AccountSums {
  return {
    unrealizedPnl: new Total(),
    dailyPnl: new Total(),
    realizedPnl: new Total(),
    grossExposure: new Total(),
    positions: 0,
  };
}

function addLeaf(sum: AccountSums, leaf: LeafValue): void {
  sum.unrealizedPnl.add(leaf.unrealizedPnl);
  sum.dailyPnl.add(leaf.dailyPnl);
  sum.realizedPnl.add(leaf.realizedPnl);
  sum.grossExposure.add(Math.abs(leaf.exposure), leaf.exposureReason);
  sum.positions++;
}

function accountView(
  state: AccountState,
  currency: string,
  sums: AccountSums | undefined,
  fx: FxRates,
  base: string | null,
  marginBasis: RiskSettings["marginBasis"],
): AccountView {
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
  // Without holdings the sums are a true 0.
  const totals = sums ?? emptySums();
  const margin = marginBasis === "initial" ? values.initialMargin : values.maintenanceMargin;
  return {
    source: state.source,
    account: state.account,
    currency,
    ...converted(own, rate),
    marginUtilization: marginUtilization(margin, values.netLiquidation),
    unrealizedPnl: totals.unrealizedPnl.value,
    dailyPnl: totals.dailyPnl.value,
    realizedPnl: totals.realizedPnl.value,
    grossExposure: totals.grossExposure.value,
    positions: totals.positions,
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
