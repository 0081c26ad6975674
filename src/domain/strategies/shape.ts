/**
 * Which strategies two, three or four legs form, and in what proportion.
 *
 * Legs come in canonical order (underlying, expiry, puts before calls, strikes ascending), which puts each shape's
 * legs in one order only. "Of one series" means one expiry and one trading class, so that they settle at one price.
 */
import type { GroupLeg } from "./group.ts";
import { STRATEGY_KINDS, type StrategyKind, type StrategySide } from "./strategy.ts";

export interface Shape {
  readonly kind: StrategyKind;
  readonly side: StrategySide;
  readonly name: string;
  /** Lots of each leg in one unit. */
  readonly ratio: readonly number[];
}

/** Ratios that are traded as one: fewer of one leg against more of the other. Others are verticals and a leftover. */
const RATIOS: readonly (readonly [number, number])[] = [[1, 2], [1, 3], [2, 3], [2, 1], [3, 1], [3, 2]];

export function rankOf(kind: StrategyKind): number {
  return STRATEGY_KINDS.indexOf(kind);
}

/** Shapes of a pair; most pairs form one, legs of one series and right with opposite signs a vertical and ratios. */
export function pairShapes(a: GroupLeg, b: GroupLeg): readonly Shape[] {
  if (a.role === "U") return coveredShapes(a, b);
  if (a.role !== b.role) return a.series === b.series && a.sign === b.sign ? [doubleShape(a, b)] : [];
  if (a.sign === b.sign) return [];
  if (a.series !== b.series) return [timeSpreadShape(a, b)];
  // One contract bought in one account and sold in another: a vertical of no width.
  if (a.strike === b.strike) return [one("vertical", null, `Offsetting ${rightName(a).toLowerCase()}s`, 2)];
  return [verticalShape(a, b), ...RATIOS.map((ratio) => ratioShape(a, ratio))];
}

export function tripleShape(a: GroupLeg, b: GroupLeg, c: GroupLeg): Shape | null {
  if (b.series !== c.series) return null;
  if (a.role === "U") return hedgedShape(a, b, c);
  return butterflyShape(a, b, c);
}

/** Four options of one series: two puts and two calls, each with one long and one short. */
export function quadShape(a: GroupLeg, b: GroupLeg, c: GroupLeg, d: GroupLeg): Shape | null {
  if (a.role !== "P" || b.role !== "P" || c.role !== "C" || d.role !== "C" || a.series !== d.series) return null;
  if (a.sign === b.sign || c.sign === d.sign || a.strike === b.strike || c.strike === d.strike) return null;
  if (a.sign !== d.sign) return null;
  if (b.strike <= c.strike) return ironShape(a, b, c);
  if (a.strike !== c.strike || b.strike !== d.strike) return null;
  // Long the lower call and the higher put: worth the difference between the strikes at any price.
  return c.sign > 0 ? one("box", "long", "Long box", 4) : one("box", "short", "Short box", 4);
}

function coveredShapes(underlying: GroupLeg, option: GroupLeg): readonly Shape[] {
  if (option.role === "U" || option.sign > 0 || underlying.lasting < option.lasting) return [];
  if (underlying.sign > 0 && option.role === "C") return [one("covered_call", null, "Covered call", 2)];
  if (underlying.sign < 0 && option.role === "P") return [one("covered_put", null, "Covered put", 2)];
  return [];
}

function doubleShape(put: GroupLeg, call: GroupLeg): Shape {
  const side = put.sign > 0 ? "long" : "short";
  const Side = put.sign > 0 ? "Long" : "Short";
  if (put.strike === call.strike) return one("straddle", side, `${Side} straddle`, 2);
  return one("strangle", side, put.strike < call.strike ? `${Side} strangle` : `${Side} guts`, 2);
}

function verticalShape(low: GroupLeg, high: GroupLeg): Shape {
  const costly = low.role === "C" ? low : high;
  return one("vertical", costly.sign > 0 ? "debit" : "credit", `${rightName(low)} vertical`, 2);
}

function ratioShape(first: GroupLeg, ratio: readonly [number, number]): Shape {
  const moreShort = (ratio[0] > ratio[1]) === (first.sign < 0);
  return moreShort
    ? { kind: "ratio_spread", side: null, name: `${rightName(first)} ratio spread`, ratio }
    : { kind: "back_spread", side: null, name: `${rightName(first)} back spread`, ratio };
}

/** The far leg comes second. Classes that expire on one day at different prices (SPX and SPXW) are a time spread too. */
function timeSpreadShape(near: GroupLeg, far: GroupLeg): Shape {
  const kind = near.strike === far.strike ? "calendar" : "diagonal";
  const right = rightName(near);
  return far.sign > 0
    ? one(kind, "long", `${right} ${kind}`, 2)
    : one(kind, "short", `Short ${right.toLowerCase()} ${kind}`, 2);
}

function hedgedShape(underlying: GroupLeg, put: GroupLeg, call: GroupLeg): Shape | null {
  if (put.role !== "P" || call.role !== "C" || underlying.lasting < call.lasting) return null;
  if (put.sign !== underlying.sign || call.sign === underlying.sign) return null;
  const isLong = underlying.sign > 0;
  if (put.strike === call.strike) return one("conversion", null, isLong ? "Conversion" : "Reversal", 3);
  if (put.strike > call.strike) return null;
  return isLong ? one("collar", "long", "Collar", 3) : one("collar", "short", "Short collar", 3);
}

function butterflyShape(low: GroupLeg, body: GroupLeg, high: GroupLeg): Shape | null {
  if (low.role !== high.role || low.series !== high.series) return null;
  if (low.sign !== high.sign || body.sign === low.sign) return null;
  if (low.strike === body.strike || body.strike === high.strike) return null;
  const wings = Math.abs((body.strike - low.strike) - (high.strike - body.strike)) <= 1e-9 * high.strike;
  const words = [low.sign > 0 ? "" : "short", wings ? "" : "broken-wing", rightName(low).toLowerCase(), "butterfly"];
  const name = capitalised(words.filter((word) => word !== "").join(" "));
  return { kind: "butterfly", side: low.sign > 0 ? "long" : "short", name, ratio: [1, 2, 1] };
}

/** Inner strikes that meet make it a butterfly; when they are sold it is the credit one. Wings may differ in width. */
function ironShape(outerPut: GroupLeg, innerPut: GroupLeg, innerCall: GroupLeg): Shape {
  const kind = innerPut.strike === innerCall.strike ? "iron_butterfly" : "iron_condor";
  const words = kind === "iron_butterfly" ? "iron butterfly" : "iron condor";
  return outerPut.sign > 0 ? one(kind, "credit", capitalised(words), 4) : one(kind, "debit", `Reverse ${words}`, 4);
}

function one(kind: StrategyKind, side: StrategySide, name: string, legs: number): Shape {
  return { kind, side, name, ratio: EVEN[legs]! };
}

const EVEN: readonly (readonly number[])[] = [[], [1], [1, 1], [1, 1, 1], [1, 1, 1, 1]];

function rightName(leg: GroupLeg): "Call" | "Put" {
  return leg.role === "C" ? "Call" : "Put";
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
