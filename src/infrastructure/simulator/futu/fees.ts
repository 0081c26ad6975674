/** What an order costs, roughly as Futu charges it, under titles in Chinese as an OpenD in that language writes them. */
import type { FutuListed } from "./listing.ts";

export interface FeeItem {
  readonly title: string;
  readonly value: number;
}

export interface FilledOrder {
  readonly listed: FutuListed;
  readonly quantity: number;
  /** Price × quantity × multiplier. */
  readonly amount: number;
  readonly sells: boolean;
}

/** Nothing filled costs nothing. */
export function feesOf(order: FilledOrder): readonly FeeItem[] {
  if (order.quantity === 0) return [];
  const items = order.listed.spec.market === "HK" ? hongKong(order) : unitedStates(order);
  return items.map(({ title, value }) => ({ title, value: cents(value) })).filter(({ value }) => value > 0);
}

export function cents(value: number): number {
  return Math.round(value * 100) / 100;
}

function unitedStates({ listed, quantity, amount, sells }: FilledOrder): readonly FeeItem[] {
  const option = listed.spec.type === "OPTION";
  return [
    { title: "佣金", value: option ? Math.max(1.99, 0.65 * quantity) : Math.max(0.99, 0.0049 * quantity) },
    { title: "平台使用费", value: option ? 0.3 * quantity : Math.max(1, 0.005 * quantity) },
    { title: "交收费", value: option ? 0.02 * quantity : 0.003 * quantity },
    { title: "期权监管费", value: option ? 0.01 * quantity : 0 },
    { title: "证监会规费", value: sells ? Math.max(0.01, 0.0000278 * amount) : 0 },
    { title: "交易活动费", value: sells ? Math.max(0.01, 0.000166 * quantity) : 0 },
  ];
}

function hongKong({ listed, quantity, amount }: FilledOrder): readonly FeeItem[] {
  if (listed.spec.type === "OPTION") {
    return [
      { title: "佣金", value: Math.max(3, 0.002 * amount) },
      { title: "平台使用费", value: 15 },
      { title: "交易系统使用费", value: 3 * quantity },
    ];
  }
  return [
    { title: "佣金", value: Math.max(3, 0.0003 * amount) },
    { title: "平台使用费", value: 15 },
    { title: "印花税", value: Math.ceil(0.001 * amount) },
    { title: "交易费", value: 0.0000565 * amount },
    { title: "证监会征费", value: 0.000027 * amount },
    { title: "财汇局征费", value: 0.0000015 * amount },
  ];
}
