/** OpenD's position rows of one account, added up to one holding a contract. */
import type { BrokerPnl, InstrumentIndex } from "../../domain/event.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { Contract } from "./contracts/contracts.ts";
import { present } from "./figures.ts";
import { CURRENCY, POSITION_SIDE } from "./wire/codes.ts";
import type { FutuPosition } from "./wire/messages.ts";

/**
 * How far OpenD's value of a holding may be from quantity × price × multiplier, as a fraction. Of a contract that is told the two
 * are of moments a little apart; one that is not is taken for what its multiplier of 1 makes of it only where they agree.
 */
const VALUE_TOLERANCE = { known: 0.05, unknown: 0.01 } as const;
/** OpenD rounds values. */
const VALUE_STEP = 0.01;

/** Trd_Common.PositionType: `combined` rows add up option legs that have rows of their own. */
const POSITION_TYPE = { combined: 1, leg: 2 } as const;

/** A row that OpenD gave no number is not known to be one that came before. */
const UNNUMBERED = "0";

export interface Holding {
  readonly account: string;
  readonly index: InstrumentIndex;
  /** Signed. */
  readonly quantity: number;
  readonly avgPrice: number | null;
  /** OpenD's own price; null when it has none, or when it is not known how much of the contract it is for. */
  readonly price: number | null;
  readonly marketValue: number | null;
  readonly pnl: BrokerPnl;
  /** Of its figures. */
  readonly currency: string;
}

/** A row cannot be read: the list that it is in says too little of what is held. */
export class UnreadablePosition extends Error {
  override readonly name = "UnreadablePosition";
}

/**
 * One holding for each contract. Rows of one contract (sub-accounts, positions opened apart) add up:
 *
 *   quantity = Σ q,  avgPrice = Σ q·avgPrice / Σ q  with q negative when short
 *
 * which keeps Σ q·(mark − avgPrice) as it is. A row that comes again (OpenD may list it under each market) counts once.
 *
 * @throws {UnreadablePosition}
 */
export function holdingsOf(
  account: string,
  rows: readonly FutuPosition[],
  contractOf: (row: FutuPosition) => Contract,
): readonly Holding[] {
  const seen = new Set<string>();
  const holdings = new Map<InstrumentIndex, Holding>();
  for (const row of heldApart(rows)) {
    if (seen.has(row.positionID)) continue;
    if (row.positionID !== UNNUMBERED) seen.add(row.positionID);
    const holding = holdingOf(account, row, contractOf(row));
    const before = holdings.get(holding.index);
    holdings.set(holding.index, before === undefined ? holding : addedUp(before, holding));
  }
  return [...holdings.values()];
}

/** OpenD's value of a holding, and what quantity × price × multiplier makes of it. */
export interface ValueDoubt {
  readonly said: number;
  readonly ours: number;
}

/**
 * Where OpenD's value does not fit the contract as APEX understands it: all amounts of it may be wrong by that factor. Null where
 * it fits, and where there is nothing to compare: futures are settled daily and worth 0, an amount may be in another currency.
 */
export function valueDoubt(row: FutuPosition, instrument: Instrument): ValueDoubt | null {
  const { assetType, multiplier, currency } = instrument;
  if (assetType === "UNKNOWN" || assetType === "FUTURE") return null;
  if ((CURRENCY[row.currency ?? 0] ?? currency) !== currency) return null;
  const said = Math.abs(present(row.val) ?? 0);
  const ours = Math.abs((present(row.qty) ?? 0) * (priceOf(row) ?? 0) * multiplier);
  if (said === 0 || ours === 0) return null;
  return Math.abs(said - ours) > Math.max(VALUE_TOLERANCE.known * ours, VALUE_STEP) ? { said, ours } : null;
}

/** Without the rows that sum up others. */
function heldApart(rows: readonly FutuPosition[]): readonly FutuPosition[] {
  const isCombined = ({ positionType }: FutuPosition) => positionType === POSITION_TYPE.combined;
  const legsOf = new Set(rows.filter((row) => row.positionType === POSITION_TYPE.leg).map(({ comboID }) => comboID));
  if (rows.some((row) => isCombined(row) && !legsOf.has(row.comboID))) {
    throw new UnreadablePosition("a combination came without its legs");
  }
  return rows.filter((row) => !isCombined(row));
}

function holdingOf(account: string, row: FutuPosition, { index, instrument }: Contract): Holding {
  const quantity = signedQuantity(row);
  const isTold = instrument.assetType !== "UNKNOWN" || isOfOneUnit(row);
  return {
    account,
    index,
    quantity,
    avgPrice: quantity === 0 ? null : averagePrice(row, instrument.assetType === "FUTURE"),
    price: isTold ? priceOf(row) : null,
    marketValue: present(row.val),
    pnl: {
      dailyPnl: present(row.td_plVal),
      // Of securities against the diluted cost, as Futu counts it.
      unrealizedPnl: present(row.unrealizedPL) ?? present(row.plVal),
      realizedPnl: present(row.realizedPL),
    },
    currency: CURRENCY[row.currency ?? 0] ?? instrument.currency,
  };
}

/** 0 stands for none: whether a contract is worthless is for its quotes to say. */
function priceOf(row: FutuPosition): number | null {
  const price = present(row.price);
  return price !== null && price > 0 ? price : null;
}

/** OpenD's value is quantity × price: the contract's multiplier is 1, whatever it is. */
function isOfOneUnit(row: FutuPosition): boolean {
  const said = Math.abs(present(row.val) ?? 0);
  const ours = Math.abs((present(row.qty) ?? 0) * (priceOf(row) ?? 0));
  return ours > 0 && Math.abs(said - ours) <= VALUE_TOLERANCE.unknown * ours;
}

/** Whether a short size comes with a sign differs; the side says what it is. */
function signedQuantity({ qty, positionSide, code }: FutuPosition): number {
  const size = present(qty);
  if (size === null) throw new UnreadablePosition(`the quantity of ${code} is no number`);
  if (size === 0) return 0;
  switch (positionSide) {
    case POSITION_SIDE.LONG:
      return size;
    case POSITION_SIDE.SHORT:
      return -Math.abs(size);
    default:
      throw new UnreadablePosition(`${code} is neither long nor short (side ${positionSide})`);
  }
}

/**
 * `costPrice` of securities is the diluted cost, which counts what was realized: not what was paid. Of futures there is no
 * such thing, and an older OpenD has only that.
 */
function averagePrice({ averageCostPrice, costPrice }: FutuPosition, isFuture: boolean): number | null {
  const average = present(averageCostPrice) ?? (isFuture ? present(costPrice) : null);
  return average === 0 ? null : average;
}

function addedUp(a: Holding, b: Holding): Holding {
  const quantity = a.quantity + b.quantity;
  const sameCurrency = a.currency === b.currency;
  const sum = (one: number | null, other: number | null) =>
    one === null || other === null || !sameCurrency ? null : one + other;
  return {
    account: a.account,
    index: a.index,
    quantity,
    avgPrice: weighted(a, b, quantity),
    price: b.price ?? a.price,
    marketValue: sum(a.marketValue, b.marketValue),
    pnl: {
      dailyPnl: sum(a.pnl.dailyPnl, b.pnl.dailyPnl),
      unrealizedPnl: sum(a.pnl.unrealizedPnl, b.pnl.unrealizedPnl),
      realizedPnl: sum(a.pnl.realizedPnl, b.pnl.realizedPnl),
    },
    currency: a.currency,
  };
}

function weighted(a: Holding, b: Holding, quantity: number): number | null {
  if (quantity === 0) return null;
  if (a.quantity === 0) return b.avgPrice;
  if (b.quantity === 0) return a.avgPrice;
  if (a.avgPrice === null || b.avgPrice === null) return null;
  return (a.quantity * a.avgPrice + b.quantity * b.avgPrice) / quantity;
}
