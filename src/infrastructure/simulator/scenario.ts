/** What a simulated gateway plays: accounts, contracts, positions, today's trades, orders and what happens when. */

export const SECURITY_TYPES = ["STK", "OPT", "IND", "FUT", "FOP", "CASH", "CRYPTO", "FUND"] as const;
export type SecurityType = typeof SECURITY_TYPES[number];

export const PERMISSIONS = ["live", "delayed", "none", "partial"] as const;
/**
 * What the login may see of a contract: everything; delayed data when asked for it; nothing; or only what needs no
 * subscription (an option's computations without its quote, message 10090).
 */
export type Permission = typeof PERMISSIONS[number];

export const GREEKS = ["live", "none", "sentinel", "unset"] as const;
/** Whether computations come, never come, come as IB's −1 and −2, or as 1.797E308. */
export type Greeks = typeof GREEKS[number];

export const TRADING_HOURS = ["us_stock", "us_option", "index_option", "cme", "fx", "xetra", "lse"] as const;
export type TradingHours = typeof TRADING_HOURS[number];

/**
 * A date relative to the day the simulation starts, so that a scenario never goes stale.
 *
 * `days`: that many calendar days on; `friday`: the nth Friday after the start (0: the first on or after it);
 * `third-friday`: of the nth month after the start's; `quarter`: the third Friday of the nth quarter month that is at
 * least 14 days away (0: the next); `date`: a fixed one. Saturdays and Sundays move on to Monday.
 */
export type ExpiryRule =
  | { readonly rule: "days" | "friday" | "third-friday" | "quarter"; readonly count: number }
  | { readonly rule: "date"; readonly date: string };

export interface ContractSpec {
  /** The scenario's own name for it. */
  readonly id: string;
  readonly type: SecurityType;
  /** Null: numbered by its place in the file. */
  readonly conId: number | null;
  readonly symbol: string;
  readonly currency: string;
  /** Where requests are routed (`SMART`, `CME`). */
  readonly exchange: string;
  readonly primaryExchange: string;
  readonly validExchanges: readonly string[];
  /** Null: made from the other fields as the exchange would. */
  readonly tradingClass: string | null;
  readonly localSymbol: string | null;
  readonly longName: string;
  readonly multiplier: number;
  readonly minTick: number;
  /** Market-data prices are this many times the price in the main unit (London pence: 100). */
  readonly priceMagnifier: number;
  readonly timeZone: string;
  readonly hours: TradingHours;
  /** The data farm that serves it. */
  readonly farm: string;
  readonly underlying: string | null;
  readonly expiry: ExpiryRule | null;
  readonly settlement: "AM" | "PM";
  readonly strike: number | null;
  readonly right: "C" | "P" | null;
  /** Price at the start, in the main unit. Null for options: priced from their underlying. */
  readonly last: number | null;
  /** Previous close; null: an option's is priced from its underlying's close, others closed where they start. */
  readonly close: number | null;
  /** Implied volatility of an option, a fraction. */
  readonly impliedVolatility: number | null;
  /** Volatility of the random walk, per year, a fraction; 0 holds the price still. */
  readonly volatility: number;
  /** Of the walk with the market's common factor, −1 to 1. */
  readonly correlation: number;
  /** Price changes a second, on average. */
  readonly activity: number;
  readonly dividendYield: number;
  /** Bid to ask, in price. */
  readonly spread: number;
  /** Sent as they are instead of the simulated ones (−1 for none). */
  readonly fixedQuote: { readonly bid?: number; readonly ask?: number; readonly last?: number };
  readonly greeks: Greeks;
  readonly permission: Permission;
  /** Error code with which market data is refused instead of the usual one. */
  readonly refusal: number | null;
  readonly isin: string | null;
}

export interface AccountSpec {
  readonly id: string;
  readonly currency: string;
  readonly type: string;
  readonly cash: ReadonlyMap<string, number>;
  /** Requirement = fixed + rate × Σ|delta exposure|, in the account's currency. */
  readonly margin: { readonly maintenance: number; readonly initial: number; readonly fixed: number };
}

export interface PositionSpec {
  readonly account: string;
  readonly contract: string;
  /** As of the start, today's executions included; negative when short. */
  readonly quantity: number;
  /** Per unit, commissions included; IB's average cost is this times the multiplier. */
  readonly averagePrice: number;
}

export interface ExecutionSpec {
  readonly account: string;
  /** A contract, or the legs of a combination that this row summarises. */
  readonly contract: string;
  readonly combo: boolean;
  /** Milliseconds before the start. */
  readonly agoMs: number;
  /** Signed: negative sold. */
  readonly quantity: number;
  readonly price: number;
  readonly commission: number;
  /** Null when the trade opened: IB sends its sentinel. */
  readonly realized: number | null;
  /** Null: numbered. Ends in `.01`, `.02` for the original and its correction. */
  readonly execId: string | null;
}

export interface OrderSpec {
  readonly account: string;
  readonly contract: string;
  readonly orderId: number;
  readonly clientId: number;
  readonly action: "BUY" | "SELL";
  readonly quantity: number;
  readonly filled: number;
  readonly orderType: string;
  readonly limitPrice: number | null;
  readonly timeInForce: string;
  readonly status: string;
}

export const GARBAGE = [
  "negative-length",
  "oversize",
  "unknown-message",
  "text-for-number",
  "missing-fields",
  "truncated",
] as const;

/** Trouble that can be made at any time. */
export type Fault =
  /** Every connection is cut. */
  | { readonly kind: "drop" }
  /** Every connection is cut and new ones are refused for that long. */
  | { readonly kind: "refuse"; readonly seconds: number }
  /** Sockets stay open; nothing is read or sent for that long. New connections wait too. */
  | { readonly kind: "freeze"; readonly seconds: number }
  /** 1100 lost, 1101 restored with data lost, 1102 restored with data kept. */
  | { readonly kind: "connectivity"; readonly code: 1100 | 1101 | 1102 }
  /** A data farm goes or comes back; `lose` drops its lines silently on the way back, as happens. */
  | { readonly kind: "farm"; readonly farm: string; readonly up: boolean; readonly lose: boolean }
  /** Every client id counts as taken for that long. */
  | { readonly kind: "client-id-in-use"; readonly seconds: number }
  /** Another login takes the market data for that long: 10197 on every line. */
  | { readonly kind: "competing-session"; readonly seconds: number }
  | { readonly kind: "garbage"; readonly form: typeof GARBAGE[number] };

/** What changes in the simulated market or book. */
export type Happening =
  /** The price jumps to `price`, or by `percent` (fraction). */
  | { readonly kind: "price"; readonly contract: string; readonly price: number | null; readonly change: number | null }
  /** Implied volatility of every option on a contract, or of one option, moves by that many points (fraction). */
  | { readonly kind: "volatility"; readonly contract: string; readonly change: number }
  /** Trades at the market: at the ask when buying, the bid when selling, unless a price is given. */
  | {
    readonly kind: "fill";
    readonly account: string;
    readonly contract: string;
    readonly quantity: number;
    readonly price: number | null;
    readonly commission: number;
  }
  /** The broker's count changes without a trade (a transfer, an assignment). */
  | {
    readonly kind: "position";
    readonly account: string;
    readonly contract: string;
    readonly quantity: number;
    readonly averagePrice: number;
  };

export type TimedEvent = (Happening | Fault) & { readonly atMs: number };

export interface Scenario {
  readonly name: string;
  readonly gateway: {
    /** Zone of the login, which TWS writes into some contract details. */
    readonly loginTimeZone: string;
    readonly marketDataLines: number;
    /** How often the market moves and lines are looked at. */
    readonly stepMs: number;
    /** Account values and portfolio rows; TWS takes three minutes. */
    readonly accountRefreshMs: number;
    /** P&L messages. */
    readonly pnlRefreshMs: number;
    /** More than 0: every client gets that many ticks a second over its lines, and the random walk rests. */
    readonly ticksPerSecond: number;
    /** Whether a client hears of trades that are not its own (TWS's master client). */
    readonly liveExecutions: boolean;
  };
  readonly market: {
    /** Riskless rate per year. */
    readonly rate: number;
    /** Market time runs this much faster than the clock. */
    readonly speed: number;
  };
  readonly accounts: readonly AccountSpec[];
  readonly contracts: readonly ContractSpec[];
  readonly positions: readonly PositionSpec[];
  readonly executions: readonly ExecutionSpec[];
  readonly orders: readonly OrderSpec[];
  /** In order of time. */
  readonly events: readonly TimedEvent[];
}
