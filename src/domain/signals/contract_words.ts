/** Contracts in ids, and in the words of a message or an action. */
import { instrumentKey } from "../instrument.ts";
import type { PositionView } from "../risk/snapshot.ts";
import type { IsoDate } from "../time.ts";
import type { SignalStrategy } from "./signal_inputs.ts";

/** What a contract is called, made once: a turn asks for it several times, and the contract does not change. */
export interface ContractName {
  readonly key: string;
  /** `27Nov26 200 C` */
  readonly words: string;
  /** One strike and expiry of one class: what a call and its put share. */
  readonly series: string;
}

/** Names of the positions in a list, kept while the list holds the same contracts at the same places. */
export class ContractNames {
  /** The positions as they were when they were named. */
  #positions: PositionView[] = [];
  #names: ContractName[] = [];
  /** By the legs, which stay the same array while a strategy is held as it is. */
  #strategyKeys = new WeakMap<SignalStrategy["legs"], string>();

  of(positions: readonly PositionView[]): readonly ContractName[] {
    if (
      this.#names.length !== positions.length || !positions.every((position, index) => this.#isKnown(position, index))
    ) {
      this.#positions = [...positions];
      this.#names = positions.map(nameOf);
      this.#strategyKeys = new WeakMap();
    }
    return this.#names;
  }

  /** What a strategy and its contracts are called, as of the last `of`. Its legs are all in that list. */
  strategyKey({ kind, legs }: SignalStrategy): string {
    let key = this.#strategyKeys.get(legs);
    if (key === undefined) {
      key = [kind, ...legs.map(({ index }) => this.#names[index]!.key)].join("+");
      this.#strategyKeys.set(legs, key);
    }
    return key;
  }

  #isKnown(position: PositionView, index: number): boolean {
    return isSameContract(this.#positions[index]!, position);
  }
}

function nameOf(position: PositionView): ContractName {
  const { underlying, tradingClass, expiry, strike, multiplier, currency } = position;
  const series = `${underlying}|${tradingClass}|${expiry}|${strike}|${multiplier}|${currency}`;
  return { key: positionKey(position), words: contractWords(position), series };
}

function isSameContract(a: PositionView, b: PositionView): boolean {
  return a.symbol === b.symbol && a.underlying === b.underlying && a.assetType === b.assetType &&
    a.expiry === b.expiry && a.strike === b.strike && a.right === b.right && a.currency === b.currency &&
    a.multiplier === b.multiplier && a.tradingClass === b.tradingClass;
}

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
