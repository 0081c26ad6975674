/** What the simulated OpenD answers about accounts and contracts. Refusals are in Chinese, as an OpenD in that language. */
import type { Decoded } from "../../futu/wire/codec.ts";
import { CURRENCY, QOT_MARKET, TRD_ENV, TRD_MARKET } from "../../futu/wire/codes.ts";
import {
  GET_ACC_LIST,
  GET_FUNDS,
  GET_HISTORY_ORDER_FILL_LIST,
  GET_HISTORY_ORDER_LIST,
  GET_ORDER_FEE,
  GET_ORDER_FILL_LIST,
  GET_ORDER_LIST,
  GET_POSITION_LIST,
  GET_STATIC_INFO,
  SUB_ACC_PUSH,
} from "../../futu/wire/messages.ts";
import { answering, type Refusal, refusal, type Responder } from "./answering.ts";
import type { FutuAccountBook, FutuBook, FutuOrder } from "./book.ts";
import type { OpenDConditions } from "./conditions.ts";
import { exchangeText, filterTime } from "./exchange_time.ts";
import type { FutuListed } from "./listing.ts";
import { RateLimit } from "./rate_limit.ts";
import {
  accountRow,
  type DealRow,
  dealRow,
  feeRow,
  fundsRow,
  orderNumber,
  orderNumberEx,
  orderRow,
  positionRow,
} from "./rows.ts";
import { ORDER_STATUSES } from "./scenario.ts";
import type { FutuSession } from "./session.ts";

const FUTURES_CATEGORY = 2;
const MAX_FEE_ORDERS = 400;
const MAX_WINDOW_DAYS = 90;
const PAPER_HAS_NONE = "模拟交易不支持此查询";
const SECURITY_TYPE = { STOCK: 3, INDEX: 6, OPTION: 8 } as const;
const OPTION_TYPE = { C: 1, P: 2 } as const;

type Header = Decoded<typeof GET_FUNDS.c2s.header.type>;
type Filter = Decoded<typeof GET_HISTORY_ORDER_LIST.c2s.filterConditions.type>;

/** What each counted message asks for, as the refusal names it. */
const COUNTED: Readonly<Record<number, string>> = {
  [GET_FUNDS.protoId]: "获取账户资金",
  [GET_POSITION_LIST.protoId]: "获取持仓列表",
  [GET_HISTORY_ORDER_LIST.protoId]: "获取历史订单",
  [GET_HISTORY_ORDER_FILL_LIST.protoId]: "获取历史成交",
  [GET_ORDER_FEE.protoId]: "获取订单费用",
};

export function openDesk(book: FutuBook, conditions: OpenDConditions): ReadonlyMap<number, Responder<FutuSession>> {
  return new Desk(book, conditions).responders();
}

class Desk {
  readonly #limit: RateLimit;

  constructor(readonly book: FutuBook, readonly conditions: OpenDConditions) {
    const { rateLimit, rateWindowMs } = book.scenario.opend;
    this.#limit = new RateLimit(book.clock, rateLimit, rateWindowMs);
  }

  responders(): ReadonlyMap<number, Responder<FutuSession>> {
    return new Map<number, Responder<FutuSession>>([
      answering(GET_ACC_LIST, (question) => this.#accounts(question)),
      answering(SUB_ACC_PUSH, ({ accIDList }, session: FutuSession) => {
        if (accIDList.some((id) => !this.book.accounts.has(id))) return refusal("账户不存在，订阅失败");
        session.subscribe(accIDList);
        return { s2c: {} };
      }),
      answering(GET_FUNDS, (question) => this.#funds(question)),
      answering(GET_POSITION_LIST, (question) => this.#positions(question)),
      answering(GET_ORDER_LIST, (question) => this.#orders(question)),
      answering(GET_ORDER_FILL_LIST, (question) => this.#deals(question)),
      answering(GET_HISTORY_ORDER_LIST, (question) => this.#pastOrders(question)),
      answering(GET_HISTORY_ORDER_FILL_LIST, (question) => this.#pastDeals(question)),
      answering(GET_ORDER_FEE, (question) => this.#fees(question)),
      answering(GET_STATIC_INFO, (question) => this.#staticInfo(question)),
    ]);
  }

  #accounts({ needGeneralSecAccount, trdCategory }: Decoded<typeof GET_ACC_LIST.c2s>) {
    const wanted = [...this.book.accounts.values()].map(({ spec }) => spec).filter(({ general, markets }) =>
      (needGeneralSecAccount === true || !general) &&
      (trdCategory !== FUTURES_CATEGORY || markets.includes("FUTURES"))
    );
    return { s2c: { accList: wanted.map(accountRow) } };
  }

  #funds({ header, refreshCache, currency }: Decoded<typeof GET_FUNDS.c2s>) {
    const account = this.#account(header);
    if ("refused" in account) return account;
    const refused = refreshCache === true ? this.#counted(GET_FUNDS, header) : null;
    if (refused !== null) return refused;
    const { spec } = account;
    const wanted = spec.general ? CURRENCY[currency ?? 0] : spec.currency;
    if (wanted === undefined) return refusal("综合账户查询资金必须指定币种(currency)");
    const funds = fundsRow(this.book, account, wanted);
    return funds === null ? refusal(`不支持以该币种查询资金：${wanted}`) : { s2c: { header, funds } };
  }

  #positions(question: Decoded<typeof GET_POSITION_LIST.c2s>) {
    const { header, refreshCache, filterConditions, filterPLRatioMin, filterPLRatioMax } = question;
    const account = this.#account(header);
    if ("refused" in account) return account;
    const refused = refreshCache === true ? this.#counted(GET_POSITION_LIST, header) : null;
    if (refused !== null) return refused;
    const positionList = [...account.holdings.values()]
      .filter(({ listed }) => passes(filterConditions, listed))
      .map((holding) => positionRow(this.book, account, holding))
      .filter(({ positionID, plRatio }) =>
        isWanted(filterConditions?.idList, positionID) &&
        (filterPLRatioMin === null || (plRatio ?? 0) >= filterPLRatioMin) &&
        (filterPLRatioMax === null || (plRatio ?? 0) <= filterPLRatioMax)
      );
    return { s2c: { header, positionList } };
  }

  #deals({ header, filterConditions }: Decoded<typeof GET_ORDER_FILL_LIST.c2s>) {
    const account = this.#account(header);
    if ("refused" in account) return account;
    if (account.spec.env === "SIMULATE") return refusal(PAPER_HAS_NONE);
    const isToday = ({ spec }: FutuListed, at: number) => at >= this.book.midnight(spec.market);
    return { s2c: { header, orderFillList: dealRows(account, filterConditions, isToday) } };
  }

  /** Those of the exchange's current day, and older ones that are still open. */
  #orders({ header, filterConditions, filterStatusList }: Decoded<typeof GET_ORDER_LIST.c2s>) {
    const account = this.#account(header);
    if ("refused" in account) return account;
    const orders = [...account.orders.values()].filter((order) =>
      (order.createdAt >= this.book.midnight(order.listed.spec.market) || isOpen(order)) &&
      passesOrder(filterConditions, filterStatusList, order)
    );
    return { s2c: { header, orderList: newestFirst(orders).map(orderRow) } };
  }

  #pastOrders({ header, filterConditions, filterStatusList }: Decoded<typeof GET_HISTORY_ORDER_LIST.c2s>) {
    const account = this.#account(header);
    if ("refused" in account) return account;
    const refused = this.#counted(GET_HISTORY_ORDER_LIST, header);
    if (refused !== null) return refused;
    const within = windowOf(filterConditions);
    if ("refused" in within) return within;
    const orders = [...account.orders.values()].filter((order) =>
      within.holds(order.listed, order.createdAt) && this.#isPast(order.listed, order.createdAt) &&
      passesOrder(filterConditions, filterStatusList, order)
    );
    return { s2c: { header, orderList: newestFirst(orders).map(orderRow) } };
  }

  #pastDeals({ header, filterConditions }: Decoded<typeof GET_HISTORY_ORDER_FILL_LIST.c2s>) {
    const account = this.#account(header);
    if ("refused" in account) return account;
    if (account.spec.env === "SIMULATE") return refusal(PAPER_HAS_NONE);
    const refused = this.#counted(GET_HISTORY_ORDER_FILL_LIST, header);
    if (refused !== null) return refused;
    const within = windowOf(filterConditions);
    if ("refused" in within) return within;
    const holds = (listed: FutuListed, at: number) => within.holds(listed, at) && this.#isPast(listed, at);
    const orderFillList = dealRows(account, filterConditions, holds);
    return { s2c: { header, orderFillList } };
  }

  #fees({ header, orderIdExList }: Decoded<typeof GET_ORDER_FEE.c2s>) {
    const account = this.#account(header);
    if ("refused" in account) return account;
    if (account.spec.env === "SIMULATE") return refusal(PAPER_HAS_NONE);
    const refused = this.#counted(GET_ORDER_FEE, header);
    if (refused !== null) return refused;
    if (orderIdExList.length > MAX_FEE_ORDERS) return refusal(`订单数量超过上限，最多${MAX_FEE_ORDERS}个`);
    const orders = new Map([...account.orders.values()].map((order) => [orderNumberEx(order), order]));
    const unknown = orderIdExList.find((id) => !orders.has(id));
    if (unknown !== undefined) return refusal(`订单号不存在：${unknown}`);
    return { s2c: { header, orderFeeList: orderIdExList.map((id) => feeRow(this.book, orders.get(id)!)) } };
  }

  #staticInfo({ securityList }: Decoded<typeof GET_STATIC_INFO.c2s>) {
    if (securityList.length === 0) return refusal("请指定股票列表");
    const listed = [...this.book.contracts.values()];
    const found = securityList.map(({ market, code }) =>
      listed.find((one) => QOT_MARKET[one.spec.market] === market && one.code === code)
    );
    const missing = found.indexOf(undefined);
    if (missing >= 0) return refusal(`未知股票 ${securityList[missing]!.code}`);
    return { s2c: { staticInfoList: found.map((one) => staticRow(one!)) } };
  }

  /** The account that a header names; its environment and its market must be the account's. */
  #account({ accID, trdEnv, trdMarket }: Header): FutuAccountBook | Refusal {
    const account = this.book.accounts.get(accID);
    if (account === undefined || TRD_ENV[account.spec.env] !== trdEnv) return refusal("账户不存在或与交易环境不匹配");
    if (!account.spec.markets.some((market) => TRD_MARKET[market] === trdMarket)) {
      return refusal("账户没有该交易市场的权限");
    }
    return account.spec.active ? account : refusal("账户已停用");
  }

  /** Whether lists of the past have what is of that time. */
  #isPast({ spec }: FutuListed, at: number): boolean {
    return this.book.scenario.opend.historyHasToday || at < this.book.midnight(spec.market);
  }

  /** Null when there is room for another call. */
  #counted({ protoId }: { readonly protoId: number }, { accID }: Header): Refusal | null {
    if (!this.conditions.limited && this.#limit.take(`${protoId} ${accID}`)) return null;
    const { rateLimit, rateWindowMs } = this.book.scenario.opend;
    return refusal(`${COUNTED[protoId]}频率太高，请求失败，每${rateWindowMs / 1000}秒最多${rateLimit}次。`);
  }
}

function isWanted(wanted: readonly string[] | undefined, id: string): boolean {
  return wanted === undefined || wanted.length === 0 || wanted.includes(id);
}

function passes(filter: Filter | null, { code, spec }: FutuListed): boolean {
  const market = filter?.filterMarket ?? 0;
  return isWanted(filter?.codeList, code) && (market === 0 || market === TRD_MARKET[spec.market]);
}

function passesOrder(filter: Filter | null, statuses: readonly number[], order: FutuOrder): boolean {
  return passes(filter, order.listed) &&
    (statuses.length === 0 || statuses.includes(ORDER_STATUSES[order.status])) &&
    isWanted(filter?.idList, orderNumber(order)) && isWanted(filter?.orderIDExList, orderNumberEx(order));
}

/** Newest first. */
function dealRows(
  account: FutuAccountBook,
  filter: Filter | null,
  holds: (listed: FutuListed, at: number) => boolean,
): readonly DealRow[] {
  return [...account.orders.values()]
    .filter((order) => passes(filter, order.listed))
    .flatMap((order) => order.deals.filter(({ at }) => holds(order.listed, at)).map((deal) => dealRow(order, deal)))
    .filter(({ fillID, orderIDEx }) =>
      isWanted(filter?.idList, fillID) && isWanted(filter?.orderIDExList, orderIDEx ?? "")
    )
    .sort((a, b) => b.createTimestamp! - a.createTimestamp!);
}

function isOpen({ status }: FutuOrder): boolean {
  return status === "SUBMITTING" || status === "SUBMITTED" || status === "FILLED_PART";
}

function newestFirst(orders: readonly FutuOrder[]): readonly FutuOrder[] {
  return [...orders].sort((a, b) => b.createdAt - a.createdAt);
}

/**
 * The window of a history list, both ends included, in the text of whichever exchange a row is of. A whole day at either end
 * of 90 days is let through: Futu's own client asks so.
 */
function windowOf({ beginTime, endTime }: Filter) {
  if (beginTime === null || endTime === null || beginTime === "" || endTime === "") {
    return refusal("拉取历史数据必须指定开始时间和结束时间");
  }
  const [begin, end] = [filterTime(beginTime), filterTime(endTime)];
  if (begin === null || end === null) return refusal("时间格式错误，应为YYYY-MM-DD HH:MM:SS");
  if (Temporal.PlainDateTime.compare(begin, end) > 0) return refusal("开始时间不能晚于结束时间");
  if (begin.toPlainDate().until(end.toPlainDate(), { largestUnit: "day" }).days > MAX_WINDOW_DAYS) {
    return refusal(`查询时间跨度不能超过${MAX_WINDOW_DAYS}天`);
  }
  const [first, last] = [beginTime, endTime.includes(".") ? endTime : `${endTime}.999`];
  return {
    holds: ({ spec }: FutuListed, at: number) => {
      const text = exchangeText(spec.market, at);
      return text >= first && text <= last;
    },
  };
}

function staticRow(listed: FutuListed) {
  const { spec, code, underlying } = listed;
  const market = QOT_MARKET[spec.market];
  return {
    basic: {
      security: { market, code },
      id: 70_000_000 + code.length,
      lotSize: spec.type === "OPTION" ? spec.multiplier : spec.lotSize,
      secType: SECURITY_TYPE[spec.type],
      name: spec.name,
      listTime: "2010-01-04",
      delisting: false,
    },
    optionExData: spec.type !== "OPTION" ? null : {
      type: OPTION_TYPE[spec.right!],
      owner: { market, code: underlying!.code },
      strikeTime: listed.expiry!,
      strikePrice: spec.strike!,
      suspend: false,
      market: spec.market,
      strikeTimestamp: listed.expiresAt! / 1000,
    },
  };
}
