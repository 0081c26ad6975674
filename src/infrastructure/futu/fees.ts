/**
 * What the session's fills cost. Futu tells a fee for each order; its fills share it by quantity, those of earlier sessions too.
 *
 * OpenD counts the question, and `backfill` asks it as well: an order is asked for a while after its fill, and then once a minute
 * until its fee is known and stays the same. Paper accounts have none.
 */
import type { Clock } from "../../application/ports/clock.ts";
import type { FeedSink } from "../../application/ports/feed.ts";
import type { Log } from "../../application/ports/log.ts";
import { feeShares } from "../../domain/history/fee_share.ts";
import type { EpochMs } from "../../domain/time.ts";
import { type FutuAccount, scopesOf } from "./accounts.ts";
import type { Contracts } from "./contracts/contracts.ts";
import { present } from "./figures.ts";
import type { FutuCode } from "./contracts/instruments.ts";
import { OpenDFault, type OpenDSession } from "./client/opend.ts";
import { TRD_ENV } from "./wire/codes.ts";
import { type FutuOrderFee, GET_ORDER_FEE, type TrdHeader } from "./wire/messages.ts";

/** An order's part fills come together, and its fee a moment after them. */
const SETTLE_MS = 10_000;
/** From one question about an order to the next. */
const AGAIN_MS = 60_000;
/** From one question about an account to the next, whichever orders it is about. */
const ACCOUNT_AGAIN_MS = 20_000;
/** What is due by then is asked for with what is due now; timers may also be a little early. */
const TOGETHER_MS = 1_000;
/** An order that OpenD refuses by itself would have others wait. */
const REFUSED_AGAIN_MS = 10 * 60_000;
/** Between two questions of whichever accounts: half of what OpenD takes, 10 in 30 s. */
const PACE_MS = 6_200;
/** Orders that OpenD takes in one question. */
const MOST_ORDERS = 400;

export interface FeesDependencies {
  readonly sink: FeedSink;
  readonly contracts: Contracts;
  readonly clock: Clock;
  readonly log: Log;
}

export interface CostlyFill {
  readonly account: string;
  readonly orderId: string;
  readonly execId: string;
  /** 0 when it was taken back. */
  readonly quantity: number;
  readonly time: EpochMs;
  readonly code: FutuCode;
}

interface Order {
  readonly id: string;
  readonly account: string;
  /** Its contract's. */
  readonly code: FutuCode;
  readonly fills: Map<string, CostlyFill>;
  /** What each fill was last told to cost. */
  readonly told: Map<string, number>;
  fee: number | null;
  /** Of its newest fill. */
  filledAt: EpochMs;
  /** Monotonic, as all below: when a fill was last news. */
  changedAt: number;
  askedAt: number;
  /** When the question was asked that last told the fee. */
  feeAskedAt: number;
  /** When it is to be asked for; Infinity while there is nothing to ask. */
  dueAt: number;
}

export class Fees {
  readonly #deps: FeesDependencies;
  readonly #orders = new Map<string, Order>();
  /** When each account was last asked, connections apart: OpenD's count outlives them. */
  readonly #askedAt = new Map<string, number>();
  /** Orders in one question of an account where OpenD refused more. */
  readonly #most = new Map<string, number>();
  #session: OpenDSession | null = null;
  #abort: AbortController | null = null;
  #headers: ReadonlyMap<string, TrdHeader> = new Map();
  /** When the earliest of the running sessions began. */
  #since: EpochMs = 0;
  #lastAskedAt = -Infinity;
  #isAsking = false;
  #cancelTimer: (() => void) | null = null;
  /** When the timer is due; Infinity without one. */
  #timerAt = Infinity;
  /** A refusal was logged since the connection was made. */
  #saidFault = false;

  constructor(deps: FeesDependencies) {
    this.#deps = deps;
  }

  connected(session: OpenDSession, accounts: readonly FutuAccount[]): void {
    const real = accounts.filter(({ trdEnv }) => trdEnv === TRD_ENV.REAL);
    this.#headers = new Map(scopesOf(real).map(({ header }) => [header.accID, header]));
    this.#session = session;
    this.#abort = new AbortController();
    this.#saidFault = false;
    this.#arm();
  }

  disconnected(): void {
    this.#abort?.abort(new DOMException("the connection is over", "AbortError"));
    this.#disarm();
    this.#abort = null;
    this.#session = null;
    this.#isAsking = false;
  }

  /** A fill as it is now, of an earlier session too: it bears a part of its order's fee, though nothing is told of it. */
  note(fill: CostlyFill): void {
    const { account, orderId, execId, quantity, time, code } = fill;
    if (!this.#headers.has(account) || !isSharable(quantity)) return;
    const key = `${account}|${orderId}`;
    const order = this.#orders.get(key) ?? newOrder(account, orderId, code);
    if (order.fills.get(execId)?.quantity === quantity) return;
    const now = this.#deps.clock.monotonic();
    order.fills.set(execId, fill);
    order.filledAt = Math.max(order.filledAt, time);
    order.changedAt = now;
    this.#orders.set(key, order);
    if (order.filledAt < this.#since) return;
    order.dueAt = Math.min(order.dueAt, now + SETTLE_MS);
    if (this.#turnOf(order) < this.#timerAt) this.#arm();
  }

  /** Orders that were filled before are forgotten. */
  sessionsBegan(since: EpochMs): void {
    if (since === this.#since) return;
    this.#since = since;
    for (const [key, { filledAt }] of this.#orders) if (filledAt < since) this.#orders.delete(key);
  }

  /** One timer, for the account that is due first. */
  #arm(): void {
    this.#disarm();
    if (this.#abort === null || this.#isAsking) return;
    let first: Order | null = null;
    for (const order of this.#orders.values()) {
      const turn = this.#turnOf(order);
      if (turn < this.#timerAt && this.#headers.has(order.account)) [first, this.#timerAt] = [order, turn];
    }
    if (first === null) return;
    const { clock } = this.#deps;
    const { account } = first;
    this.#timerAt = Math.max(this.#timerAt, this.#lastAskedAt + PACE_MS);
    this.#cancelTimer = clock.after(Math.max(0, this.#timerAt - clock.monotonic()), () => void this.#ask(account));
  }

  #disarm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#timerAt = Infinity;
  }

  /** When the order may be asked for, as far as its account goes. */
  #turnOf({ account, dueAt }: Order): number {
    return Math.max(dueAt, (this.#askedAt.get(account) ?? -Infinity) + ACCOUNT_AGAIN_MS);
  }

  async #ask(account: string): Promise<void> {
    const { signal } = this.#abort!;
    const now = this.#deps.clock.monotonic();
    const orders = this.#wanted(account, now);
    this.#disarm();
    this.#isAsking = true;
    this.#lastAskedAt = now;
    this.#askedAt.set(account, now);
    for (const order of orders) [order.askedAt, order.dueAt] = [now, now + AGAIN_MS];
    try {
      const question = { header: this.#headers.get(account)!, orderIdExList: orders.map(({ id }) => id) };
      const { orderFeeList } = await this.#session!.ask(GET_ORDER_FEE, question, { signal });
      this.#most.set(account, Math.min(MOST_ORDERS, 2 * this.#mostOf(account)));
      this.#take(orders, orderFeeList);
    } catch (fault) {
      if (signal.aborted) return;
      if (!(fault instanceof OpenDFault)) throw fault;
      if (fault.kind !== "lost") this.#refused(account, orders, fault);
    }
    if (signal.aborted) return;
    this.#isAsking = false;
    this.#arm();
  }

  /** Those that are due, the ones asked longest ago first. */
  #wanted(account: string, now: number): readonly Order[] {
    return [...this.#orders.values()]
      .filter((order) => order.account === account && order.dueAt <= now + TOGETHER_MS)
      .sort((a, b) => a.askedAt - b.askedAt)
      .slice(0, this.#mostOf(account));
  }

  #mostOf(account: string): number {
    return this.#most.get(account) ?? MOST_ORDERS;
  }

  /** A fee is final once it is told twice, without a fill between. */
  #take(orders: readonly Order[], fees: readonly FutuOrderFee[]): void {
    const amounts = new Map(fees.map(({ orderIDEx, feeAmount }) => [orderIDEx, present(feeAmount)]));
    for (const order of orders) {
      const fee = amounts.get(order.id) ?? null;
      if (fee === null || !isSharable(fee)) continue;
      if (fee === order.fee && order.changedAt < order.feeAskedAt) order.dueAt = Infinity;
      order.fee = fee;
      order.feeAskedAt = order.askedAt;
      this.#share(order, fee);
    }
  }

  #share(order: Order, fee: number): void {
    const { sink, contracts } = this.#deps;
    const fills = [...order.fills.values()].sort((a, b) => a.time - b.time || (a.execId < b.execId ? -1 : 1));
    const parts = feeShares(fee, fills.map(({ quantity }) => quantity));
    const { currency } = contracts.of(order.code).instrument;
    fills.forEach(({ execId, time }, at) => {
      const amount = parts[at] ?? 0;
      if (time < this.#since || order.told.get(execId) === amount) return;
      order.told.set(execId, amount);
      sink.push({ kind: "commission", source: "FUTU", execId, amount, currency, realizedPnl: null });
    });
  }

  /** One order that OpenD does not know may have it refuse all: fewer are asked for until the others are known. */
  #refused(account: string, orders: readonly Order[], { kind, message }: OpenDFault): void {
    if (!this.#saidFault) {
      this.#deps.log.write("WARN", "TRADING", `What today's fills at Futu cost is not known yet: ${message}`);
    }
    this.#saidFault = true;
    if (kind !== "refused") return;
    if (orders.length > 1) this.#most.set(account, Math.floor(orders.length / 2));
    else for (const order of orders) order.dueAt = order.askedAt + REFUSED_AGAIN_MS;
  }
}

/** Beyond any fee or size: exact units do not reach that far. */
function isSharable(value: number): boolean {
  return Math.abs(value) < 1e15;
}

function newOrder(account: string, id: string, code: FutuCode): Order {
  return {
    id,
    account,
    code,
    fills: new Map(),
    told: new Map(),
    fee: null,
    filledAt: 0,
    changedAt: 0,
    askedAt: 0,
    feeAskedAt: -Infinity,
    dueAt: Infinity,
  };
}
