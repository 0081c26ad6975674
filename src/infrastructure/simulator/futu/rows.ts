/** The book as OpenD's messages carry it. */
import type { Encodable } from "../../futu/wire/codec.ts";
import { CURRENCY, POSITION_SIDE, SEC_MARKET, SECURITY_FIRM, TRD_ENV, TRD_MARKET } from "../../futu/wire/codes.ts";
import type {
  GET_ACC_LIST,
  GET_FUNDS,
  GET_HISTORY_ORDER_FILL_LIST,
  GET_HISTORY_ORDER_LIST,
  GET_ORDER_FEE,
  GET_POSITION_LIST,
} from "../../futu/wire/messages.ts";
import { type FutuAccountBook, type FutuBook, type FutuDeal, type FutuHolding, type FutuOrder, total } from "./book.ts";
import { exchangeText } from "./exchange_time.ts";
import { DEAL_STATUSES, type FutuAccountSpec, ORDER_SIDES, ORDER_STATUSES, ORDER_TYPES } from "./scenario.ts";

export type AccountRow = Encodable<typeof GET_ACC_LIST.s2c.accList.type>;
export type PositionRow = Encodable<typeof GET_POSITION_LIST.s2c.positionList.type>;
export type OrderRow = Encodable<typeof GET_HISTORY_ORDER_LIST.s2c.orderList.type>;
export type DealRow = Encodable<typeof GET_HISTORY_ORDER_FILL_LIST.s2c.orderFillList.type>;
export type FeeRow = Encodable<typeof GET_ORDER_FEE.s2c.orderFeeList.type>;
export type FundsRow = Encodable<typeof GET_FUNDS.s2c.funds.type>;

const ACC_TYPE = { CASH: 1, MARGIN: 2 } as const;
const ACC_ROLE = { normal: 1, master: 2 } as const;
/** A paper account for stocks and options. */
const SIM_STOCK_AND_OPTION = 4;
const POSITION_TYPE_UNKNOWN = 0;
const BROKER = { counterBrokerID: 3436, counterBrokerName: "富途证券国际(香港)有限公司" } as const;

export function accountRow(spec: FutuAccountSpec): AccountRow {
  return {
    trdEnv: TRD_ENV[spec.env],
    accID: spec.id,
    trdMarketAuthList: spec.markets.map((market) => TRD_MARKET[market]!),
    accType: ACC_TYPE[spec.type],
    cardNum: spec.cardNumber,
    securityFirm: spec.securityFirm === null ? null : SECURITY_FIRM[spec.securityFirm]!,
    simAccType: spec.env === "SIMULATE" ? SIM_STOCK_AND_OPTION : null,
    uniCardNum: spec.general ? spec.cardNumber : null,
    accStatus: spec.active ? 0 : 1,
    accRole: spec.master ? ACC_ROLE.master : ACC_ROLE.normal,
  };
}

export function positionRow(
  book: FutuBook,
  account: FutuAccountBook,
  { listed, ...holding }: FutuHolding,
): PositionRow {
  const { spec, code, currency } = listed;
  const price = book.prices.price(listed);
  const today = book.tradesToday(account, listed);
  const cost = holding.quantity * holding.averagePrice * spec.multiplier;
  const value = holding.quantity * price * spec.multiplier;
  const bought = today.boughtQuantity - today.soldQuantity;
  const startValue = (holding.quantity - bought) * book.prices.close(listed) * spec.multiplier;
  const size = Math.abs(holding.quantity);
  const short = holding.quantity < 0;
  const profit = value - cost;
  return {
    positionID: number64(`position ${account.spec.id} ${spec.id}`),
    positionSide: short ? POSITION_SIDE.SHORT : POSITION_SIDE.LONG,
    code,
    name: spec.name,
    qty: short && book.scenario.opend.shortQuantity === "negative" ? -size : size,
    canSellQty: size,
    price,
    costPrice: holding.averagePrice,
    val: rounded(value),
    plVal: rounded(profit),
    plRatio: cost === 0 ? null : profit / Math.abs(cost),
    secMarket: SEC_MARKET[spec.market],
    td_plVal: rounded(value - startValue - today.boughtValue + today.soldValue),
    td_trdVal: rounded(today.boughtValue + today.soldValue),
    td_buyVal: rounded(today.boughtValue),
    td_buyQty: today.boughtQuantity,
    td_sellVal: rounded(today.soldValue),
    td_sellQty: today.soldQuantity,
    currency: currencyNumber(currency),
    trdMarket: TRD_MARKET[spec.market]!,
    dilutedCostPrice: holding.averagePrice,
    // Paper accounts have none.
    averageCostPrice: account.spec.env === "REAL" ? holding.averagePrice : null,
    averagePlRatio: account.spec.env === "REAL" && cost !== 0 ? profit / Math.abs(cost) : null,
    positionType: POSITION_TYPE_UNKNOWN,
  };
}

export function orderRow(order: FutuOrder): OrderRow {
  const { listed, deals } = order;
  const { market, name } = listed.spec;
  const good = deals.filter(({ status }) => status !== "CANCELLED");
  const filled = good.reduce((sum, { quantity }) => sum + quantity, 0);
  const amount = good.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
  return {
    trdSide: ORDER_SIDES[order.side],
    orderType: ORDER_TYPES[order.type],
    orderStatus: ORDER_STATUSES[order.status],
    orderID: orderNumber(order),
    orderIDEx: orderNumberEx(order),
    code: listed.code,
    name,
    qty: order.quantity,
    price: order.price ?? 0,
    createTime: exchangeText(market, order.createdAt),
    updateTime: exchangeText(market, order.updatedAt),
    fillQty: filled,
    fillAvgPrice: filled === 0 ? 0 : amount / filled,
    lastErrMsg: "",
    secMarket: SEC_MARKET[market],
    createTimestamp: order.createdAt / 1000,
    updateTimestamp: order.updatedAt / 1000,
    remark: order.remark ?? "",
    timeInForce: 0,
    currency: currencyNumber(listed.currency),
    trdMarket: TRD_MARKET[market]!,
  };
}

export function dealRow(order: FutuOrder, deal: FutuDeal): DealRow {
  const { market, name } = order.listed.spec;
  return {
    trdSide: ORDER_SIDES[order.side],
    fillID: dealNumber(order, deal),
    fillIDEx: dealNumberEx(order, deal),
    orderID: orderNumber(order),
    orderIDEx: orderNumberEx(order),
    code: order.listed.code,
    name,
    qty: deal.quantity,
    price: deal.price,
    createTime: exchangeText(market, deal.at),
    ...(market === "HK" ? BROKER : {}),
    secMarket: SEC_MARKET[market],
    createTimestamp: deal.at / 1000,
    updateTimestamp: deal.at / 1000,
    status: DEAL_STATUSES[deal.status],
    trdMarket: TRD_MARKET[market]!,
  };
}

export function feeRow(book: FutuBook, order: FutuOrder): FeeRow {
  const feeList = book.fees(order);
  return { orderIDEx: orderNumberEx(order), feeAmount: total(feeList), feeList };
}

/** In one currency; cash by currency is said of general accounts alone. Null where a rate is missing. */
export function fundsRow(book: FutuBook, account: FutuAccountBook, currency: string): FundsRow | null {
  const { spec } = account;
  const amounts = [...account.cash].map(([from, amount]) => ({ from, amount }));
  const cash = sum(amounts, book, currency);
  const values = [...account.holdings.values()].map(({ listed, quantity }) => ({
    from: listed.currency,
    amount: quantity * book.prices.price(listed) * listed.spec.multiplier,
  }));
  const long = sum(values.filter(({ amount }) => amount > 0), book, currency);
  const short = sum(values.filter(({ amount }) => amount < 0), book, currency);
  if (cash === null || long === null || short === null) return null;
  const totalAssets = cash + long + short;
  const gross = long - short;
  const [initial, maintenance] = [spec.margin.initial * gross, spec.margin.maintenance * gross];
  const power = Math.max(0, totalAssets - initial) / (spec.type === "MARGIN" ? spec.margin.initial || 1 : 1);
  const withdrawable = Math.max(0, Math.min(cash, totalAssets - initial));
  return {
    power: rounded(power),
    totalAssets: rounded(totalAssets),
    cash: rounded(cash),
    marketVal: rounded(long + short),
    frozenCash: 0,
    debtCash: rounded(Math.max(0, -cash)),
    avlWithdrawalCash: rounded(withdrawable),
    currency: currencyNumber(currency),
    initialMargin: rounded(initial),
    maintenanceMargin: rounded(maintenance),
    cashInfoList: !spec.general ? [] : amounts.map(({ from, amount }) => ({
      currency: currencyNumber(from),
      cash: rounded(amount),
      availableBalance: rounded(Math.max(0, amount)),
      netCashPower: rounded(Math.max(0, amount)),
    })),
    maxPowerShort: rounded(power),
    netCashPower: rounded(Math.max(0, cash)),
    longMv: rounded(long),
    shortMv: rounded(short),
    pendingAsset: 0,
    maxWithdrawal: rounded(withdrawable),
    riskStatus: riskStatus(maintenance, totalAssets),
    marginCallMargin: rounded(maintenance),
  };
}

/** 1 is the safest of nine, and a requirement above the assets the worst. */
function riskStatus(maintenance: number, totalAssets: number): number {
  if (totalAssets <= 0) return 9;
  return Math.min(9, 1 + Math.floor(8 * maintenance / totalAssets));
}

function sum(
  amounts: readonly { readonly from: string; readonly amount: number }[],
  book: FutuBook,
  currency: string,
): number | null {
  let result = 0;
  for (const { from, amount } of amounts) {
    const rate = book.prices.rate(from, currency);
    if (rate === null) return null;
    result += amount * rate;
  }
  return result;
}

export function orderNumber({ account, id }: FutuOrder): string {
  return number64(`order ${account} ${id}`);
}

/** The extended number, by which a client keeps an order. */
export function orderNumberEx({ account, id }: FutuOrder): string {
  return `FH${hash64(`order ex ${account} ${id}`).toString(16).toUpperCase().padStart(16, "0")}`;
}

function dealNumber({ account }: FutuOrder, { id }: FutuDeal): string {
  return number64(`deal ${account} ${id}`);
}

export function dealNumberEx({ account }: FutuOrder, { id }: FutuDeal): string {
  return hash64(`deal ex ${account} ${id}`).toString();
}

/** Always beyond 2^53, as OpenD's are, and below 2^63. */
function number64(text: string): string {
  return String((hash64(text) >> 1n) | 1n << 62n);
}

/** 64 bits of a text (Fowler, Noll and Vo). */
function hash64(text: string): bigint {
  let bits = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    bits = BigInt.asUintN(64, (bits ^ BigInt(byte)) * 0x100000001b3n);
  }
  return bits;
}

const CURRENCY_NUMBERS = new Map(Object.entries(CURRENCY).map(([number, name]) => [name, Number(number)]));

export function currencyNumber(name: string): number {
  return CURRENCY_NUMBERS.get(name) ?? 0;
}

/** Three decimals, as OpenD gives amounts. */
function rounded(amount: number): number {
  return Math.round(amount * 1000) / 1000;
}
