/**
 * The price that a position is valued at, and where it came from.
 *
 * Options, futures options and warrants are marked at mid; stocks, futures and currencies at the last trade moved into
 * the quote, TWS's own rule. See `docs/NUMBERS.md` and DOMAIN §2 for the table.
 */
import type { AssetType } from "../instrument.ts";
import { BIT, type FlagSet } from "../quality/flag_set.ts";
import type { MarkSource } from "../risk/snapshot.ts";

/** Prices in the instrument's currency; NaN is missing. A bid of 0 is real. */
export interface MarkInputs {
  readonly bid: number;
  readonly ask: number;
  readonly last: number;
  /** Previous close. */
  readonly close: number;
  /** The broker's mark (tick 37), else its account-update price. */
  readonly brokerMark: number;
  readonly modelPrice: number;
}

export interface MarkSettings {
  /** Fraction of mid. */
  readonly maxSpreadPct: number;
  /** In price: a spread up to this is never wide. */
  readonly wideSpreadFloor: number;
}

export interface Mark {
  /** NaN when there is none. */
  price: number;
  source: MarkSource;
  flags: FlagSet;
}

/**
 * Marks one instrument for a holder who is long or short (it matters only when there is an ask without a bid).
 * Writes into `out` to spare an object for each instrument and turn.
 */
export function markPrice(
  assetType: AssetType,
  short: boolean,
  inputs: MarkInputs,
  settings: MarkSettings,
  out: Mark,
): Mark {
  out.flags = 0;
  if (assetType === "UNKNOWN") return setFallback(inputs, out);
  const { bid, ask, last } = inputs;
  const hasBid = bid === bid;
  const hasAsk = ask === ask;
  if (hasBid && hasAsk) {
    if (bid > ask) return setCrossed(inputs, out);
    return isMarkedAtMid(assetType) ? setMid(inputs, settings, out) : setLastInside(inputs, out);
  }
  if (hasAsk) {
    const price = short ? ask : last === last ? clamp(last, 0, ask) : ask / 2;
    return set(out, price, !short && last === last ? "last" : "mid", BIT.ONE_SIDED);
  }
  if (hasBid) {
    return last === last ? set(out, Math.max(last, bid), "last", BIT.ONE_SIDED) : set(out, bid, "mid", BIT.ONE_SIDED);
  }
  if (last === last && !isMarkedAtMid(assetType)) return set(out, last, "last", 0);
  return setFallback(inputs, out);
}

function isMarkedAtMid(assetType: AssetType): boolean {
  return assetType === "OPTION" || assetType === "FUTURE_OPTION" || assetType === "WARRANT";
}

function setMid(inputs: MarkInputs, settings: MarkSettings, out: Mark): Mark {
  const { bid, ask, brokerMark, modelPrice } = inputs;
  const mid = (bid + ask) / 2;
  const allowed = Math.max(settings.maxSpreadPct * mid, settings.wideSpreadFloor);
  if (ask - bid <= allowed) return set(out, mid, "mid", 0);
  if (brokerMark === brokerMark) return set(out, brokerMark, "broker", BIT.WIDE);
  if (modelPrice === modelPrice) return set(out, modelPrice, "model", BIT.WIDE);
  return set(out, mid, "mid", BIT.WIDE);
}

function setLastInside(inputs: MarkInputs, out: Mark): Mark {
  const { bid, ask, last } = inputs;
  if (last === last) return set(out, clamp(last, bid, ask), "last", 0);
  return set(out, (bid + ask) / 2, "mid", 0);
}

function setCrossed(inputs: MarkInputs, out: Mark): Mark {
  const { bid, ask, last, brokerMark } = inputs;
  if (last === last) return set(out, last, "last", BIT.CROSSED);
  if (brokerMark === brokerMark) return set(out, brokerMark, "broker", BIT.CROSSED);
  return set(out, (bid + ask) / 2, "mid", BIT.CROSSED);
}

function setFallback(inputs: MarkInputs, out: Mark): Mark {
  const { brokerMark, close } = inputs;
  if (brokerMark === brokerMark) return set(out, brokerMark, "broker", 0);
  if (close === close) return set(out, close, "close", 0);
  return set(out, NaN, "none", BIT.NO_MARK);
}

function set(out: Mark, price: number, source: MarkSource, flags: FlagSet): Mark {
  out.price = price;
  out.source = source;
  out.flags = flags;
  return out;
}

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}
