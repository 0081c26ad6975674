/** Account figures under the tags and with the digits that TWS gives them. */
import type { Book, Ledger } from "./book.ts";
import type { AccountSpec } from "./scenario.ts";

export interface AccountValue {
  readonly tag: string;
  readonly value: string;
  /** Empty for figures that are not money; `BASE` for the sum of the ledgers. */
  readonly currency: string;
}

/** The figures of an account as a whole, in TWS's order. */
export function accountValues(book: Book, account: AccountSpec): readonly AccountValue[] {
  const figures = book.figures(account);
  const equity = figures.netLiquidation;
  const available = equity - figures.initialMargin;
  const excess = equity - figures.maintenanceMargin;
  const money = (tag: string, amount: number) => ({ tag, value: amount.toFixed(2), currency: account.currency });
  return [
    { tag: "AccountType", value: account.type, currency: "" },
    { tag: "Cushion", value: equity > 0 ? (excess / equity).toFixed(6) : "0", currency: "" },
    { tag: "DayTradesRemaining", value: "-1", currency: "" },
    { tag: "LookAheadNextChange", value: "0", currency: "" },
    money("AccruedCash", 0),
    money("AvailableFunds", available),
    money("BuyingPower", Math.max(0, available) * 4),
    money("EquityWithLoanValue", equity),
    money("ExcessLiquidity", excess),
    money("FullAvailableFunds", available),
    money("FullExcessLiquidity", excess),
    money("FullInitMarginReq", figures.initialMargin),
    money("FullMaintMarginReq", figures.maintenanceMargin),
    money("GrossPositionValue", figures.grossPositionValue),
    money("InitMarginReq", figures.initialMargin),
    money("LookAheadAvailableFunds", available),
    money("LookAheadExcessLiquidity", excess),
    money("LookAheadInitMarginReq", figures.initialMargin),
    money("LookAheadMaintMarginReq", figures.maintenanceMargin),
    money("MaintMarginReq", figures.maintenanceMargin),
    money("NetLiquidation", figures.netLiquidation),
    money("SettledCash", figures.totalCash),
    money("TotalCashValue", figures.totalCash),
  ];
}

/** The ledgers of an account by currency, `BASE` last; only `BASE` when `all` is false. */
export function ledgerValues(book: Book, account: AccountSpec, all: boolean): readonly AccountValue[] {
  const ledgers = [...book.ledger(account)];
  const base: Ledger = {
    cash: 0,
    stock: 0,
    option: 0,
    futuresOption: 0,
    futuresPnl: 0,
    unrealized: 0,
    realized: 0,
    rate: 1,
  };
  for (const [, { rate, ...amounts }] of ledgers) {
    for (const name of Object.keys(amounts) as (keyof typeof amounts)[]) base[name] += amounts[name] * rate;
  }
  const shown = all ? [...ledgers, ["BASE", base] as const] : [["BASE", base] as const];
  return shown.flatMap(([currency, ledger]) => ledgerOf(currency, ledger));
}

function ledgerOf(currency: string, ledger: Ledger): readonly AccountValue[] {
  const net = ledger.cash + ledger.futuresPnl + ledger.stock + ledger.option + ledger.futuresOption;
  const amounts: readonly (readonly [string, string])[] = [
    ["AccruedCash", "0.00"],
    ["CashBalance", ledger.cash.toFixed(4)],
    ["Currency", currency],
    ["ExchangeRate", ledger.rate.toFixed(7)],
    ["FuturesPNL", ledger.futuresPnl.toFixed(4)],
    ["FutureOptionValue", ledger.futuresOption.toFixed(4)],
    ["NetLiquidationByCurrency", net.toFixed(4)],
    ["OptionMarketValue", ledger.option.toFixed(4)],
    ["RealCurrency", currency],
    ["RealizedPnL", ledger.realized.toFixed(4)],
    ["StockMarketValue", ledger.stock.toFixed(4)],
    ["TotalCashBalance", (ledger.cash + ledger.futuresPnl).toFixed(4)],
    ["UnrealizedPnL", ledger.unrealized.toFixed(4)],
  ];
  return amounts.map(([tag, value]) => ({ tag, value, currency }));
}
