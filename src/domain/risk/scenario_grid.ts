/**
 * Moves of spot and volatility on a book as a snapshot shows it, for the whole and for each name.
 *
 * By Taylor's series, as `scenario.ts` has it: the greeks are those of the snapshot and options are not revalued, so that the
 * further the move the rougher the number. The grid of the configured shocks gives what the snapshot itself says of them.
 */
import { isOption } from "../instrument.ts";
import { BIT } from "../quality/flag_set.ts";
import { shockedBy, type ShockTerms } from "./scenario.ts";
import type { Flag, LeafView, PositionView, RiskSnapshot } from "./snapshot.ts";
import { Total } from "./totals.ts";

/** `points`: absolute, in volatility (0.05 is five points). `relative`: a fraction of each option's own volatility. */
export interface VolMove {
  readonly kind: "points" | "relative";
  readonly value: number;
}

export interface GridWanted {
  /** Fractions: −0.05 is a fall of 5 %. */
  readonly spots: readonly number[];
  readonly vols: readonly VolMove[];
  /** Calendar days forward. */
  readonly days: readonly number[];
  /** Each name moves by the spot shock times its beta. */
  readonly byBeta: boolean;
  /** Its leaves alone; null: all. */
  readonly account: string | null;
  /** Whether a position is of the grid; null: all are. */
  readonly includes: ((position: PositionView) => boolean) | null;
  /** False: positions may be missing altogether, so that every sum is unknown. */
  readonly bookKnown: boolean;
}

/** P&L in the base currency, a gain positive; null when it is not known. */
export interface GridCell {
  readonly spot: number;
  readonly vol: VolMove;
  readonly days: number;
  readonly pnl: number | null;
  /** Positions that it leaves out, and sources that were never read. */
  readonly excluded: number;
}

export interface GridName {
  readonly underlying: string;
  readonly beta: number;
  readonly betaSource: "config" | "computed" | "default";
  readonly positions: number;
  readonly cells: readonly GridCell[];
}

/** A position that at least one cell leaves out. */
export interface LeftOut {
  readonly position: PositionView;
  readonly reason: Flag;
  /** How many of the cells. */
  readonly cells: number;
}

export interface ScenarioGrid {
  /** Days, within them volatility, within it spot, in the order they were wanted. */
  readonly cells: readonly GridCell[];
  /** In the snapshot's order; those without a position of the grid are not listed. */
  readonly names: readonly GridName[];
  readonly positions: number;
  readonly leftOut: readonly LeftOut[];
  /** The largest loss of the whole; null when nothing loses. */
  readonly worst: GridCell | null;
}

type ShockedBook = Pick<RiskSnapshot, "positions" | "byUnderlying" | "baseCurrency"> & {
  readonly portfolio: Pick<RiskSnapshot["portfolio"], "excluded">;
};

export function scenarioGrid(snapshot: ShockedBook, wanted: GridWanted): ScenarioGrid {
  const { moves, shocked, pnls } = shockedParts(snapshot, wanted);
  const cells = summed(moves, shocked, pnls, wanted.bookKnown, unreadIn(snapshot, wanted));
  return {
    cells,
    names: snapshot.byUnderlying.flatMap(({ underlying, beta, betaSource }) => {
      const own = shocked.flatMap((part, at) => part.position.underlying === underlying ? [at] : []);
      if (own.length === 0) return [];
      const parts = own.map((at) => shocked[at]!);
      const ownCells = summed(moves, parts, own.map((at) => pnls[at]!), wanted.bookKnown);
      return [{ underlying, beta, betaSource, positions: own.length, cells: ownCells }];
    }),
    positions: shocked.length,
    leftOut: shocked.flatMap(({ position, reason }, at) => {
      const missing = pnls[at]!.filter((pnl) => Number.isNaN(pnl)).length;
      return missing === 0 ? [] : [{ position, reason, cells: missing }];
    }),
    worst: worstOf(cells),
  };
}

/** The grid's cells for the whole alone: a fraction of the work where a book has many names. */
export function gridCells(snapshot: ShockedBook, wanted: GridWanted): readonly GridCell[] {
  const { moves, shocked, pnls } = shockedParts(snapshot, wanted);
  return summed(moves, shocked, pnls, wanted.bookKnown, unreadIn(snapshot, wanted));
}

/** What each position of the grid gains by each move. */
function shockedParts(snapshot: ShockedBook, wanted: GridWanted) {
  const moves = movesOf(wanted);
  const shocked = snapshot.positions.filter((position) => wanted.includes?.(position) ?? true)
    .flatMap((position) => partOf(position, wanted.account, snapshot.baseCurrency));
  const betas = new Map(snapshot.byUnderlying.map((name) => [name.underlying, name]));
  const pnls = shocked.map((part) => {
    const beta = wanted.byBeta ? betas.get(part.position.underlying)?.beta ?? NaN : 1;
    return moves.map((move) => pnlOf(part, move, beta));
  });
  return { moves, shocked, pnls };
}

type Move = Pick<GridCell, "spot" | "vol" | "days">;

function movesOf({ spots, vols, days }: GridWanted): Move[] {
  return days.flatMap((day) => vols.flatMap((vol) => spots.map((spot) => ({ spot, vol, days: day }))));
}

interface Part {
  readonly position: PositionView;
  readonly terms: ShockTerms;
  /** Why a move may be unknown. */
  readonly reason: Flag;
}

/** The position, or one account's share of it; nothing where that account does not hold it. */
function partOf(position: PositionView, account: string | null, base: string | null): Part[] {
  const leaves = account === null ? position.leaves : position.leaves.filter((leaf) => leaf.account === account);
  if (leaves.length === 0) return [];
  const quantity = account === null ? position.quantity : sumOf(leaves);
  const rate = rateOf(position, base);
  return [{ position, terms: termsOf(position, leaves, quantity, rate), reason: reasonOf(position, rate) }];
}

function sumOf(leaves: readonly LeafView[]): number {
  return leaves.reduce((sum, leaf) => sum + leaf.quantity, 0);
}

function termsOf(position: PositionView, leaves: readonly LeafView[], quantity: number, rate: number): ShockTerms {
  const { assetType, expiryBucket } = position;
  const option = isOption(assetType);
  const idle = quantity === 0 || assetType === "FOREX" || (option && expiryBucket === "EXPIRED");
  const nothing = { slope: 0, curvature: 0, perPoint: 0, perDay: 0, impliedVolatility: NaN };
  if (idle) return nothing;
  if (!option) return { ...nothing, slope: worthOf(position, leaves, quantity, rate) };
  // Greeks are proportional to the quantity. A contract held against itself in two accounts has none to take a share of.
  const share = quantity === position.quantity ? 1 : quantity / position.quantity;
  const of = (value: number | null): number => position.quantity === 0 ? NaN : (value ?? NaN) * share;
  return {
    slope: of(position.dollarDelta),
    // gammaDollars1Pct is the change of dollarDelta for 1 % of spot.
    curvature: of(position.gammaDollars1Pct) * 100 / 2,
    perPoint: of(position.vega) * rate,
    perDay: of(position.theta) * rate,
    impliedVolatility: position.iv ?? NaN,
  };
}

/** What a linear holding is worth in the base currency. A future has no market value of its own, and moves all the same. */
function worthOf(position: PositionView, leaves: readonly LeafView[], quantity: number, rate: number): number {
  if (quantity === position.quantity && leaves.length === position.leaves.length) return position.notional ?? NaN;
  if (position.assetType === "FUTURE") return quantity * position.multiplier * (position.mark ?? NaN) * rate;
  return leaves.reduce((sum, leaf) => sum + (leaf.marketValue ?? NaN), 0);
}

/** Base currency for one unit of the instrument's; NaN when the snapshot does not tell. */
function rateOf(
  { currency, quantity, multiplier, marketValue, mark, notional, underlyingPrice }: PositionView,
  base: string | null,
): number {
  if (currency === base) return 1;
  const units = quantity * multiplier;
  const byMark = (marketValue ?? NaN) / (units * (mark ?? NaN));
  if (Number.isFinite(byMark) && byMark > 0) return byMark;
  const bySpot = (notional ?? NaN) / (units * (underlyingPrice ?? NaN));
  return Number.isFinite(bySpot) && bySpot > 0 ? bySpot : NaN;
}

const REASONS: readonly Flag[] = ["FX_MISSING", "NO_UNDERLYING_PRICE", "NO_MARK"];

function reasonOf({ flags }: PositionView, rate: number): Flag {
  if (Number.isNaN(rate)) return "FX_MISSING";
  return REASONS.find((flag) => flags.includes(flag)) ?? "DATA_MISSING";
}

function pnlOf({ terms }: Part, { spot, vol, days }: Move, beta: number): number {
  const volShock = vol.kind === "points" || vol.value === 0 ? vol.value : relative(terms, vol.value);
  return shockedBy(terms, spot === 0 ? 0 : spot * beta, volShock, days);
}

/** A holding that volatility does not move needs none of its own. */
function relative({ perPoint, impliedVolatility }: ShockTerms, fraction: number): number {
  return perPoint === 0 ? 0 : impliedVolatility * fraction;
}

function summed(
  moves: readonly Move[],
  parts: readonly Part[],
  pnls: readonly (readonly number[])[],
  bookKnown: boolean,
  unreadSources = 0,
): GridCell[] {
  return moves.map((move, at) => {
    const total = new Total(bookKnown, unreadSources);
    for (const [row, part] of parts.entries()) total.add(pnls[row]![at]!, BIT[part.reason]);
    return { ...move, pnl: total.value, excluded: total.excluded };
  });
}

/** Sources that the sums leave out because nothing of them was read. An account that is known is known whole. */
function unreadIn({ portfolio }: ShockedBook, { account }: GridWanted): number {
  if (account !== null) return 0;
  return Math.max(0, ...portfolio.excluded.map(({ reason, count }) => reason === "SOURCE_UNREAD" ? count : 0));
}

function worstOf(cells: readonly GridCell[]): GridCell | null {
  let worst: GridCell | null = null;
  for (const cell of cells) if (cell.pnl !== null && cell.pnl < (worst?.pnl ?? 0)) worst = cell;
  return worst;
}
