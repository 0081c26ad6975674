/** What the simulated accounts hold and have traded, and how it changes. */
import type { Clock } from "../../../application/ports/clock.ts";
import type { EpochMs } from "../../../domain/time.ts";
import { exchangeDate, exchangeInstant } from "./exchange_time.ts";
import { cents, type FeeItem, feesOf } from "./fees.ts";
import { pastOrders } from "./history.ts";
import { type FutuListed, listFutuContracts } from "./listing.ts";
import { FutuPrices } from "./prices.ts";
import type {
  DEAL_STATUSES,
  FutuAccountSpec,
  FutuHappening,
  FutuMarket,
  FutuScenario,
  ORDER_TYPES,
  OrderSide,
  OrderStatus,
} from "./scenario.ts";

export interface FutuDeal {
  readonly id: string;
  readonly quantity: number;
  readonly price: number;
  readonly at: EpochMs;
  readonly status: keyof typeof DEAL_STATUSES;
}

export interface FutuOrder {
  readonly id: string;
  readonly account: string;
  readonly listed: FutuListed;
  readonly side: OrderSide;
  readonly quantity: number;
  readonly price: number | null;
  readonly type: keyof typeof ORDER_TYPES;
  readonly status: OrderStatus;
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
  readonly remark: string | null;
  readonly deals: readonly FutuDeal[];
}

export interface FutuHolding {
  readonly listed: FutuListed;
  /** Negative when short; 0 stays in the list, as a position closed today does. */
  readonly quantity: number;
  readonly averagePrice: number;
}

export interface FutuAccountBook {
  readonly spec: FutuAccountSpec;
  readonly holdings: Map<string, FutuHolding>;
  readonly cash: Map<string, number>;
  readonly orders: Map<string, FutuOrder>;
}

/** What clients are told of: an order as it is now, or a deal of it. */
export interface FutuChange {
  readonly order: FutuOrder;
  readonly deal: FutuDeal | null;
}

/** What was traded in a contract since midnight on its exchange. */
export interface DayTrades {
  readonly boughtQuantity: number;
  readonly boughtValue: number;
  readonly soldQuantity: number;
  readonly soldValue: number;
}

export class FutuBook {
  readonly contracts: ReadonlyMap<string, FutuListed>;
  readonly prices: FutuPrices;
  readonly accounts: ReadonlyMap<string, FutuAccountBook>;
  #fills = 0;

  constructor(readonly scenario: FutuScenario, readonly clock: Clock, seed: number) {
    this.contracts = listFutuContracts(scenario.contracts, clock.now());
    this.prices = new FutuPrices(clock, seed, scenario.market);
    this.accounts = new Map(scenario.accounts.map((spec) => [spec.id, this.#accountBook(spec)]));
  }

  /** Carries out what happens and says what clients hear of, in order. */
  happen(happening: FutuHappening): readonly FutuChange[] {
    switch (happening.kind) {
      case "price": {
        const listed = this.contracts.get(happening.contract)!;
        this.prices.jump(listed, happening.price ?? this.prices.price(listed) * (1 + happening.change!));
        return [];
      }
      case "order": {
        const { orders } = this.accounts.get(happening.account)!;
        return [{ order: this.#keep(this.#placed(orders.get(happening.id), happening)), deal: null }];
      }
      case "fill":
        return this.#fill(happening);
    }
  }

  /** What an order cost so far. */
  fees({ listed, side, deals }: FutuOrder): readonly FeeItem[] {
    const good = deals.filter(({ status }) => status !== "CANCELLED");
    const quantity = good.reduce((total, deal) => total + deal.quantity, 0);
    const amount = good.reduce((total, deal) => total + deal.quantity * deal.price, 0) * listed.spec.multiplier;
    return feesOf({ listed, quantity, amount, sells: sign(side) < 0 });
  }

  tradesToday(account: FutuAccountBook, listed: FutuListed): DayTrades {
    const from = this.midnight(listed.spec.market);
    let [boughtQuantity, boughtValue, soldQuantity, soldValue] = [0, 0, 0, 0];
    for (const order of account.orders.values()) {
      if (order.listed !== listed || order.updatedAt < from) continue;
      for (const { at, quantity, price, status } of order.deals) {
        if (at < from || status === "CANCELLED") continue;
        const value = quantity * price * listed.spec.multiplier;
        if (sign(order.side) > 0) [boughtQuantity, boughtValue] = [boughtQuantity + quantity, boughtValue + value];
        else [soldQuantity, soldValue] = [soldQuantity + quantity, soldValue + value];
      }
    }
    return { boughtQuantity, boughtValue, soldQuantity, soldValue };
  }

  /** When the exchange's current day began. */
  midnight(market: FutuMarket): EpochMs {
    return exchangeInstant(market, exchangeDate(market, this.clock.now()), "00:00");
  }

  #accountBook(spec: FutuAccountSpec): FutuAccountBook {
    const mine = <T extends { readonly account: string }>(rows: readonly T[]) =>
      rows.filter(({ account }) => account === spec.id);
    const { positions, history, orders } = this.scenario;
    const past = history.flatMap((one, at) =>
      one.account === spec.id ? pastOrders(one, this.contracts, { place: at, now: this.clock.now() }) : []
    );
    const listedOrders = mine(orders).map((order) => this.#listedOrder(order));
    return {
      spec,
      holdings: new Map(
        mine(positions).map(({ contract, quantity, averagePrice }) =>
          [contract, { listed: this.contracts.get(contract)!, quantity, averagePrice }] as const
        ),
      ),
      cash: new Map(spec.cash),
      orders: new Map([...past, ...listedOrders].map((order) => [order.id, order])),
    };
  }

  #listedOrder(spec: FutuScenario["orders"][number]): FutuOrder {
    const now = this.clock.now();
    const deals = this.scenario.deals.flatMap((deal, number) =>
      deal.order !== spec.id ? [] : [{
        id: `${spec.id} deal ${number}`,
        quantity: deal.quantity,
        price: deal.price,
        at: now - deal.agoMs,
        status: deal.status,
      }]
    );
    const createdAt = now - spec.agoMs;
    return {
      ...spec,
      listed: this.contracts.get(spec.contract)!,
      createdAt,
      updatedAt: Math.max(createdAt, ...deals.map(({ at }) => at)),
      deals,
    };
  }

  #placed(
    before: FutuOrder | undefined,
    wish: Pick<FutuOrder, "id" | "account" | "side" | "quantity" | "price" | "status"> & { readonly contract: string },
  ): FutuOrder {
    const now = this.clock.now();
    return {
      id: wish.id,
      account: wish.account,
      listed: this.contracts.get(wish.contract)!,
      side: wish.side,
      quantity: wish.quantity,
      price: wish.price,
      type: wish.price === null ? "MARKET" : "NORMAL",
      status: wish.status,
      createdAt: before?.createdAt ?? now,
      updatedAt: now,
      remark: before?.remark ?? null,
      deals: before?.deals ?? [],
    };
  }

  #keep(order: FutuOrder): FutuOrder {
    this.accounts.get(order.account)!.orders.set(order.id, order);
    return order;
  }

  #fill(happening: FutuHappening & { readonly kind: "fill" }): readonly FutuChange[] {
    const account = this.accounts.get(happening.account)!;
    const number = ++this.#fills;
    const known = happening.order === null ? undefined : account.orders.get(happening.order);
    const changes: FutuChange[] = [];
    let order = known;
    if (order === undefined) {
      const id = happening.order ?? `fill ${number}`;
      order = this.#keep(this.#placed(undefined, { ...happening, id, status: "SUBMITTED" }));
      changes.push({ order, deal: null });
    }
    const deal: FutuDeal = {
      id: `fill ${number}`,
      quantity: happening.quantity,
      price: happening.price ?? this.prices.price(order.listed),
      at: this.clock.now(),
      status: "OK",
    };
    const paidBefore = total(this.fees(order));
    const deals = [...order.deals, deal];
    const filled = deals.reduce((sum, { quantity }) => sum + quantity, 0);
    const status = filled >= order.quantity ? "FILLED_ALL" : "FILLED_PART";
    order = this.#keep({ ...order, deals, status, updatedAt: deal.at });
    this.#book(account, order, deal, cents(total(this.fees(order)) - paidBefore));
    return [...changes, { order, deal }, { order, deal: null }];
  }

  /** Moves the holding and the cash by a deal and what it cost. */
  #book(account: FutuAccountBook, { listed, side }: FutuOrder, deal: FutuDeal, fee: number): void {
    const { spec, currency } = listed;
    const before = account.holdings.get(spec.id) ?? { listed, quantity: 0, averagePrice: 0 };
    const signed = sign(side) * deal.quantity;
    const quantity = before.quantity + signed;
    account.holdings.set(spec.id, { listed, quantity, averagePrice: averageAfter(before, signed, deal.price) });
    const paid = signed * deal.price * spec.multiplier + fee;
    account.cash.set(currency, cents((account.cash.get(currency) ?? 0) - paid));
  }
}

/** 1 for what buys, −1 for what sells. */
export function sign(side: OrderSide): 1 | -1 {
  return side === "BUY" || side === "BUY_BACK" ? 1 : -1;
}

export function total(items: readonly FeeItem[]): number {
  return cents(items.reduce((sum, { value }) => sum + value, 0));
}

/** Adding to a position averages, reducing it leaves the average, turning it over begins anew. */
function averageAfter({ quantity, averagePrice }: FutuHolding, traded: number, price: number): number {
  const after = quantity + traded;
  if (quantity === 0 || Math.sign(quantity) === Math.sign(traded)) {
    return (quantity * averagePrice + traded * price) / after;
  }
  return after !== 0 && Math.sign(after) !== Math.sign(quantity) ? price : averagePrice;
}
