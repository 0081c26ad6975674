/**
 * What reaches the book, decoded at the edge. Sentinels are gone: a missing number is `null`.
 *
 * Quotes do not travel as events but as ticks into conflated columns (`QuoteTicks`), newest wins. Events are never
 * dropped and keep their order.
 */
import type { Instrument } from "./instrument.ts";
import type { BetaEstimate } from "./risk/beta.ts";
import type { EpochMs } from "./time.ts";

/** Where positions come from. */
export type Source = "IB" | "FUTU" | "MANUAL";

/**
 * The broker whose market-data lines quote the book, whoever holds it. Another broker's prices come with its list of
 * positions, and are never live.
 */
export const QUOTING_BROKER: Source = "IB";

/** Index of an instrument in the registry that the inbox and the book share. */
export type InstrumentIndex = number;

/** One holding of one account, complete: it replaces what was known of (source, account, instrument). */
export interface PositionRow {
  readonly account: string;
  readonly instrument: InstrumentIndex;
  /** Signed; 0 means closed today or gone. */
  readonly quantity: number;
  /** Per unit as a price is quoted, not times the multiplier; null when the source does not say. */
  readonly avgPrice: number | null;
}

/** Account figures in the account's own currency; null where the broker sent nothing usable. */
export interface AccountValues {
  readonly netLiquidation: number | null;
  readonly cash: number | null;
  readonly maintenanceMargin: number | null;
  readonly initialMargin: number | null;
  readonly excessLiquidity: number | null;
  readonly buyingPower: number | null;
  readonly equityWithLoan: number | null;
  readonly grossPositionValue: number | null;
}

/** The broker's own P&L figures; null where it sent a sentinel. */
export interface BrokerPnl {
  readonly dailyPnl: number | null;
  readonly unrealizedPnl: number | null;
  readonly realizedPnl: number | null;
}

/** How far one market-data line is. */
export type LineStatus =
  /** asked for, nothing came yet */
  | "requested"
  /** answering */
  | "live"
  /** refused for lack of a subscription (354, 10089, 10090, 10168, 10186) */
  | "no-permission"
  /** the contract cannot be streamed (200, 321) */
  | "refused"
  /** known dead: the link or the farm is down, the line stayed silent after its farm came back, or another session took it (10197) */
  | "dead"
  /** its line is lent to others within the line budget */
  | "rotated";

export type MarketDataType = "live" | "frozen" | "delayed" | "delayed-frozen";

/**
 * A link as a whole. `up`: data flows. `degraded`: connected, and something is amiss; the lines that it concerns are
 * marked one by one. `down`: no connection, or one that answers nothing. `connecting`: the first attempt or download.
 */
export type LinkStatus = "connecting" | "up" | "degraded" | "down" | "off";

export type BookEvent =
  /** A complete download of the accounts named: rows that it does not hold are gone. */
  | {
    readonly kind: "positions";
    readonly source: Source;
    readonly accounts: readonly string[];
    readonly rows: readonly PositionRow[];
    readonly at: EpochMs;
  }
  /** One change after a complete download. */
  | { readonly kind: "position"; readonly source: Source; readonly row: PositionRow; readonly at: EpochMs }
  /** A download failed: the last rows stay and the source is marked. */
  | { readonly kind: "positions-failed"; readonly source: Source; readonly reason: string; readonly at: EpochMs }
  | {
    readonly kind: "account";
    readonly source: Source;
    readonly account: string;
    readonly currency: string;
    readonly values: Partial<AccountValues>;
    readonly at: EpochMs;
  }
  /** Cash held in one currency, in that currency. */
  | {
    readonly kind: "cash";
    readonly source: Source;
    readonly account: string;
    readonly currency: string;
    readonly amount: number;
    readonly at: EpochMs;
  }
  /** Units of `base` for one unit of `currency`. */
  | {
    readonly kind: "fx";
    readonly currency: string;
    readonly base: string;
    readonly rate: number;
    readonly at: EpochMs;
  }
  /**
   * A fill. A correction carries the same `execId`, of IB but for its last part (`….02` replaces `….01`); a fill that was taken
   * back comes again with quantity 0. BAG rows never come here.
   */
  | {
    readonly kind: "execution";
    readonly source: Source;
    readonly account: string;
    readonly instrument: InstrumentIndex;
    readonly execId: string;
    /** Signed: positive bought, negative sold. */
    readonly quantity: number;
    readonly price: number;
    /** When it was filled. */
    readonly time: EpochMs;
    /** Where; absent when the source does not say. */
    readonly exchange?: string;
    /** The order's number for good, the same for every client and in statements. */
    readonly orderId?: string;
    /** What whoever placed the order wrote on it. */
    readonly orderRef?: string;
  }
  | {
    readonly kind: "commission";
    readonly source: Source;
    readonly execId: string;
    readonly amount: number;
    readonly currency: string;
    /** Null when the execution closed nothing. */
    readonly realizedPnl: number | null;
  }
  /** The answer to a request for executions is complete; `since` is how far back it reaches. */
  | {
    readonly kind: "executions-complete";
    readonly source: Source;
    readonly since: EpochMs;
    readonly at: EpochMs;
  }
  /** The broker's P&L of a whole account, in the account's currency. */
  | {
    readonly kind: "account-pnl";
    readonly source: Source;
    readonly account: string;
    readonly pnl: BrokerPnl;
    readonly at: EpochMs;
  }
  /** The broker's P&L of one holding. */
  | {
    readonly kind: "leaf-pnl";
    readonly source: Source;
    readonly account: string;
    readonly instrument: InstrumentIndex;
    /** What the figures are in; left out: the account's own. */
    readonly currency?: string;
    readonly quantity: number | null;
    readonly pnl: BrokerPnl;
    readonly marketValue: number | null;
    readonly at: EpochMs;
  }
  /** The broker's price of a holding from its account updates or its list of positions, in the main unit of the currency. */
  | {
    readonly kind: "broker-mark";
    readonly source: Source;
    readonly instrument: InstrumentIndex;
    readonly price: number;
    readonly at: EpochMs;
  }
  | {
    readonly kind: "line";
    readonly instrument: InstrumentIndex;
    readonly status: LineStatus;
    /** The broker's message code and words, when it said why. */
    readonly detail: string | null;
    readonly at: EpochMs;
  }
  | { readonly kind: "market-data-type"; readonly instrument: InstrumentIndex; readonly type: MarketDataType }
  | {
    readonly kind: "link";
    readonly source: Source;
    readonly status: LinkStatus;
    /** In words for the screen: address, client id, server version, or what stands in the way and when the next try is. */
    readonly detail: string;
    readonly at: EpochMs;
  }
  /** A data farm; `name` as the broker says it (`usfarm`, `usopt`). */
  | {
    readonly kind: "farm";
    readonly name: string;
    readonly status: "up" | "idle" | "down";
    readonly at: EpochMs;
  }
  /** A working order as the broker shows it to us. APEX sends none. */
  | {
    readonly kind: "order";
    readonly source: Source;
    readonly account: string;
    readonly orderId: string;
    readonly instrument: InstrumentIndex | null;
    readonly action: "BUY" | "SELL";
    readonly quantity: number;
    readonly filled: number | null;
    readonly orderType: string;
    readonly limitPrice: number | null;
    readonly status: string;
    readonly at: EpochMs;
  }
  /** Whose price an option is written on: the stock, the index, or the one future of a future option. */
  | {
    readonly kind: "underlying";
    readonly instrument: InstrumentIndex;
    readonly underlying: InstrumentIndex;
    /** It stands in for the future that the option really settles to, which is not known (VIX options on the index). */
    readonly standsIn?: boolean;
  }
  /** A name's beta from daily history. Null: it cannot be computed, and `obstacle` says why in words. */
  | {
    readonly kind: "beta";
    readonly underlying: string;
    readonly estimate: BetaEstimate | null;
    readonly obstacle: string | null;
  }
  /** A source says of itself that it is a simulator. */
  | { readonly kind: "simulated"; readonly source: Source }
  /** A contract's fields became better known (details resolved); replaces the registry's entry. */
  | { readonly kind: "instrument"; readonly instrument: InstrumentIndex; readonly fields: Instrument };

/**
 * Fields of a quote. The column order of the quote tables.
 *
 * Prices are in the instrument's currency, already divided by the price magnifier. A bid or ask of 0 is real; the
 * decoder turns sentinels into NaN, the columns' mark for "missing".
 */
export enum QuoteField {
  bid = 0,
  ask = 1,
  last = 2,
  close = 3,
  /** The broker's own mark price (IB tick 37). */
  brokerMark = 4,
  bidSize = 5,
  askSize = 6,
  /** Of the option model (IB computation 13). */
  impliedVolatility = 7,
  delta = 8,
  gamma = 9,
  vega = 10,
  theta = 11,
  /** The underlying's price that the computation used. */
  underlyingPrice = 12,
  /** The option's model price. */
  modelPrice = 13,
}
export const QUOTE_FIELDS = 14;

/** Receives ticks; conflated per instrument and field, newest wins. O(1), allocates nothing. */
export interface QuoteTicks {
  /** `value` NaN: the field is missing now. `at`: when it arrived here. */
  tick(instrument: InstrumentIndex, field: QuoteField, value: number, at: EpochMs): void;
  /** Broker time of the newest trade or quote, when it sends one. */
  brokerTime(instrument: InstrumentIndex, time: EpochMs): void;
}
