/**
 * The messages of OpenD that APEX knows, as tables: what each asks with and what comes back. Names and numbers are those of
 * the published definitions (FutunnOpen/py-futu-api, futu/common/pb, Apache-2.0). No message that places, changes or
 * unlocks anything is among them.
 */
import { type Decoded, type Encodable, type MessageTable, optional, repeated, required } from "./codec.ts";

const NOTHING = {} as const;

/** Whose data is asked for, and in which market. */
export const TRD_HEADER = {
  trdEnv: required(1, "int32"),
  accID: required(2, "id64"),
  trdMarket: required(3, "int32"),
} as const;

const FILTER = {
  codeList: repeated(1, "string"),
  idList: repeated(2, "id64"),
  beginTime: optional(3, "string"),
  endTime: optional(4, "string"),
  orderIDExList: repeated(5, "string"),
  filterMarket: optional(6, "int32"),
} as const;

const TRD_ACC = {
  trdEnv: required(1, "int32"),
  accID: required(2, "id64"),
  trdMarketAuthList: repeated(3, "int32"),
  accType: optional(4, "int32"),
  cardNum: optional(5, "string"),
  securityFirm: optional(6, "int32"),
  simAccType: optional(7, "int32"),
  uniCardNum: optional(8, "string"),
  accStatus: optional(9, "int32"),
  accRole: optional(10, "int32"),
} as const;

const CASH_INFO = {
  currency: optional(1, "int32"),
  cash: optional(2, "double"),
  availableBalance: optional(3, "double"),
  netCashPower: optional(4, "double"),
} as const;

const FUNDS = {
  power: required(1, "double"),
  totalAssets: required(2, "double"),
  cash: required(3, "double"),
  marketVal: required(4, "double"),
  frozenCash: required(5, "double"),
  debtCash: required(6, "double"),
  avlWithdrawalCash: required(7, "double"),
  currency: optional(8, "int32"),
  availableFunds: optional(9, "double"),
  unrealizedPL: optional(10, "double"),
  realizedPL: optional(11, "double"),
  riskLevel: optional(12, "int32"),
  initialMargin: optional(13, "double"),
  maintenanceMargin: optional(14, "double"),
  cashInfoList: repeated(15, CASH_INFO),
  maxPowerShort: optional(16, "double"),
  netCashPower: optional(17, "double"),
  longMv: optional(18, "double"),
  shortMv: optional(19, "double"),
  pendingAsset: optional(20, "double"),
  maxWithdrawal: optional(21, "double"),
  riskStatus: optional(22, "int32"),
  marginCallMargin: optional(23, "double"),
} as const;

const POSITION = {
  positionID: required(1, "id64"),
  positionSide: required(2, "int32"),
  code: required(3, "string"),
  name: required(4, "string"),
  qty: required(5, "double"),
  canSellQty: required(6, "double"),
  price: required(7, "double"),
  costPrice: optional(8, "double"),
  val: required(9, "double"),
  plVal: required(10, "double"),
  plRatio: optional(11, "double"),
  secMarket: optional(12, "int32"),
  td_plVal: optional(21, "double"),
  td_trdVal: optional(22, "double"),
  td_buyVal: optional(23, "double"),
  td_buyQty: optional(24, "double"),
  td_sellVal: optional(25, "double"),
  td_sellQty: optional(26, "double"),
  unrealizedPL: optional(28, "double"),
  realizedPL: optional(29, "double"),
  currency: optional(30, "int32"),
  trdMarket: optional(31, "int32"),
  dilutedCostPrice: optional(32, "double"),
  averageCostPrice: optional(33, "double"),
  averagePlRatio: optional(34, "double"),
  comboID: optional(35, "id64"),
  positionType: optional(37, "int32"),
} as const;

const ORDER = {
  trdSide: required(1, "int32"),
  orderType: required(2, "int32"),
  orderStatus: required(3, "int32"),
  orderID: required(4, "id64"),
  orderIDEx: required(5, "string"),
  code: required(6, "string"),
  name: required(7, "string"),
  qty: required(8, "double"),
  price: optional(9, "double"),
  createTime: required(10, "string"),
  updateTime: required(11, "string"),
  fillQty: optional(12, "double"),
  fillAvgPrice: optional(13, "double"),
  lastErrMsg: optional(14, "string"),
  secMarket: optional(15, "int32"),
  createTimestamp: optional(16, "double"),
  updateTimestamp: optional(17, "double"),
  remark: optional(18, "string"),
  timeInForce: optional(19, "int32"),
  auxPrice: optional(21, "double"),
  currency: optional(25, "int32"),
  trdMarket: optional(26, "int32"),
} as const;

const ORDER_FILL = {
  trdSide: required(1, "int32"),
  fillID: required(2, "id64"),
  fillIDEx: required(3, "string"),
  orderID: optional(4, "id64"),
  orderIDEx: optional(5, "string"),
  code: required(6, "string"),
  name: required(7, "string"),
  qty: required(8, "double"),
  price: required(9, "double"),
  createTime: required(10, "string"),
  counterBrokerID: optional(11, "int32"),
  counterBrokerName: optional(12, "string"),
  secMarket: optional(13, "int32"),
  createTimestamp: optional(14, "double"),
  updateTimestamp: optional(15, "double"),
  status: optional(16, "int32"),
  trdMarket: optional(17, "int32"),
} as const;

const FEE_ITEM = { title: optional(1, "string"), value: optional(2, "double") } as const;

const ORDER_FEE = {
  orderIDEx: required(1, "string"),
  feeAmount: optional(2, "double"),
  feeList: repeated(3, FEE_ITEM),
} as const;

const PROGRAM_STATUS = { type: required(1, "int32"), strExtDesc: optional(2, "string") } as const;

const SECURITY = { market: required(1, "int32"), code: required(2, "string") } as const;

const STATIC_BASIC = {
  security: required(1, SECURITY),
  id: required(2, "int64"),
  lotSize: required(3, "int32"),
  secType: required(4, "int32"),
  name: required(5, "string"),
  listTime: required(6, "string"),
  delisting: optional(7, "bool"),
  listTimestamp: optional(8, "double"),
  exchType: optional(9, "int32"),
} as const;

const WARRANT_EX = { type: required(1, "int32"), owner: required(2, SECURITY) } as const;

const OPTION_EX = {
  type: required(1, "int32"),
  owner: required(2, SECURITY),
  strikeTime: required(3, "string"),
  strikePrice: required(4, "double"),
  suspend: required(5, "bool"),
  market: required(6, "string"),
  strikeTimestamp: optional(7, "double"),
  indexOptionType: optional(8, "int32"),
} as const;

const FUTURE_EX = {
  lastTradeTime: required(1, "string"),
  lastTradeTimestamp: optional(2, "double"),
  isMainContract: required(3, "bool"),
} as const;

const STATIC_INFO = {
  basic: required(1, STATIC_BASIC),
  warrantExData: optional(2, WARRANT_EX),
  optionExData: optional(3, OPTION_EX),
  futureExData: optional(4, FUTURE_EX),
} as const;

/** A question and its answer. */
export interface Exchange<C2S extends MessageTable = MessageTable, S2C extends MessageTable = MessageTable> {
  readonly protoId: number;
  /** As the published definitions call it. */
  readonly name: string;
  readonly c2s: C2S;
  readonly s2c: S2C;
}

/** What OpenD sends by itself. */
export interface Push<S2C extends MessageTable = MessageTable> {
  readonly protoId: number;
  readonly name: string;
  readonly s2c: S2C;
}

function exchange<const C2S extends MessageTable, const S2C extends MessageTable>(
  protoId: number,
  name: string,
  c2s: C2S,
  s2c: S2C,
): Exchange<C2S, S2C> {
  return { protoId, name, c2s, s2c };
}

export const INIT_CONNECT = exchange(1001, "InitConnect", {
  clientVer: required(1, "int32"),
  clientID: required(2, "string"),
  recvNotify: optional(3, "bool"),
  packetEncAlgo: optional(4, "int32"),
  pushProtoFmt: optional(5, "int32"),
  programmingLanguage: optional(6, "string"),
}, {
  serverVer: required(1, "int32"),
  loginUserID: required(2, "id64"),
  connID: required(3, "id64"),
  connAESKey: required(4, "string"),
  keepAliveInterval: required(5, "int32"),
  userAttribution: optional(7, "int32"),
});

export const GET_GLOBAL_STATE = exchange(1002, "GetGlobalState", { userID: required(1, "id64") }, {
  marketHK: required(1, "int32"),
  marketUS: required(2, "int32"),
  marketSH: required(3, "int32"),
  marketSZ: required(4, "int32"),
  marketHKFuture: required(5, "int32"),
  qotLogined: required(6, "bool"),
  trdLogined: required(7, "bool"),
  serverVer: required(8, "int32"),
  serverBuildNo: required(9, "int32"),
  time: required(10, "int64"),
  localTime: optional(11, "double"),
  programStatus: optional(12, PROGRAM_STATUS),
  connID: optional(16, "id64"),
});

export const KEEP_ALIVE = exchange(1004, "KeepAlive", { time: required(1, "int64") }, { time: required(1, "int64") });

export const GET_ACC_LIST = exchange(2001, "Trd_GetAccList", {
  userID: required(1, "id64"),
  trdCategory: optional(2, "int32"),
  needGeneralSecAccount: optional(3, "bool"),
}, { accList: repeated(1, TRD_ACC) });

export const SUB_ACC_PUSH = exchange(2008, "Trd_SubAccPush", { accIDList: repeated(1, "id64") }, NOTHING);

export const GET_FUNDS = exchange(2101, "Trd_GetFunds", {
  header: required(1, TRD_HEADER),
  refreshCache: optional(2, "bool"),
  currency: optional(3, "int32"),
}, { header: required(1, TRD_HEADER), funds: optional(2, FUNDS) });

export const GET_POSITION_LIST = exchange(2102, "Trd_GetPositionList", {
  header: required(1, TRD_HEADER),
  filterConditions: optional(2, FILTER),
  filterPLRatioMin: optional(3, "double"),
  filterPLRatioMax: optional(4, "double"),
  refreshCache: optional(5, "bool"),
}, { header: required(1, TRD_HEADER), positionList: repeated(2, POSITION) });

/** Orders of the current day. */
export const GET_ORDER_LIST = exchange(2201, "Trd_GetOrderList", {
  header: required(1, TRD_HEADER),
  filterConditions: optional(2, FILTER),
  filterStatusList: repeated(3, "int32"),
  refreshCache: optional(4, "bool"),
}, { header: required(1, TRD_HEADER), orderList: repeated(2, ORDER) });

/** Fills of the current day. */
export const GET_ORDER_FILL_LIST = exchange(2211, "Trd_GetOrderFillList", {
  header: required(1, TRD_HEADER),
  filterConditions: optional(2, FILTER),
  refreshCache: optional(3, "bool"),
}, { header: required(1, TRD_HEADER), orderFillList: repeated(2, ORDER_FILL) });

export const GET_HISTORY_ORDER_LIST = exchange(2221, "Trd_GetHistoryOrderList", {
  header: required(1, TRD_HEADER),
  filterConditions: required(2, FILTER),
  filterStatusList: repeated(3, "int32"),
}, { header: required(1, TRD_HEADER), orderList: repeated(2, ORDER) });

export const GET_HISTORY_ORDER_FILL_LIST = exchange(2222, "Trd_GetHistoryOrderFillList", {
  header: required(1, TRD_HEADER),
  filterConditions: required(2, FILTER),
}, { header: required(1, TRD_HEADER), orderFillList: repeated(2, ORDER_FILL) });

export const GET_ORDER_FEE = exchange(2225, "Trd_GetOrderFee", {
  header: required(1, TRD_HEADER),
  orderIdExList: repeated(2, "string"),
}, { header: required(1, TRD_HEADER), orderFeeList: repeated(2, ORDER_FEE) });

export const GET_STATIC_INFO = exchange(3202, "Qot_GetStaticInfo", {
  market: optional(1, "int32"),
  secType: optional(2, "int32"),
  securityList: repeated(3, SECURITY),
}, { staticInfoList: repeated(1, STATIC_INFO) });

export const NOTIFY = {
  protoId: 1003,
  name: "Notify",
  s2c: {
    type: required(1, "int32"),
    event: optional(2, { eventType: required(1, "int32"), desc: required(2, "string") } as const),
    programStatus: optional(3, { programStatus: required(1, PROGRAM_STATUS) } as const),
    connectStatus: optional(4, { qotLogined: required(1, "bool"), trdLogined: required(2, "bool") } as const),
  },
} as const;

export const UPDATE_ORDER = {
  protoId: 2208,
  name: "Trd_UpdateOrder",
  s2c: { header: required(1, TRD_HEADER), order: required(2, ORDER) },
} as const;

export const UPDATE_ORDER_FILL = {
  protoId: 2218,
  name: "Trd_UpdateOrderFill",
  s2c: { header: required(1, TRD_HEADER), orderFill: required(2, ORDER_FILL) },
} as const;

export const EXCHANGES = [
  INIT_CONNECT,
  GET_GLOBAL_STATE,
  KEEP_ALIVE,
  GET_ACC_LIST,
  SUB_ACC_PUSH,
  GET_FUNDS,
  GET_POSITION_LIST,
  GET_ORDER_LIST,
  GET_ORDER_FILL_LIST,
  GET_HISTORY_ORDER_LIST,
  GET_HISTORY_ORDER_FILL_LIST,
  GET_ORDER_FEE,
  GET_STATIC_INFO,
] as const;

export const PUSHES = [NOTIFY, UPDATE_ORDER, UPDATE_ORDER_FILL] as const;

/** What every request is wrapped in. */
export function requestOf<C2S extends MessageTable>({ c2s }: Pick<Exchange<C2S>, "c2s">) {
  return { c2s: required(1, c2s) } as const;
}

/** What every reply and push is wrapped in; `s2c` is absent when the request failed. */
export function responseOf<S2C extends MessageTable>({ s2c }: Pick<Push<S2C>, "s2c">) {
  return {
    retType: required(1, "int32"),
    retMsg: optional(2, "string"),
    errCode: optional(3, "int32"),
    s2c: optional(4, s2c),
  } as const;
}

export type FutuAccountRow = Decoded<typeof TRD_ACC>;
export type FutuFunds = Decoded<typeof FUNDS>;
export type FutuPosition = Decoded<typeof POSITION>;
export type FutuOrder = Decoded<typeof ORDER>;
export type FutuOrderFill = Decoded<typeof ORDER_FILL>;
export type FutuOrderFee = Decoded<typeof ORDER_FEE>;
export type FutuStaticInfo = Decoded<typeof STATIC_INFO>;
export type FutuSecurity = Decoded<typeof SECURITY>;
export type TrdHeader = Encodable<typeof TRD_HEADER>;
export type Asked<E> = E extends Exchange<infer C2S, MessageTable> ? Encodable<C2S> : never;
export type Answered<E> = E extends Exchange<MessageTable, infer S2C> ? Decoded<S2C> : never;
export type Pushed<P> = P extends Push<infer S2C> ? Decoded<S2C> : never;
