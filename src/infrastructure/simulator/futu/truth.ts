/** What the simulated book holds, for tests to compare with: signed, and by the numbers that clients see. */
import { type FutuBook, sign, total } from "./book.ts";
import { dealNumberEx, orderNumberEx } from "./rows.ts";
import type { DEAL_STATUSES, FutuMarket, OrderStatus } from "./scenario.ts";

export interface FutuTruth {
  readonly account: string;
  /** Closed ones of the day among them, with a quantity of 0. */
  readonly positions: readonly {
    readonly contract: string;
    readonly code: string;
    readonly market: FutuMarket;
    /** Negative when short. */
    readonly quantity: number;
    readonly averagePrice: number;
    readonly price: number;
    readonly close: number;
  }[];
  readonly cash: ReadonlyMap<string, number>;
  readonly orders: readonly {
    readonly id: string;
    readonly orderIDEx: string;
    readonly market: FutuMarket;
    readonly status: OrderStatus;
    readonly createdAt: number;
    readonly fee: number;
  }[];
  readonly deals: readonly {
    readonly fillIDEx: string;
    readonly orderIDEx: string;
    readonly market: FutuMarket;
    /** Negative sold. */
    readonly quantity: number;
    readonly price: number;
    readonly at: number;
    readonly status: keyof typeof DEAL_STATUSES;
  }[];
}

export function futuTruth(book: FutuBook): readonly FutuTruth[] {
  return [...book.accounts.values()].map(({ spec, holdings, cash, orders }) => ({
    account: spec.id,
    positions: [...holdings.values()].map(({ listed, quantity, averagePrice }) => ({
      contract: listed.spec.id,
      code: listed.code,
      market: listed.spec.market,
      quantity,
      averagePrice,
      price: book.prices.price(listed),
      close: book.prices.close(listed),
    })),
    cash: new Map(cash),
    orders: [...orders.values()].map((order) => ({
      id: order.id,
      orderIDEx: orderNumberEx(order),
      market: order.listed.spec.market,
      status: order.status,
      createdAt: order.createdAt,
      fee: total(book.fees(order)),
    })),
    deals: [...orders.values()].flatMap((order) =>
      order.deals.map((deal) => ({
        fillIDEx: dealNumberEx(order, deal),
        orderIDEx: orderNumberEx(order),
        market: order.listed.spec.market,
        quantity: sign(order.side) * deal.quantity,
        price: deal.price,
        at: deal.at,
        status: deal.status,
      }))
    ),
  }));
}
