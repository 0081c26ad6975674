/** Working orders, read only: a list now and then, and each change as OpenD tells of it. */
import type { Clock } from "../../application/ports/clock.ts";
import type { FeedSink } from "../../application/ports/feed.ts";
import type { Log } from "../../application/ports/log.ts";
import type { BookEvent } from "../../domain/event.ts";
import { accountOfPush, type FutuAccount, scopesOf } from "./accounts.ts";
import type { Contracts } from "./contracts/contracts.ts";
import { present } from "./figures.ts";
import { OpenDFault, type OpenDSession } from "./client/opend.ts";
import { Rounds } from "./rounds.ts";
import { signOfSide } from "./wire/codes.ts";
import { type FutuOrder, GET_ORDER_LIST, type TrdHeader } from "./wire/messages.ts";

const LOOK_EVERY_MS = 30_000;
/** What is said of an order that the last list no longer held. */
const ORDER_GONE = "Gone";

/** Trd_Common.OrderStatus in the words that IBKR has for it, so that one screen shows both. */
const STATUS: Readonly<Record<number, string>> = {
  0: "PendingSubmit",
  1: "PendingSubmit",
  2: "PendingSubmit",
  3: "Inactive",
  4: "Unknown",
  5: "Submitted",
  10: "Submitted",
  11: "Filled",
  12: "PendingCancel",
  13: "PendingCancel",
  14: "Cancelled",
  15: "Cancelled",
  21: "Inactive",
  22: "Inactive",
  23: "Cancelled",
  24: "Cancelled",
};
const FINISHED = new Set(["Filled", "Cancelled", "Inactive"]);

/** Trd_Common.OrderType, likewise. */
const TYPE: Readonly<Record<number, string>> = {
  1: "LMT",
  2: "MKT",
  5: "LMT absolute",
  6: "AUCTION",
  7: "AUCTION LMT",
  8: "LMT special",
  9: "LMT special all",
  10: "STP",
  11: "STP LMT",
  12: "MIT",
  13: "LIT",
  14: "TRAIL",
  15: "TRAIL LIMIT",
  16: "TWAP",
  17: "TWAP LMT",
  18: "VWAP",
  19: "VWAP LMT",
};

type OrderEvent = Extract<BookEvent, { kind: "order" }>;

export interface OrdersDependencies {
  readonly sink: FeedSink;
  readonly contracts: Contracts;
  readonly clock: Clock;
  readonly log: Log;
}

export class Orders {
  readonly #deps: OrdersDependencies;
  readonly #rounds: Rounds;
  #session: OpenDSession | null = null;
  #accounts: readonly FutuAccount[] = [];
  readonly #working = new Map<string, OrderEvent>();
  /** Orders told of while a list is being read: it may be older than they are. */
  readonly #toldMeanwhile = new Set<string>();
  #fault: string | null = null;

  constructor(deps: OrdersDependencies) {
    this.#deps = deps;
    this.#rounds = new Rounds({
      clock: deps.clock,
      intervalMs: LOOK_EVERY_MS,
      // OpenD answers from what it has been told itself.
      isCounted: false,
      run: (signal) => this.#look(signal),
    });
  }

  connected(session: OpenDSession, accounts: readonly FutuAccount[]): void {
    this.#session = session;
    this.#accounts = accounts;
    this.#rounds.start(accounts.length);
  }

  disconnected(): void {
    this.#rounds.stop();
    this.#session = null;
  }

  onPush(header: TrdHeader, order: FutuOrder): void {
    const account = accountOfPush(this.#accounts, header, order.trdMarket);
    if (account === null || this.#session === null) return;
    // A contract that is not known yet is told with the next list.
    if (!this.#deps.contracts.isClear(order)) return this.#rounds.soon();
    this.#toldMeanwhile.add(order.orderIDEx);
    this.#take(account.id, order);
  }

  async #look(signal: AbortSignal): Promise<boolean> {
    const { contracts, log } = this.#deps;
    const session = this.#session!;
    this.#toldMeanwhile.clear();
    try {
      const rows: (readonly [string, FutuOrder])[] = [];
      for (const scope of scopesOf(this.#accounts)) {
        const { orderList } = await session.ask(GET_ORDER_LIST, scope, { signal });
        for (const order of orderList) rows.push([scope.header.accID, order]);
      }
      await contracts.resolve(rows.map(([, order]) => order), session, signal);
      this.#replace(rows);
      this.#fault = null;
      return true;
    } catch (fault) {
      if (!(fault instanceof OpenDFault)) throw fault;
      if (fault.kind !== "lost" && fault.message !== this.#fault) {
        log.write("WARN", "TRADING", `Working orders from Futu cannot be read: ${fault.message}`);
        this.#fault = fault.message;
      }
      return false;
    }
  }

  #replace(rows: readonly (readonly [account: string, order: FutuOrder])[]): void {
    const listed = new Set(rows.map(([, { orderIDEx }]) => orderIDEx));
    for (const [account, order] of rows) if (!this.#toldMeanwhile.has(order.orderIDEx)) this.#take(account, order);
    for (const [id, order] of this.#working) {
      if (listed.has(id) || this.#toldMeanwhile.has(id)) continue;
      this.#working.delete(id);
      this.#deps.sink.push({ ...order, status: ORDER_GONE, at: this.#deps.clock.now() });
    }
  }

  #take(account: string, order: FutuOrder): void {
    const sign = signOfSide(order.trdSide);
    const quantity = present(order.qty);
    if (sign === null || quantity === null) return;
    const { index, instrument } = this.#deps.contracts.of(order);
    const price = present(order.price);
    const event: OrderEvent = {
      kind: "order",
      source: "FUTU",
      account,
      orderId: order.orderIDEx,
      // A combination's code names no contract.
      instrument: instrument.assetType === "UNKNOWN" ? null : index,
      action: sign > 0 ? "BUY" : "SELL",
      quantity,
      filled: present(order.fillQty),
      orderType: TYPE[order.orderType] ?? `type ${order.orderType}`,
      limitPrice: price === 0 || order.orderType === 2 ? null : price,
      status: STATUS[order.orderStatus] ?? `status ${order.orderStatus}`,
      at: this.#deps.clock.now(),
    };
    const before = this.#working.get(event.orderId);
    const isFinished = FINISHED.has(event.status);
    if (isFinished) this.#working.delete(event.orderId);
    else this.#working.set(event.orderId, event);
    // What was finished before it was ever seen working is no news.
    if (before === undefined ? !isFinished : !isSame(before, event)) this.#deps.sink.push(event);
  }
}

function isSame(a: OrderEvent, b: OrderEvent): boolean {
  return a.status === b.status && a.filled === b.filled && a.quantity === b.quantity &&
    a.limitPrice === b.limitPrice && a.orderType === b.orderType && a.instrument === b.instrument;
}
