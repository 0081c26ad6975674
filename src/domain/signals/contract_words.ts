/** Contracts in ids, and in the words of a message or an action. */
import { instrumentKey } from "../instrument.ts";
import type { PositionView } from "../risk/snapshot.ts";
import type { IsoDate } from "../time.ts";

/** The contract's key: two contracts that differ in class, currency or multiplier alone are two. */
export function positionKey(position: PositionView): string {
  return instrumentKey(position);
}

/** `27Nov26 200 C`, `18Dec26 future`, `stock`; an adjusted or weekly class is named: `SPXW 20Nov26 6600 P`. */
export function contractWords(position: PositionView): string {
  const { assetType, expiry, strike, right, symbol, tradingClass } = position;
  if (strike === null && right === null) {
    const kind = assetType.toLowerCase().replace("_", " ");
    return expiry === null ? kind : `${dateWords(expiry)} ${kind}`;
  }
  const own = tradingClass === "" || tradingClass === symbol ? null : tradingClass;
  return [own, expiry === null ? null : dateWords(expiry), strike, right].filter((part) => part !== null).join(" ");
}

/** `27Nov26` */
export function dateWords(date: IsoDate): string {
  const month = MONTHS[Number(date.slice(5, 7)) - 1] ?? "???";
  return `${date.slice(8, 10)}${month}${date.slice(2, 4)}`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `buy 5 to close`, `sell 300 to close`. */
export function closeWords(quantity: number): string {
  return `${quantity < 0 ? "buy" : "sell"} ${countWords(Math.abs(quantity))} to close`;
}

/** A quantity without the noise of binary fractions. */
export function countWords(quantity: number): string {
  return `${Number(quantity.toFixed(6))}`;
}

/** `49 %`, `0.5 %`: as many decimals as it takes to tell it from its neighbours. */
export function percentWords(fraction: number): string {
  const percent = fraction * 100;
  return `${Math.abs(percent) < 10 ? Number(percent.toFixed(1)) : percent.toFixed(0)} %`;
}
