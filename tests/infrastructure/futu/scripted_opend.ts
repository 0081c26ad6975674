/** A session with OpenD in memory that answers what it is told to, and an adapter on it, under the virtual clock. */
import type { LogData, LogLevel } from "../../../src/application/ports/log.ts";
import type { MarketDataFeed } from "../../../src/application/ports/feed.ts";
import type { FutuSettings } from "../../../src/application/settings.ts";
import type { ConnectionOwner } from "../../../src/infrastructure/futu/client/connection.ts";
import { futuFeed } from "../../../src/infrastructure/futu/feed.ts";
import { type AskOptions, OpenDFault, type OpenDSession } from "../../../src/infrastructure/futu/client/opend.ts";
import {
  type Answered,
  type Asked,
  type Exchange,
  type FutuAccountRow,
  type FutuFunds,
  type FutuOrder,
  type FutuOrderFee,
  type FutuOrderFill,
  type FutuPosition,
  type FutuStaticInfo,
  GET_ACC_LIST,
  GET_FUNDS,
  GET_HISTORY_ORDER_FILL_LIST,
  GET_ORDER_FEE,
  GET_ORDER_FILL_LIST,
  GET_ORDER_LIST,
  GET_POSITION_LIST,
  GET_STATIC_INFO,
  SUB_ACC_PUSH,
  UPDATE_ORDER,
  UPDATE_ORDER_FILL,
} from "../../../src/infrastructure/futu/wire/messages.ts";
import { MemoryNetwork } from "../../support/memory_network.ts";
import { seededRandom, VirtualClock } from "../../support/virtual_clock.ts";
import { RecordingSink } from "../ibkr/bench_desk.ts";
import { SETTINGS } from "./client/client_desk.ts";

export const FIRST = "281756455983234001";
export const SECOND = "281756455983234002";

export function account(changes: Partial<FutuAccountRow> = {}): FutuAccountRow {
  return {
    trdEnv: 1,
    accID: FIRST,
    trdMarketAuthList: [2],
    accType: 2,
    cardNum: null,
    securityFirm: 1,
    simAccType: null,
    uniCardNum: null,
    accStatus: 0,
    accRole: null,
    ...changes,
  };
}

let positions = 0;

export function position(code: string, qty: number, changes: Partial<FutuPosition> = {}): FutuPosition {
  return {
    positionID: String(6_596_101_776_329_286_650n + BigInt(positions++)),
    positionSide: qty < 0 ? 1 : 0,
    code,
    name: code,
    qty,
    canSellQty: qty,
    price: 101,
    costPrice: null,
    val: qty * 101,
    plVal: 12,
    plRatio: null,
    secMarket: 2,
    td_plVal: 3,
    td_trdVal: null,
    td_buyVal: null,
    td_buyQty: null,
    td_sellVal: null,
    td_sellQty: null,
    unrealizedPL: null,
    realizedPL: null,
    currency: 2,
    trdMarket: 2,
    dilutedCostPrice: null,
    averageCostPrice: 100,
    averagePlRatio: null,
    comboID: null,
    positionType: null,
    ...changes,
  };
}

export function funds(changes: Partial<FutuFunds> = {}): FutuFunds {
  return {
    power: 200_000,
    totalAssets: 100_000,
    cash: 40_000,
    marketVal: 60_000,
    frozenCash: 0,
    debtCash: 0,
    avlWithdrawalCash: 40_000,
    currency: 2,
    availableFunds: null,
    unrealizedPL: null,
    realizedPL: null,
    riskLevel: null,
    initialMargin: 20_000,
    maintenanceMargin: 15_000,
    cashInfoList: [],
    maxPowerShort: null,
    netCashPower: null,
    longMv: 70_000,
    shortMv: -10_000,
    pendingAsset: null,
    maxWithdrawal: null,
    riskStatus: null,
    marginCallMargin: null,
    ...changes,
  };
}

/** A fill at the virtual clock's start unless it says otherwise. */
export function fill(fillIDEx: string, changes: Partial<FutuOrderFill> = {}): FutuOrderFill {
  return {
    trdSide: 1,
    fillID: "77",
    fillIDEx,
    orderID: "88",
    orderIDEx: "FH88",
    code: "AAPL",
    name: "Apple",
    qty: 10,
    price: 101.5,
    createTime: "2026-11-20 10:30:00",
    counterBrokerID: null,
    counterBrokerName: null,
    secMarket: 2,
    createTimestamp: Date.UTC(2026, 10, 20, 15, 30, 0) / 1000,
    updateTimestamp: null,
    status: 0,
    trdMarket: 2,
    ...changes,
  };
}

export function order(orderIDEx: string, changes: Partial<FutuOrder> = {}): FutuOrder {
  return {
    trdSide: 1,
    orderType: 1,
    orderStatus: 5,
    orderID: "88",
    orderIDEx,
    code: "AAPL",
    name: "Apple",
    qty: 10,
    price: 99,
    createTime: "2026-11-20 10:30:00",
    updateTime: "2026-11-20 10:30:00",
    fillQty: 0,
    fillAvgPrice: null,
    lastErrMsg: null,
    secMarket: 2,
    createTimestamp: null,
    updateTimestamp: null,
    remark: null,
    timeInForce: null,
    auxPrice: null,
    currency: 2,
    trdMarket: 2,
    ...changes,
  };
}

export interface Question {
  readonly at: number;
  readonly name: string;
  // deno-lint-ignore no-explicit-any -- each message has fields of its own
  readonly question: any;
}

const LATENCY_MS = 5;

/** What OpenD knows, and how it answers: change it at any time. */
export class ScriptedOpenD {
  accounts: FutuAccountRow[] = [account()];
  readonly positions = new Map<string, FutuPosition[]>();
  readonly funds = new Map<string, FutuFunds>();
  fills: FutuOrderFill[] = [];
  /** Whether the list of past fills holds those of the current day. */
  historyHasToday = true;
  /** Of orders, by their number; null while OpenD does not know. */
  readonly fees = new Map<string, number | null>();
  orders: FutuOrder[] = [];
  statics: FutuStaticInfo[] = [];
  latencyMs = LATENCY_MS;
  /** Answers in place of the above: throw an OpenDFault to refuse. Undefined leaves the answer to the above. */
  script: (question: Question) => unknown = () => undefined;
  readonly asked: Question[] = [];
  owner: ConnectionOwner | null = null;
  session: OpenDSession | null = null;

  constructor(readonly clock: VirtualClock) {}

  questions(exchange: Exchange): Question[] {
    return this.asked.filter(({ name }) => name === exchange.name);
  }

  connect(): void {
    this.owner!.onPhase({ kind: "session", detail: "127.0.0.1:11111, OpenD 9.5" });
    this.session = this.#session();
    this.owner!.onSession(this.session);
  }

  drop(reason = "OpenD hung up"): void {
    this.session = null;
    this.owner!.onLost(reason);
    this.owner!.onPhase({ kind: "waiting", detail: `${reason}; next try in 0.5 s` });
  }

  tellFill(orderFill: FutuOrderFill, accID = FIRST): void {
    this.owner!.onPush(UPDATE_ORDER_FILL, { header: { trdEnv: 1, accID, trdMarket: 2 }, orderFill });
  }

  tellOrder(changed: FutuOrder, accID = FIRST): void {
    this.owner!.onPush(UPDATE_ORDER, { header: { trdEnv: 1, accID, trdMarket: 2 }, order: changed });
  }

  #session(): OpenDSession {
    const session: OpenDSession = {
      connId: "7",
      serverVersion: 905,
      ask: <E extends Exchange>({ name }: E, question: Asked<E>, { signal }: AskOptions = {}) => {
        const asked = { at: this.clock.monotonic(), name, question };
        this.asked.push(asked);
        return new Promise<Answered<E>>((resolve, reject) => {
          signal?.addEventListener("abort", () => reject(signal.reason));
          this.clock.after(this.latencyMs, () => {
            if (session !== this.session) return reject(new OpenDFault("lost", "the connection ended"));
            try {
              resolve(this.#answer(asked) as Answered<E>);
            } catch (fault) {
              reject(fault);
            }
          });
        });
      },
    };
    return session;
  }

  #fillsOf(account: string, isListed: (fill: FutuOrderFill) => boolean): readonly FutuOrderFill[] {
    return account === FIRST ? this.fills.filter(isListed) : [];
  }

  #feesOf(orders: readonly string[]): readonly FutuOrderFee[] {
    return orders.filter((order) => this.fees.has(order)).map((orderIDEx) => {
      return { orderIDEx, feeAmount: this.fees.get(orderIDEx) ?? null, feeList: [] };
    });
  }

  #answer(asked: Question): unknown {
    const scripted = this.script(asked);
    if (scripted !== undefined) return scripted;
    const { name, question } = asked;
    const { header } = question;
    switch (name) {
      case GET_ACC_LIST.name:
        return { accList: question.trdCategory === 1 ? this.accounts : [] };
      case SUB_ACC_PUSH.name:
        return {};
      case GET_POSITION_LIST.name:
        return { header, positionList: this.positions.get(header.accID) ?? [] };
      case GET_FUNDS.name:
        return { header, funds: this.funds.get(header.accID) ?? funds() };
      case GET_ORDER_LIST.name:
        return { header, orderList: header.accID === FIRST ? this.orders : [] };
      case GET_HISTORY_ORDER_FILL_LIST.name:
        return {
          header,
          orderFillList: this.#fillsOf(header.accID, (fill) => this.historyHasToday || !isOfToday(fill)),
        };
      case GET_ORDER_FILL_LIST.name:
        return { header, orderFillList: this.#fillsOf(header.accID, isOfToday) };
      case GET_ORDER_FEE.name:
        return { header, orderFeeList: this.#feesOf(question.orderIdExList) };
      case GET_STATIC_INFO.name:
        return { staticInfoList: this.statics };
      default:
        throw new Error(`no answer is scripted for ${name}`);
    }
  }
}

/** Midnight in New York before the virtual clock's start. */
const TODAY = Date.UTC(2026, 10, 20, 5) / 1000;

function isOfToday({ createTimestamp }: FutuOrderFill): boolean {
  return createTimestamp === null || createTimestamp >= TODAY;
}

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly data: LogData | undefined;
}

export interface FutuDesk {
  readonly clock: VirtualClock;
  readonly openD: ScriptedOpenD;
  readonly sink: RecordingSink;
  readonly feed: MarketDataFeed;
  readonly log: LogLine[];
  /** Symbol and quantity of the newest list, in its order. */
  held(): [symbol: string, quantity: number][];
}

/** The adapter is started and connected when the test begins. */
export async function onFutuDesk(
  settings: Partial<FutuSettings>,
  prepare: (openD: ScriptedOpenD) => void,
  test: (desk: FutuDesk) => Promise<void>,
): Promise<void> {
  const clock = new VirtualClock();
  const openD = new ScriptedOpenD(clock);
  prepare(openD);
  const sink = new RecordingSink();
  const log: LogLine[] = [];
  const feed = futuFeed({
    settings: { ...SETTINGS, ...settings },
    network: new MemoryNetwork(clock),
    clock,
    random: seededRandom(1),
    log: { write: (level, _category, message, data) => void log.push({ level, message, data }) },
    sink,
    baseCurrency: "USD",
    find: (key) => sink.registry.find(key),
    connect: (owner) => {
      openD.owner = owner;
      return {
        start: () => openD.connect(),
        stop: () => {
          if (openD.session !== null) {
            openD.session = null;
            owner.onLost("APEX stopped");
          }
          owner.onPhase({ kind: "stopped", detail: "stopped" });
        },
        reconnect: (reason) => ({ done: true, words: reason }),
      };
    },
  });
  const held = (): [string, number][] =>
    sink.last("positions").rows.map(({ instrument, quantity }) => [sink.registry.at(instrument).symbol, quantity]);
  feed.start();
  try {
    await clock.advance(100);
    await test({ clock, openD, sink, feed, log, held });
  } finally {
    await feed.stop();
  }
}
