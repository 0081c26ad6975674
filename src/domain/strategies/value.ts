/** The figures of a strategy that move with the market: sums over its legs' shares of their positions. */
import type { Instrument } from "../instrument.ts";
import { recogniseStructures } from "./recognise.ts";
import type { Holding, Structure } from "./strategy.ts";

export const LEG_FIGURES = [
  "delta",
  "gamma",
  "vega",
  "theta",
  "unrealizedPnl",
  "dailyPnl",
  "marketValue",
] as const;

export type LegFigure = typeof LEG_FIGURES[number];

/**
 * A whole position's figures, null when missing: delta in units of underlying, gamma, vega and theta of the position,
 * amounts in one currency. Give the instrument's own currency to compare P&L with `maxProfit`, `maxLoss` and `premium`.
 */
export type LegFigures = { readonly [Figure in LegFigure]: number | null };

/** An input that keeps a strategy's sum from being known. */
export interface MissingInput {
  readonly figure: LegFigure;
  readonly instrument: Instrument;
}

/** Net figures; one is null when a leg's is missing, and `missing` names each. */
export interface StrategyFigures {
  readonly netDelta: number | null;
  readonly netGamma: number | null;
  readonly netVega: number | null;
  readonly netTheta: number | null;
  readonly unrealizedPnl: number | null;
  readonly dailyPnl: number | null;
  readonly marketValue: number | null;
  readonly missing: readonly MissingInput[];
}

export interface Strategy extends Structure, StrategyFigures {}

/** A position with all that a strategy tells of it. */
export interface StrategyLeg extends Holding, LegFigures {}

const NOTHING_MISSING: readonly MissingInput[] = [];

/** Structure and figures in one go; see `recogniseStructures()` for what may be given together. */
export function recogniseStrategies(legs: readonly StrategyLeg[]): Strategy[] {
  return recogniseStructures(legs).map((structure) => valueStructure(structure, (index) => legs[index]!));
}

/** A strategy's net figures; `figuresOf` gives those of the position at a place in the list that was recognised. */
export function valueStructure(structure: Structure, figuresOf: (index: number) => LegFigures): Strategy {
  return { ...structure, ...figuresOfStructure(structure, figuresOf) };
}

/** The figures alone, for callers that keep the structure beside them. */
export function figuresOfStructure(structure: Structure, figuresOf: (index: number) => LegFigures): StrategyFigures {
  let netDelta = 0;
  let netGamma = 0;
  let netVega = 0;
  let netTheta = 0;
  let unrealizedPnl = 0;
  let dailyPnl = 0;
  let marketValue = 0;
  // A missing figure is NaN in the sum, which then stays NaN whatever follows.
  for (const { index, share } of structure.legs) {
    const figures = figuresOf(index);
    netDelta += share * (figures.delta ?? NaN);
    netGamma += share * (figures.gamma ?? NaN);
    netVega += share * (figures.vega ?? NaN);
    netTheta += share * (figures.theta ?? NaN);
    unrealizedPnl += share * (figures.unrealizedPnl ?? NaN);
    dailyPnl += share * (figures.dailyPnl ?? NaN);
    marketValue += share * (figures.marketValue ?? NaN);
  }
  const isComplete = Number.isFinite(netDelta + netGamma + netVega + netTheta + unrealizedPnl + dailyPnl + marketValue);
  return {
    netDelta: known(netDelta),
    netGamma: known(netGamma),
    netVega: known(netVega),
    netTheta: known(netTheta),
    unrealizedPnl: known(unrealizedPnl),
    dailyPnl: known(dailyPnl),
    marketValue: known(marketValue),
    missing: isComplete ? NOTHING_MISSING : missingInputs(structure, figuresOf),
  };
}

/**
 * How much of the most that can be made is made, as a fraction of `maxProfit`: what a take-profit rule judges.
 *
 * Of an iron condor that is the credit received, and never the width between its strikes. Null when the most is
 * unlimited, unknown or not above 0, or the P&L is missing. P&L in the instruments' currency.
 */
export function profitTaken({ maxProfit }: Structure, unrealizedPnl: number | null): number | null {
  if (unrealizedPnl === null || maxProfit.kind !== "amount" || !(maxProfit.amount > 0)) return null;
  return unrealizedPnl / maxProfit.amount;
}

function missingInputs(structure: Structure, figuresOf: (index: number) => LegFigures): MissingInput[] {
  return structure.legs.flatMap(({ index, instrument }) => {
    const figures = figuresOf(index);
    return LEG_FIGURES.filter((figure) => !isKnown(figures[figure])).map((figure) => ({ figure, instrument }));
  });
}

function isKnown(figure: number | null): boolean {
  return figure !== null && Number.isFinite(figure);
}

function known(sum: number): number | null {
  return Number.isFinite(sum) ? sum : null;
}
