/** What a client asks for: messages read field by field as TWS lays them out at server version 178. */

/** Contract fields of a request; empty text and 0 mean "any". */
export interface ContractQuery {
  readonly conId: number;
  readonly symbol: string;
  readonly secType: string;
  readonly lastTradeDate: string;
  readonly strike: number;
  readonly right: string;
  readonly multiplier: string;
  readonly exchange: string;
  readonly primaryExchange: string;
  readonly currency: string;
  readonly localSymbol: string;
  readonly tradingClass: string;
}

export interface ExecutionFilter {
  /** 0: every client. */
  readonly clientId: number;
  readonly account: string;
  /** `YYYYMMDD-HH:MM:SS` or with a blank; trades from then on. */
  readonly time: string;
  readonly symbol: string;
  readonly secType: string;
  readonly exchange: string;
  readonly side: string;
}

export type Request =
  | { readonly kind: "start-api"; readonly clientId: number }
  | {
    readonly kind: "market-data";
    readonly id: number;
    readonly contract: ContractQuery;
    readonly genericTicks: readonly number[];
    readonly snapshot: boolean;
  }
  | { readonly kind: "cancel-market-data"; readonly id: number }
  | { readonly kind: "market-data-type"; readonly type: number }
  | { readonly kind: "contract-details"; readonly id: number; readonly contract: ContractQuery }
  | { readonly kind: "account-updates"; readonly subscribe: boolean; readonly account: string }
  | {
    readonly kind: "account-updates-multi";
    readonly id: number;
    readonly account: string;
    readonly model: string;
    readonly ledgerOnly: boolean;
  }
  | { readonly kind: "cancel-account-updates-multi"; readonly id: number }
  | { readonly kind: "account-summary"; readonly id: number; readonly group: string; readonly tags: readonly string[] }
  | { readonly kind: "cancel-account-summary"; readonly id: number }
  | { readonly kind: "positions" }
  | { readonly kind: "cancel-positions" }
  | { readonly kind: "positions-multi"; readonly id: number; readonly account: string; readonly model: string }
  | { readonly kind: "cancel-positions-multi"; readonly id: number }
  | { readonly kind: "pnl"; readonly id: number; readonly account: string; readonly model: string }
  | { readonly kind: "cancel-pnl"; readonly id: number }
  | {
    readonly kind: "pnl-single";
    readonly id: number;
    readonly account: string;
    readonly model: string;
    readonly conId: number;
  }
  | { readonly kind: "cancel-pnl-single"; readonly id: number }
  | { readonly kind: "executions"; readonly id: number; readonly filter: ExecutionFilter }
  | { readonly kind: "open-orders"; readonly all: boolean }
  | { readonly kind: "auto-open-orders" }
  | { readonly kind: "completed-orders" }
  | { readonly kind: "ids" }
  | { readonly kind: "managed-accounts" }
  | { readonly kind: "current-time" }
  | { readonly kind: "log-level" }
  /** Anything that would place, change, cancel or exercise. */
  | { readonly kind: "order"; readonly id: number; readonly messageId: number }
  | {
    readonly kind: "bars";
    readonly id: number;
    readonly contract: ContractQuery;
    /** Empty: now. */
    readonly end: string;
    readonly barSize: string;
    /** `1 Y` */
    readonly duration: string;
    readonly whatToShow: string;
  }
  /** History of kinds that are not simulated. */
  | { readonly kind: "history"; readonly id: number }
  | { readonly kind: "cancel-unserved" }
  | { readonly kind: "unserved"; readonly messageId: number };

/** Messages that could change an order, by number: place, cancel, exercise, replace the advisor's set-up, cancel all. */
const ORDER_MESSAGES = new Set([3, 4, 19, 21, 58]);
/** Cancellations of things that are never served. */
const UNSERVED_CANCELS = new Set([11, 13, 23, 25, 51, 53, 56, 57, 85, 89, 98, 101, 103]);

/**
 * Reads one message.
 *
 * @throws {RangeError} when a number is not one, as TWS answers with error 320
 */
export function readRequest(message: string): Request {
  const fields = new Fields(message);
  const messageId = fields.integer();
  if (ORDER_MESSAGES.has(messageId)) {
    // Cancel and global cancel carry a version first, as the older messages do; place and exercise name the order.
    if (messageId === 58) return { kind: "order", id: -1, messageId };
    if (messageId !== 3) fields.text();
    return { kind: "order", id: fields.integer(), messageId };
  }
  if (UNSERVED_CANCELS.has(messageId)) return { kind: "cancel-unserved" };
  const read = READERS[messageId];
  return read === undefined ? { kind: "unserved", messageId } : read(fields);
}

const READERS: { readonly [messageId: number]: (fields: Fields) => Request } = {
  1: (fields) => readMarketData(fields.versioned()),
  2: (fields) => ({ kind: "cancel-market-data", id: fields.versioned().integer() }),
  5: () => ({ kind: "open-orders", all: false }),
  6: (fields) => ({ kind: "account-updates", subscribe: fields.versioned().flag(), account: fields.text() }),
  7: (fields) => ({
    kind: "executions",
    id: fields.versioned().integer(),
    filter: {
      clientId: fields.integer(),
      account: fields.text(),
      time: fields.text(),
      symbol: fields.text(),
      secType: fields.text(),
      exchange: fields.text(),
      side: fields.text(),
    },
  }),
  8: () => ({ kind: "ids" }),
  9: (fields) => ({ kind: "contract-details", id: fields.versioned().integer(), contract: readContract(fields) }),
  14: () => ({ kind: "log-level" }),
  15: () => ({ kind: "auto-open-orders" }),
  16: () => ({ kind: "open-orders", all: true }),
  17: () => ({ kind: "managed-accounts" }),
  20: readBars,
  49: () => ({ kind: "current-time" }),
  59: (fields) => ({ kind: "market-data-type", type: fields.versioned().integer() }),
  61: () => ({ kind: "positions" }),
  62: (fields) => ({
    kind: "account-summary",
    id: fields.versioned().integer(),
    group: fields.text(),
    tags: fields.text().split(",").map((tag) => tag.trim()).filter((tag) => tag !== ""),
  }),
  63: (fields) => ({ kind: "cancel-account-summary", id: fields.versioned().integer() }),
  64: () => ({ kind: "cancel-positions" }),
  71: (fields) => ({ kind: "start-api", clientId: fields.versioned().integer() }),
  74: (fields) => ({
    kind: "positions-multi",
    id: fields.versioned().integer(),
    account: fields.text(),
    model: fields.text(),
  }),
  75: (fields) => ({ kind: "cancel-positions-multi", id: fields.versioned().integer() }),
  76: (fields) => ({
    kind: "account-updates-multi",
    id: fields.versioned().integer(),
    account: fields.text(),
    model: fields.text(),
    ledgerOnly: fields.flag(),
  }),
  77: (fields) => ({ kind: "cancel-account-updates-multi", id: fields.versioned().integer() }),
  87: (fields) => ({ kind: "history", id: fields.integer() }),
  88: (fields) => ({ kind: "history", id: fields.integer() }),
  92: (fields) => ({ kind: "pnl", id: fields.integer(), account: fields.text(), model: fields.text() }),
  93: (fields) => ({ kind: "cancel-pnl", id: fields.integer() }),
  94: (fields) => ({
    kind: "pnl-single",
    id: fields.integer(),
    account: fields.text(),
    model: fields.text(),
    conId: fields.integer(),
  }),
  95: (fields) => ({ kind: "cancel-pnl-single", id: fields.integer() }),
  96: (fields) => ({ kind: "history", id: fields.integer() }),
  99: () => ({ kind: "completed-orders" }),
};

function readMarketData(fields: Fields): Request {
  const id = fields.integer();
  const contract = readContract(fields);
  if (contract.secType === "BAG") { for (let legs = fields.integer(); legs > 0; legs--) fields.skip(4); }
  if (fields.flag()) fields.skip(3);
  const genericTicks = fields.text().split(",").filter((tick) => tick !== "").map(Number);
  return { kind: "market-data", id, contract, genericTicks, snapshot: fields.flag() };
}

function readBars(fields: Fields): Request {
  const id = fields.integer();
  const contract = readContract(fields);
  fields.skip(1); // expired contracts too
  const end = fields.text();
  const barSize = fields.text();
  const duration = fields.text();
  fields.skip(1); // regular hours only
  return { kind: "bars", id, contract, end, barSize, duration, whatToShow: fields.text() };
}

function readContract(fields: Fields): ContractQuery {
  return {
    conId: fields.integer(),
    symbol: fields.text(),
    secType: fields.text(),
    lastTradeDate: fields.text(),
    strike: fields.number(),
    right: fields.text(),
    multiplier: fields.text(),
    exchange: fields.text(),
    primaryExchange: fields.text(),
    currency: fields.text(),
    localSymbol: fields.text(),
    tradingClass: fields.text(),
  };
}

/** The fields of one message, read in order; a missing one counts as empty. */
class Fields {
  readonly #fields: string[];
  #at = 0;

  constructor(message: string) {
    this.#fields = message.split("\0");
  }

  /** Passes over the message's own version number. */
  versioned(): this {
    this.#at++;
    return this;
  }

  skip(count: number): void {
    this.#at += count;
  }

  text(): string {
    return this.#fields[this.#at++] ?? "";
  }

  /** Empty is 0. */
  number(): number {
    const text = this.text();
    const value = Number(text);
    if (Number.isNaN(value)) throw new RangeError(`Unable to parse data: '${text}' is not a number`);
    // A client's own "unset".
    return value > 1e300 ? 0 : value;
  }

  integer(): number {
    return Math.trunc(this.number());
  }

  flag(): boolean {
    const text = this.text().toLowerCase();
    return text === "1" || text === "true";
  }
}
