/**
 * Futu's past orders, deals and fees. Each account is read market by market, and nothing that is recorded of one speaks for
 * another.
 */
import { HISTORY_MARKETS, marketDay, marketDayStart } from "../../../application/backfill/market_zone.ts";
import type {
  BackfillPlan,
  BackfillRange,
  BackfillSource,
  BackfillWindow,
  KnownHistory,
  PastItem,
  Reading,
  SyncPlace,
} from "../../../application/backfill/source.ts";
import type { Clock } from "../../../application/ports/clock.ts";
import type { Log } from "../../../application/ports/log.ts";
import type { OrderWithoutFee } from "../../../application/ports/store_records.ts";
import type { FutuSettings } from "../../../application/settings.ts";
import { maskedAccount } from "../../telemetry/masking.ts";
import { DAY_MS, isoDate } from "../../../domain/calendar/date.ts";
import { type FutuAccount, readAccounts, selectAccounts } from "../accounts.ts";
import { contractOf, type PastInstruments, tellContracts } from "./contracts.ts";
import type { HistoryLink } from "./link.ts";
import { dealRecord, feeRecord, isPayout, orderRecord, type ReadRow, type RowPlace } from "./records.ts";
import { questionTimes, streamWindows } from "./windows.ts";
import type { FutuCode } from "../contracts/instruments.ts";
import { TRD_ENV, TRD_MARKET } from "../wire/codes.ts";
import { GET_HISTORY_ORDER_FILL_LIST, GET_HISTORY_ORDER_LIST, GET_ORDER_FEE } from "../wire/messages.ts";

const ORDERS = "orders";
const DEALS = "deals";
const FEES = "fees";
/** Fees are of an account: an order's number tells its market. */
const EVERY_MARKET = "ALL";
/** Orders that OpenD tells the fees of at once. */
export const MOST_FEES = 400;

/** A good-till-cancelled order lives as long as this, and a deal is corrected within days. */
const SETTLED_AFTER_MS = { [ORDERS]: 90 * DAY_MS, [DEALS]: 7 * DAY_MS } as const;

export interface FutuHistoryOptions {
  readonly settings: FutuSettings;
  readonly link: HistoryLink;
  readonly instruments: PastInstruments;
  /** Only this account, and only this market; null: those of the settings. */
  readonly account: string | null;
  readonly market: string | null;
  /** What lacks its fee among the orders that are stored; null: nothing is, in a dry run. */
  readonly ordersWithoutFees: ((account: string) => Promise<readonly OrderWithoutFee[]>) | null;
  /** Accounts that OpenD names, before anything is logged about them. */
  readonly onAccounts: (accounts: readonly string[]) => void;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** There is nothing at Futu that could be read, whatever is asked for. */
export class FutuHistoryUnavailable extends Error {
  override readonly name = "FutuHistoryUnavailable";
}

/** What a window asks for. */
interface Place {
  readonly account: FutuAccount;
  /** OpenD's number; of fees any in which the account may trade. */
  readonly trdMarket: number;
}

export class FutuHistory implements BackfillSource {
  readonly broker = "FUTU";
  readonly title = "Futu";
  readonly dataType = ORDERS;
  readonly continues = [];
  readonly #options: FutuHistoryOptions;
  readonly #places = new Map<BackfillWindow, Place>();
  /** A deal names no currency: its order's is the one. */
  readonly #currencies = new Map<string, number>();

  constructor(options: FutuHistoryOptions) {
    this.#options = options;
  }

  async plan(range: BackfillRange, known: KnownHistory): Promise<BackfillPlan> {
    const remarks: string[] = [];
    const windows: BackfillWindow[] = [];
    let skipped = 0;
    for (const account of await this.#accounts(remarks)) {
      for (const trdMarket of account.markets) {
        const market = marketName(trdMarket);
        if (!HISTORY_MARKETS.includes(market)) {
          remarks.push(`APEX does not know Futu's market ${market}: its history is not read.`);
          continue;
        }
        for (const dataType of isPaper(account) ? [ORDERS] as const : [ORDERS, DEALS] as const) {
          const planned = await this.#planned(range, known, { account, trdMarket }, dataType);
          windows.push(...planned.windows);
          skipped += planned.skipped;
        }
      }
      if (!isPaper(account)) windows.push(...this.#feeWindows(account, remarks));
      else remarks.push("Futu tells deals and fees of real accounts alone: of paper accounts the orders are read.");
    }
    return { windows, skipped, remarks: [...new Set(remarks)] };
  }

  async *read(window: BackfillWindow, reading: Reading): AsyncGenerator<PastItem> {
    const place = this.#places.get(window);
    if (place === undefined || window.stream === undefined) {
      throw new RangeError(`${window.title} was not planned here`);
    }
    if (window.stream.rows === "fee") return yield* this.#readFees(place, reading);
    const items = window.stream.rows === "order"
      ? this.#readOrders(window, place, reading)
      : this.#readDeals(window, place, reading);
    for (const item of await items) yield item;
    yield { kind: "covers", account: place.account.id, from: window.from, to: window.to };
  }

  /** @throws {FutuHistoryUnavailable} when none is left */
  async #accounts(remarks: string[]): Promise<readonly FutuAccount[]> {
    const { link, log, signal, account, market, onAccounts } = this.#options;
    const settings = {
      ...this.#options.settings,
      ...(market === null ? {} : { filterTrdmarket: market }),
      ...(account === null ? {} : { accounts: [account] }),
    };
    const rows = await link.use((session) => readAccounts(session, settings, log, signal), { signal });
    onAccounts(rows.map(({ accID }) => accID));
    const { accounts, fault } = selectAccounts(rows, settings);
    if (accounts.length === 0) {
      const remedy = account !== null
        ? "check --account, futu.trd_env and --market"
        : "check futu.security_firm, futu.trd_env, futu.filter_trdmarket and futu.accounts, or OpenD's login";
      throw new FutuHistoryUnavailable(`Cannot read Futu's history, ${fault ?? "no account fits"}; ${remedy}`);
    }
    if (fault !== null) remarks.push(`Futu: ${fault}.`);
    return accounts;
  }

  async #planned(range: BackfillRange, known: KnownHistory, place: Place, dataType: typeof ORDERS | typeof DEALS) {
    const { account: { id } } = place;
    const market = marketName(place.trdMarket);
    const at: SyncPlace = { broker: this.broker, market };
    const recorded = await known.windows(id, dataType, at);
    const watermark = (await known.state(id, dataType, at))?.watermark ?? null;
    const state = { recorded, watermark, settledAfterMs: SETTLED_AFTER_MS[dataType] };
    const { spans, skipped } = streamWindows(range, market, state);
    const today = marketDayStart(market, marketDay(market, range.now));
    const windows = spans.map(({ from: start, to: until }) => {
      const from = isoDate(marketDay(market, start));
      const to = isoDate(marketDay(market, until - 1));
      const title = `${market} ${dataType} of ${maskedAccount(id)}, ${from === to ? from : `${from} to ${to}`}`;
      const stream = { account: id, market, rows: dataType === ORDERS ? "order" : "deal", until } as const;
      // Whether OpenD has all of a day before it is over is not known.
      const end = Math.max(start, Math.min(until, today));
      const window: BackfillWindow = { title, dataType, from: start, to: end, stream };
      this.#places.set(window, place);
      return window;
    });
    return { windows, skipped };
  }

  #feeWindows(account: FutuAccount, remarks: string[]): BackfillWindow[] {
    const [trdMarket] = account.markets;
    if (this.#options.ordersWithoutFees === null) {
      remarks.push("A dry run asks for no fees: which orders lack theirs is known once orders are stored.");
      return [];
    }
    if (trdMarket === undefined) return [];
    const stream = { account: account.id, market: EVERY_MARKET, rows: "fee", until: 0 } as const;
    const window: BackfillWindow = {
      title: `fees of ${maskedAccount(account.id)}`,
      dataType: FEES,
      from: 0,
      to: 0,
      stream,
    };
    this.#places.set(window, { account, trdMarket });
    return [window];
  }

  async #readOrders(window: BackfillWindow, place: Place, reading: Reading): Promise<PastItem[]> {
    const { orderList } = await this.#options.link.ask(GET_HISTORY_ORDER_LIST, this.#question(window, place), reading);
    const rows = orderList.filter((row) => isOfPlace(row.trdMarket, place));
    for (const { orderIDEx, currency } of rows) if (currency !== null) this.#currencies.set(orderIDEx, currency);
    const told = await this.#told(rows, window, place, reading, orderRecord);
    return [this.#book(), ...told.faults, { kind: "orders", orders: told.records }];
  }

  async #readDeals(window: BackfillWindow, place: Place, reading: Reading): Promise<PastItem[]> {
    const question = this.#question(window, place);
    const { orderFillList } = await this.#options.link.ask(GET_HISTORY_ORDER_FILL_LIST, question, reading);
    const rows = orderFillList.filter((row) => isOfPlace(row.trdMarket, place) && !isPayout(row))
      .map((row) => ({ ...row, currency: this.#currencies.get(row.orderIDEx ?? "") ?? null }));
    const told = await this.#told(rows, window, place, reading, dealRecord);
    return [this.#book(), ...told.faults, { kind: "deals", deals: told.records }];
  }

  async *#readFees({ account, trdMarket }: Place, reading: Reading): AsyncGenerator<PastItem> {
    const { link, clock, ordersWithoutFees } = this.#options;
    const lacking = await ordersWithoutFees?.(account.id) ?? [];
    let unknown = 0;
    for (let from = 0; from < lacking.length; from += MOST_FEES) {
      const asked = new Map(lacking.slice(from, from + MOST_FEES).map((order) => [order.orderId, order]));
      const header = { trdEnv: account.trdEnv, accID: account.id, trdMarket };
      const askedAt = clock.now();
      const { orderFeeList } = await link.ask(GET_ORDER_FEE, { header, orderIdExList: [...asked.keys()] }, reading);
      const fees = orderFeeList.flatMap((fee) => {
        const order = asked.get(fee.orderIDEx);
        return order === undefined ? [] : feeRecord(fee, account.id, order, askedAt) ?? [];
      });
      unknown += asked.size - new Set(fees.map(({ orderId }) => orderId)).size;
      yield this.#book();
      yield { kind: "fees", fees };
      reading.onFraction(Math.min(1, (from + asked.size) / lacking.length));
    }
    if (lacking.length === 0) yield this.#book();
    if (unknown > 0) {
      yield { kind: "remark", words: `Futu does not tell the fees of ${unknown} orders yet: run it again later.` };
    }
  }

  #question(window: BackfillWindow, { account, trdMarket }: Place) {
    const to = window.stream?.until ?? window.to;
    return {
      header: { trdEnv: account.trdEnv, accID: account.id, trdMarket },
      filterConditions: { ...questionTimes({ from: window.from, to }, marketName(trdMarket)), filterMarket: trdMarket },
    };
  }

  /** The rows as records, and what is wrong with those that are none. */
  async #told<Row extends FutuCode, Rec>(
    rows: readonly Row[],
    window: BackfillWindow,
    { account, trdMarket }: Place,
    reading: Reading,
    recordOf: (row: Row, place: RowPlace) => ReadRow<Rec>,
  ): Promise<{ readonly records: Rec[]; readonly faults: PastItem[] }> {
    const { instruments, link } = this.#options;
    await tellContracts(instruments, rows, (exchange, question) => link.ask(exchange, question, reading));
    const records: Rec[] = [];
    const faults: PastItem[] = [];
    let byText = 0;
    for (const row of rows) {
      const { instrument, why } = contractOf(instruments, row);
      if (why !== null) faults.push({ kind: "remark", words: `Stored under its code, as of an unknown type: ${why}` });
      const market = marketName(row.trdMarket || trdMarket);
      const read = recordOf(row, { account: account.id, market, instrument });
      if ("lost" in read) faults.push({ kind: "lost", reason: read.lost });
      else records.push(read.row);
      if (!("lost" in read) && read.isByText) byText++;
    }
    if (byText > 0) {
      const words =
        `${byText} rows of ${window.title} have no time stamp: the time of their text counts, in the market's zone.`;
      faults.push({ kind: "remark", words });
    }
    return { records, faults };
  }

  /** A paper account's is real as at IBKR: kept by the broker, and not made up by APEX. */
  #book(): PastItem {
    return { kind: "book", book: this.#options.link.isSimulated ? "simulated" : "real" };
  }
}

/** A row of another market is in that market's windows, unless nobody reads them. */
function isOfPlace(rowMarket: number | null, { account, trdMarket }: Place): boolean {
  if (!rowMarket || rowMarket === trdMarket) return true;
  return account.everyMarket && !account.markets.includes(rowMarket);
}

function isPaper({ trdEnv }: FutuAccount): boolean {
  return trdEnv === TRD_ENV.SIMULATE;
}

/** As the configuration calls it; its number where it has no name. */
function marketName(trdMarket: number): string {
  return Object.keys(TRD_MARKET).find((name) => TRD_MARKET[name] === trdMarket) ?? String(trdMarket);
}
