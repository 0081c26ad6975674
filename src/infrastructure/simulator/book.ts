/** The broker's own books: positions, cash, trades and the P&L that it reports, worked out apart from APEX's domain. */
import type { Listed } from "./listing.ts";
import { isOption, type Market } from "./market.ts";
import type { AccountSpec } from "./scenario.ts";

export interface Trade {
  /** Signed: negative sold. */
  readonly quantity: number;
  readonly price: number;
  readonly commission: number;
}

/** One contract in one account. */
export interface Holding {
  readonly account: string;
  readonly listed: Listed;
  quantity: number;
  /** Money paid for what is held, commissions included, in the contract's currency; negative when short. */
  cost: number;
  /** Quantity at the previous close. */
  startQuantity: number;
  /** Σ quantity × multiplier × price of today's trades. */
  paidToday: number;
  commissionToday: number;
  realizedToday: number;
}

/** P&L of one holding; in the contract's currency unless said otherwise. */
export interface HoldingPnl {
  readonly dailyPnl: number;
  readonly unrealizedPnl: number;
  readonly realizedPnl: number;
  readonly marketValue: number;
}

export interface AccountFigures {
  readonly netLiquidation: number;
  readonly totalCash: number;
  readonly stockValue: number;
  readonly optionValue: number;
  readonly futuresOptionValue: number;
  readonly futuresPnl: number;
  readonly grossPositionValue: number;
  readonly maintenanceMargin: number;
  readonly initialMargin: number;
  readonly dailyPnl: number;
  readonly unrealizedPnl: number;
  readonly realizedPnl: number;
}

/** One currency of an account. */
export interface Ledger {
  cash: number;
  stock: number;
  option: number;
  futuresOption: number;
  futuresPnl: number;
  unrealized: number;
  realized: number;
  /** Units of the account's currency for one of this. */
  rate: number;
}

export class Book {
  readonly #holdings = new Map<string, Map<number, Holding>>();
  readonly #cash = new Map<string, Map<string, number>>();

  constructor(readonly accounts: readonly AccountSpec[], readonly market: Market) {
    for (const account of accounts) {
      this.#holdings.set(account.id, new Map());
      this.#cash.set(account.id, new Map(account.cash));
    }
  }

  account(id: string): AccountSpec | undefined {
    return this.accounts.find((account) => account.id === id);
  }

  /** Holdings of an account, or of all in the accounts' order; those closed today are among them at quantity 0. */
  holdings(account?: string): Holding[] {
    const ids = account === undefined ? this.accounts.map(({ id }) => id) : [account];
    return ids.flatMap((id) => [...this.#holdings.get(id)?.values() ?? []]);
  }

  holding(account: string, conId: number): Holding | undefined {
    return this.#holdings.get(account)?.get(conId);
  }

  cash(account: string): ReadonlyMap<string, number> {
    return this.#cash.get(account) ?? new Map();
  }

  /** Sets what is held without a trade: at the start, and for transfers. Nothing earned before counts. */
  place(account: string, listed: Listed, quantity: number, averagePrice: number): Holding {
    const holding = this.#open(account, listed);
    holding.startQuantity += quantity - holding.quantity;
    holding.quantity = quantity;
    holding.cost = quantity * averagePrice * listed.spec.multiplier;
    return holding;
  }

  /** Notes a trade of before the start that the position already includes. */
  backdate(account: string, listed: Listed, trade: Trade, realized: number | null): void {
    const holding = this.#open(account, listed);
    holding.startQuantity -= trade.quantity;
    holding.paidToday += trade.quantity * listed.spec.multiplier * trade.price;
    holding.commissionToday += trade.commission;
    holding.realizedToday += realized ?? 0;
  }

  /**
   * Takes a trade into position, average cost and cash.
   *
   * The opening part adds to cost, its share of the commission included; the closing part realizes against average
   * cost. A trade that turns the position does both. Returns the realized P&L, null when nothing was closed.
   */
  trade(account: string, listed: Listed, trade: Trade): number | null {
    const holding = this.#open(account, listed);
    const { quantity, price, commission } = trade;
    const { multiplier } = listed.spec;
    const closed = Math.sign(quantity) === -Math.sign(holding.quantity)
      ? Math.sign(quantity) * Math.min(Math.abs(quantity), Math.abs(holding.quantity))
      : 0;
    const opened = quantity - closed;
    let realized: number | null = null;
    if (closed !== 0) {
      const released = holding.cost * (-closed / holding.quantity);
      realized = -closed * multiplier * price - released - commission * (closed / quantity);
      holding.cost -= released;
      holding.realizedToday += realized;
    }
    holding.cost += opened * multiplier * price + commission * (opened / quantity);
    holding.quantity = round(holding.quantity + quantity);
    if (holding.quantity === 0) holding.cost = 0;
    holding.paidToday += quantity * multiplier * price;
    holding.commissionToday += commission;
    this.#pay(account, listed, trade);
    return realized;
  }

  /** IB's average cost: multiplier and commissions included; 0 when flat. */
  averageCost(holding: Holding): number {
    return holding.quantity === 0 ? 0 : holding.cost / holding.quantity;
  }

  /**
   * `daily = Q·m·mark − Q₀·m·close − Σ q·m·price − Σ commissions`; `unrealized = Q·m·mark − cost`. Futures and
   * currencies have no market value here: the one is settled daily, the other is cash already.
   */
  pnl(holding: Holding): HoldingPnl {
    const { listed, quantity } = holding;
    const { multiplier, type } = listed.spec;
    const value = quantity * multiplier * this.market.mark(listed);
    const before = holding.startQuantity * multiplier * this.market.quote(listed).close;
    return {
      dailyPnl: value - before - holding.paidToday - holding.commissionToday,
      unrealizedPnl: value - holding.cost,
      realizedPnl: holding.realizedToday,
      marketValue: type === "FUT" || type === "CASH" ? 0 : value,
    };
  }

  /** What an account shows, in its own currency. */
  figures(account: AccountSpec): AccountFigures {
    const sums = { stock: 0, option: 0, futuresOption: 0, futures: 0, gross: 0, exposure: 0 };
    const pnl = { daily: 0, unrealized: 0, realized: 0 };
    for (const holding of this.holdings(account.id)) {
      const { type, currency } = holding.listed.spec;
      const fx = this.toAccount(currency, account);
      const own = this.pnl(holding);
      pnl.daily += own.dailyPnl * fx;
      pnl.unrealized += own.unrealizedPnl * fx;
      pnl.realized += own.realizedPnl * fx;
      const value = own.marketValue * fx;
      if (type === "OPT") sums.option += value;
      else if (type === "FOP") sums.futuresOption += value;
      else if (type === "FUT") sums.futures += (own.dailyPnl + holding.commissionToday) * fx;
      else sums.stock += value;
      sums.gross += Math.abs(value);
      sums.exposure += Math.abs(this.#deltaExposure(holding)) * fx;
    }
    let cash = 0;
    for (const [currency, amount] of this.cash(account.id)) cash += amount * this.toAccount(currency, account);
    const { maintenance, initial, fixed } = account.margin;
    // The day's variation on futures is money of the account although no trade has turned it into cash.
    const totalCash = cash + sums.futures;
    return {
      netLiquidation: totalCash + sums.stock + sums.option + sums.futuresOption,
      totalCash,
      stockValue: sums.stock,
      optionValue: sums.option,
      futuresOptionValue: sums.futuresOption,
      futuresPnl: sums.futures,
      grossPositionValue: sums.gross,
      maintenanceMargin: fixed + maintenance * sums.exposure,
      initialMargin: fixed + initial * sums.exposure,
      dailyPnl: pnl.daily,
      unrealizedPnl: pnl.unrealized,
      realizedPnl: pnl.realized,
    };
  }

  /** Balances by currency, each in that currency, with its rate into the account's. */
  ledger(account: AccountSpec): ReadonlyMap<string, Ledger> {
    const ledgers = new Map<string, Ledger>();
    const ledger = (currency: string): Ledger => {
      const known = ledgers.get(currency);
      if (known !== undefined) return known;
      const made = {
        cash: 0,
        stock: 0,
        option: 0,
        futuresOption: 0,
        futuresPnl: 0,
        unrealized: 0,
        realized: 0,
        rate: 1,
      };
      made.rate = this.toAccount(currency, account);
      ledgers.set(currency, made);
      return made;
    };
    ledger(account.currency);
    for (const [currency, amount] of this.cash(account.id)) ledger(currency).cash += amount;
    for (const holding of this.holdings(account.id)) {
      const { type, currency } = holding.listed.spec;
      const own = this.pnl(holding);
      const entry = ledger(currency);
      entry.unrealized += own.unrealizedPnl;
      entry.realized += own.realizedPnl;
      if (type === "OPT") entry.option += own.marketValue;
      else if (type === "FOP") entry.futuresOption += own.marketValue;
      else if (type === "FUT") entry.futuresPnl += own.dailyPnl + holding.commissionToday;
      else entry.stock += own.marketValue;
    }
    return ledgers;
  }

  /** Rate into the account's currency. Every currency has one: the scenario is checked for it. */
  toAccount(currency: string, account: AccountSpec): number {
    return this.market.rate(currency, account.currency) ?? NaN;
  }

  #deltaExposure({ listed, quantity }: Holding): number {
    if (listed.spec.type === "CASH") return 0;
    const model = this.market.model(listed);
    const spot = isOption(listed) ? this.market.mark(listed.underlying!) : this.market.mark(listed);
    return quantity * listed.spec.multiplier * (model?.delta ?? 1) * spot;
  }

  #pay(account: string, listed: Listed, { quantity, price, commission }: Trade): void {
    const { type, currency, symbol, multiplier } = listed.spec;
    const purse = this.#cash.get(account);
    if (purse === undefined) return;
    const add = (name: string, amount: number) => purse.set(name, (purse.get(name) ?? 0) + amount);
    // A future costs nothing but its commission; its gains and losses come through the day's variation.
    add(currency, type === "FUT" ? -commission : -quantity * multiplier * price - commission);
    if (type === "CASH") add(symbol, quantity);
  }

  #open(account: string, listed: Listed): Holding {
    const holdings = this.#holdings.get(account);
    if (holdings === undefined) throw new RangeError(`Cannot book a trade: there is no account ${account}`);
    const known = holdings.get(listed.conId);
    if (known !== undefined) return known;
    const holding: Holding = {
      account,
      listed,
      quantity: 0,
      cost: 0,
      startQuantity: 0,
      paidToday: 0,
      commissionToday: 0,
      realizedToday: 0,
    };
    holdings.set(listed.conId, holding);
    return holding;
  }
}

/** Fractional shares without the noise of adding them. */
function round(quantity: number): number {
  return Math.round(quantity * 1e8) / 1e8;
}
