/** What the simulated broker knows to be so, for tests to hold against what a client made of the messages. */
import type { EpochMs } from "../../domain/time.ts";
import type { AccountFigures, HoldingPnl } from "./book.ts";
import type { Computation, Quote } from "./market.ts";
import type { Execution, Simulation } from "./simulation.ts";

export interface PositionTruth extends HoldingPnl {
  readonly account: string;
  /** The scenario's name of the contract. */
  readonly contract: string;
  readonly conId: number;
  readonly quantity: number;
  /** Multiplier and commissions included. */
  readonly averageCost: number;
  readonly mark: number;
  /** Units of the account's currency for one of the contract's; the P&L above is in the contract's. */
  readonly fx: number;
}

export interface AccountTruth extends AccountFigures {
  readonly account: string;
  readonly currency: string;
  readonly cash: ReadonlyMap<string, number>;
}

export interface QuoteTruth extends Quote {
  readonly contract: string;
  readonly conId: number;
  readonly mark: number;
  /** Null for what is not an option. */
  readonly model: Computation | null;
}

export interface Truth {
  readonly at: EpochMs;
  readonly accounts: readonly AccountTruth[];
  readonly positions: readonly PositionTruth[];
  readonly quotes: readonly QuoteTruth[];
  readonly executions: readonly Execution[];
}

export function truthOf(simulation: Simulation, at: EpochMs): Truth {
  const { book, market, contracts, executions } = simulation;
  return {
    at,
    accounts: book.accounts.map((account) => ({
      account: account.id,
      currency: account.currency,
      cash: new Map(book.cash(account.id)),
      ...book.figures(account),
    })),
    positions: book.holdings().map((holding) => ({
      account: holding.account,
      contract: holding.listed.spec.id,
      conId: holding.listed.conId,
      quantity: holding.quantity,
      averageCost: book.averageCost(holding),
      mark: market.mark(holding.listed),
      fx: book.toAccount(holding.listed.spec.currency, book.account(holding.account)!),
      ...book.pnl(holding),
    })),
    quotes: contracts.map((listed) => ({
      contract: listed.spec.id,
      conId: listed.conId,
      ...market.quote(listed),
      mark: market.mark(listed),
      model: market.model(listed),
    })),
    executions: [...executions],
  };
}
