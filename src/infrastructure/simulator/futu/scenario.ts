/** What a simulated OpenD plays: accounts, what they hold, today's and past trades, and what happens when. */
import type { ExpiryRule } from "../scenario.ts";

export const FUTU_MARKETS = ["HK", "US"] as const;
/** Where a contract trades; the simulated book knows these two. */
export type FutuMarket = typeof FUTU_MARKETS[number];

export const CONTRACT_TYPES = ["STOCK", "INDEX", "OPTION"] as const;

export interface FutuContractSpec {
  /** The scenario's own name for it. */
  readonly id: string;
  readonly type: typeof CONTRACT_TYPES[number];
  readonly market: FutuMarket;
  /** What the code of an option begins with: `SPXW`, `AAPL1`, `TCH`. Of others the whole code. */
  readonly root: string;
  readonly name: string;
  /** Units of the underlying in one; 1 for stocks. */
  readonly multiplier: number;
  readonly lotSize: number;
  /** The underlying of an option. */
  readonly underlying: string | null;
  readonly expiry: ExpiryRule | null;
  readonly strike: number | null;
  readonly right: "C" | "P" | null;
  /** Price at the start. Null: an option priced from its underlying by its implied volatility. */
  readonly last: number | null;
  /** Previous close. Null: where it starts. */
  readonly close: number | null;
  readonly impliedVolatility: number | null;
  /** Of the drift, per year, a fraction; 0 holds the price still. */
  readonly volatility: number;
}

export interface FutuAccountSpec {
  /** An unsigned 64-bit number as text. */
  readonly id: string;
  readonly env: "REAL" | "SIMULATE";
  readonly markets: readonly string[];
  /** A general account is left out of the list unless it is asked for, and needs a currency for its funds. */
  readonly general: boolean;
  readonly type: "CASH" | "MARGIN";
  /** Null for paper accounts. */
  readonly securityFirm: string | null;
  readonly active: boolean;
  readonly master: boolean;
  readonly cardNumber: string | null;
  /** Of the funds of an account that is not general. */
  readonly currency: string;
  readonly cash: ReadonlyMap<string, number>;
  /** Requirement as a share of the gross market value. */
  readonly margin: { readonly initial: number; readonly maintenance: number };
}

export interface FutuPositionSpec {
  readonly account: string;
  readonly contract: string;
  /** As of the start, today's deals included; negative when short. */
  readonly quantity: number;
  readonly averagePrice: number;
}

export const ORDER_SIDES = { BUY: 1, SELL: 2, SELL_SHORT: 3, BUY_BACK: 4 } as const;
export type OrderSide = keyof typeof ORDER_SIDES;
export const SIDE_NAMES = Object.keys(ORDER_SIDES) as readonly OrderSide[];

/** Trd_Common.OrderStatus. */
export const ORDER_STATUSES = {
  SUBMITTING: 2,
  SUBMITTED: 5,
  FILLED_PART: 10,
  FILLED_ALL: 11,
  CANCELLED_PART: 14,
  CANCELLED_ALL: 15,
  FAILED: 21,
} as const;
export type OrderStatus = keyof typeof ORDER_STATUSES;
export const STATUS_NAMES = Object.keys(ORDER_STATUSES) as readonly OrderStatus[];

/** Trd_Common.OrderType. */
export const ORDER_TYPES = { NORMAL: 1, MARKET: 2, ABSOLUTE_LIMIT: 5, STOP: 10 } as const;

export interface FutuOrderSpec {
  /** How deals and events refer to it; its number for clients comes from it. */
  readonly id: string;
  readonly account: string;
  readonly contract: string;
  readonly side: OrderSide;
  readonly quantity: number;
  readonly price: number | null;
  readonly type: keyof typeof ORDER_TYPES;
  readonly status: OrderStatus;
  /** Milliseconds before the start. */
  readonly agoMs: number;
  readonly remark: string | null;
}

/** Trd_Common.OrderFillStatus. */
export const DEAL_STATUSES = { OK: 0, CANCELLED: 1, CHANGED: 2 } as const;

export interface FutuDealSpec {
  /** The order that it fills, whose account, contract and side it has. */
  readonly order: string;
  readonly quantity: number;
  readonly price: number;
  readonly agoMs: number;
  readonly status: keyof typeof DEAL_STATUSES;
}

/** Orders and deals of the past, made from a seed of their own: the same every run. */
export interface FutuHistorySpec {
  readonly account: string;
  readonly contracts: readonly string[];
  readonly orders: number;
  /** Spread over nine tenths of the orders; the rest is cancelled without one. */
  readonly deals: number;
  /** Dates of the contracts' exchanges, or `-180d`: so many days before the start. */
  readonly from: string;
  readonly to: string;
  readonly seed: number;
}

export const GARBAGE = ["bad-sha", "truncated", "oversized", "unknown", "unreadable"] as const;

/** Trouble that can be made at any time. */
export type FutuFault =
  /** Every connection is cut. */
  | { readonly kind: "drop" }
  /** Every connection is cut and new ones are refused for that long. */
  | { readonly kind: "refuse"; readonly seconds: number }
  /** Sockets stay open; nothing is read or sent for that long. */
  | { readonly kind: "freeze"; readonly seconds: number }
  /** OpenD is up and not logged in, for that long or until a login: trading is refused. */
  | { readonly kind: "logout"; readonly seconds: number | null }
  | { readonly kind: "login" }
  /** Every call of the messages that are counted is refused as too frequent for that long. */
  | { readonly kind: "rate-limit"; readonly seconds: number }
  /** The next so many requests of a message get their connection cut instead of an answer. */
  | { readonly kind: "drop-before-reply"; readonly protoId: number; readonly times: number }
  /** A frame that OpenD should not send, to every client. */
  | { readonly kind: "garbage"; readonly form: typeof GARBAGE[number] };

/** What changes in the book or the market. */
export type FutuHappening =
  /** A new order, or a new status of one that is there. */
  | {
    readonly kind: "order";
    readonly id: string;
    readonly account: string;
    readonly contract: string;
    readonly side: OrderSide;
    readonly quantity: number;
    readonly price: number | null;
    readonly status: OrderStatus;
  }
  /** Fills an order of the book, or, without one, an order of its own. At the market unless a price is given. */
  | {
    readonly kind: "fill";
    readonly order: string | null;
    readonly account: string;
    readonly contract: string;
    readonly side: OrderSide;
    readonly quantity: number;
    readonly price: number | null;
  }
  /** The price jumps to `price`, or by `change` (a fraction), and drifts on from there. */
  | {
    readonly kind: "price";
    readonly contract: string;
    readonly price: number | null;
    readonly change: number | null;
  };

export type FutuTimedEvent = (FutuHappening | FutuFault) & { readonly atMs: number };

export interface FutuScenario {
  readonly name: string;
  readonly opend: {
    /** What InitConnect says; clients send theirs at four fifths of it. */
    readonly keepAliveMs: number;
    /** A connection without a keep-alive for this long is closed. */
    readonly idleLimitMs: number;
    /** 905 for 9.5. */
    readonly serverVersion: number;
    /** Whether it is logged in at the start. */
    readonly loggedIn: boolean;
    /** How many times each push of an order or a fill comes. */
    readonly pushCopies: number;
    /** How the size of a short position is written. */
    readonly shortQuantity: "positive" | "negative";
    /** Whether the lists of past orders and deals hold those of the exchange's current day. */
    readonly historyHasToday: boolean;
    /** Calls of a counted message that an account takes in any `rateWindowMs`. */
    readonly rateLimit: number;
    readonly rateWindowMs: number;
  };
  readonly market: {
    /** Riskless rate per year. */
    readonly rate: number;
    /** Market time runs this much faster than the clock; 0 holds prices still. */
    readonly speed: number;
    /** Units of HKD for one of each other currency. */
    readonly ratesInHkd: ReadonlyMap<string, number>;
  };
  readonly contracts: readonly FutuContractSpec[];
  readonly accounts: readonly FutuAccountSpec[];
  readonly positions: readonly FutuPositionSpec[];
  readonly orders: readonly FutuOrderSpec[];
  readonly deals: readonly FutuDealSpec[];
  readonly history: readonly FutuHistorySpec[];
  /** In order of time. */
  readonly events: readonly FutuTimedEvent[];
}
