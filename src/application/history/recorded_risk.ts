/** A snapshot's risk as rows of history: one for the book, one for each account. */
import type { AccountView, PortfolioView, RiskSnapshot } from "../../domain/risk/snapshot.ts";
import { ALL_ACCOUNTS, type RiskFigures, type RiskRecord } from "../ports/store_records.ts";

/**
 * An account's row has no document: the book's of the same instant shows every leaf with its account, and once is enough.
 * JSON all the same, so that whoever reads documents needs no exception.
 */
const NO_DOCUMENT = "{}";

/**
 * The book's row, account and source `ALL`, and one for each account with what the snapshot says of it. Greeks of one
 * account are in no snapshot but of the account on screen, so they are null: a series that is there when somebody looked
 * would mislead. Empty while the base currency is not known.
 *
 * @param document the snapshot as JSON text
 */
export function riskRecords(snapshot: RiskSnapshot, document: string): RiskRecord[] {
  const { baseCurrency, status, simulated, asOf, portfolio, accounts } = snapshot;
  if (baseCurrency === null) return [];
  const taken = { takenAt: Date.parse(asOf), status, simulated, baseCurrency };
  const book: RiskRecord = {
    account: ALL_ACCOUNTS,
    source: "ALL",
    ...taken,
    figures: bookFigures(portfolio),
    document,
  };
  return [
    book,
    ...accounts.map((row) => ({
      account: row.account,
      source: row.source,
      ...taken,
      figures: accountFigures(row),
      document: NO_DOCUMENT,
    })),
  ];
}

function bookFigures(book: PortfolioView): RiskFigures {
  return {
    unrealizedPnl: book.unrealizedPnl,
    dailyPnl: book.dailyPnl,
    realizedPnl: book.realizedPnl,
    fxPnl: book.fxPnl,
    marketValue: book.marketValue,
    grossExposure: book.grossExposure,
    netExposure: book.netExposure,
    delta: book.delta,
    dollarDelta: book.dollarDelta,
    betaWeightedDelta: book.betaWeightedDelta,
    gammaDollars1Pct: book.gammaDollars1Pct,
    vega: book.vega,
    theta: book.theta,
    netLiquidation: book.netLiquidation,
    marginUtilization: book.marginUtilization,
  };
}

function accountFigures(account: AccountView): RiskFigures {
  return {
    unrealizedPnl: account.unrealizedPnl,
    dailyPnl: account.dailyPnl,
    realizedPnl: account.realizedPnl,
    fxPnl: null,
    marketValue: null,
    grossExposure: account.grossExposure,
    netExposure: null,
    delta: null,
    dollarDelta: null,
    betaWeightedDelta: null,
    gammaDollars1Pct: null,
    vega: null,
    theta: null,
    netLiquidation: account.netLiquidation,
    marginUtilization: account.marginUtilization,
  };
}
