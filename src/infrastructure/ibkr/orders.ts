/** Working orders of all clients, read only: looked at now and then, since TWS does not stream other clients' orders. */
import type { Contract } from "@stoqey/ib/dist/api/contract/contract.js";
import type { Order } from "@stoqey/ib/dist/api/order/order.js";
import type { OrderState } from "@stoqey/ib/dist/api/order/orderState.js";
import type { Clock } from "../../application/ports/clock.ts";
import type { FeedSink } from "../../application/ports/feed.ts";
import type { BookEvent } from "../../domain/event.ts";
import type { Contracts } from "./contracts.ts";
import { isCombination } from "./decode/contract.ts";
import { present } from "./decode/numbers.ts";
import { Priority } from "./pacing.ts";
import type { Requests } from "./requests.ts";

const LOOK_EVERY_MS = 30_000;
/** What is said of an order that the last list no longer held. */
export const ORDER_GONE = "Gone";

type OrderEvent = Extract<BookEvent, { kind: "order" }>;

export interface OrdersDependencies {
  readonly sink: FeedSink;
  readonly requests: Requests;
  readonly contracts: Contracts;
  readonly clock: Clock;
}

export class Orders {
  readonly #deps: OrdersDependencies;
  #accounts: readonly string[] = [];
  readonly #working = new Map<string, OrderEvent>();
  #listed = new Set<string>();
  /** The list asked for has not ended yet. Ends carry no number: an overdue one must not cut the next list short. */
  #listing = false;
  #cancelTimer: (() => void) | null = null;

  constructor(deps: OrdersDependencies) {
    this.#deps = deps;
  }

  connected(accounts: readonly string[]): void {
    this.#accounts = accounts;
    this.#look();
  }

  disconnected(): void {
    this.#listing = false;
    this.#cancelTimer?.();
  }

  onOrder(orderId: number, contract: Contract, order: Order, state: OrderState): void {
    const account = order.account ?? "";
    const quantity = present(order.totalQuantity);
    if (!this.#accounts.includes(account) || quantity === null) return;
    // The permanent id is the same for every client; order ids are each client's own.
    const id = String(order.permId || orderId);
    this.#listed.add(id);
    this.#push({
      kind: "order",
      source: "IB",
      account,
      orderId: id,
      instrument: isCombination(contract) ? null : this.#deps.contracts.meet(contract).index,
      action: String(order.action ?? "").toUpperCase().startsWith("B") ? "BUY" : "SELL",
      quantity,
      filled: this.#working.get(id)?.filled ?? null,
      orderType: String(order.orderType ?? ""),
      limitPrice: positiveLimit(order),
      status: String(state.status ?? ""),
      at: this.#deps.clock.now(),
    });
  }

  onStatus(orderId: number, permId: number | undefined, status: string, filled: number | undefined): void {
    const order = this.#working.get(String(permId || orderId));
    if (order === undefined) return;
    this.#push({ ...order, status, filled: present(filled), at: this.#deps.clock.now() });
  }

  onEnd(): void {
    for (const [id, order] of this.#working) {
      if (this.#listed.has(id)) continue;
      this.#working.delete(id);
      this.#deps.sink.push({ ...order, status: ORDER_GONE, at: this.#deps.clock.now() });
    }
    this.#listed = new Set();
    this.#listing = false;
  }

  #push(order: OrderEvent): void {
    const before = this.#working.get(order.orderId);
    this.#working.set(order.orderId, order);
    if (before === undefined || !sameOrder(before, order)) this.#deps.sink.push(order);
  }

  #look(): void {
    if (!this.#listing) this.#listed = new Set();
    this.#listing = true;
    this.#deps.requests.send(Priority.history, (api) => api.reqAllOpenOrders());
    this.#cancelTimer?.();
    this.#cancelTimer = this.#deps.clock.after(LOOK_EVERY_MS, () => this.#look());
  }
}

/** Market orders carry a limit of 0, which is none. */
function positiveLimit(order: Order): number | null {
  const price = present(order.lmtPrice);
  return price === 0 ? null : price;
}

function sameOrder(a: OrderEvent, b: OrderEvent): boolean {
  return a.status === b.status && a.filled === b.filled && a.quantity === b.quantity &&
    a.limitPrice === b.limitPrice && a.orderType === b.orderType;
}
