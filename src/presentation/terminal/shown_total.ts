/**
 * What the rows that a filter leaves add up to: the one sum that no snapshot can hold, since a person types what is in it.
 * It adds amounts of the snapshot, by the rule of the other totals, and works out nothing else.
 */
import type { PositionView, RiskSnapshot } from "../../domain/risk/snapshot.ts";
import { Total } from "../../domain/risk/totals.ts";
import { LastAnswer } from "../../application/last_answer.ts";
import type { ViewContext } from "./context.ts";
import { type Figure, marksOver } from "./digest.ts";
import { partInAccount } from "./position_part.ts";
import { rateOf } from "./own_currency.ts";
import { isNarrowed, selectedPositions } from "./selection.ts";

export interface ShownTotal {
  readonly positions: number;
  readonly sums: Readonly<Record<Figure, number | null>>;
  readonly realizedPnl: number | null;
  readonly grossExposure: number | null;
  /** `x` of a sum that leaves some of the positions out, else what these carry. */
  readonly marks: ReturnType<typeof marksOver>;
}

/** Of the positions in sight; null while nothing is filtered out. */
export function shownTotal(context: ViewContext): ShownTotal | null {
  const { snapshot, view } = context;
  if (!isNarrowed(view)) return null;
  const asked = [snapshot, view.filter, view.account, view.onlyProblems, view.onlyProblems ? context.newest : null];
  return last.to(asked, () => added(context));
}

const last = new LastAnswer<ShownTotal>();

const IN_OWN: readonly string[] = ["vega", "theta"];
const FIGURES: readonly Figure[] = [
  "marketValue",
  "dailyPnl",
  "unrealizedPnl",
  "exposure",
  "delta",
  "dollarDelta",
  "betaWeightedDelta",
  "gammaDollars1Pct",
  "vega",
  "theta",
];

function added(context: ViewContext): ShownTotal {
  const { account } = context.view;
  const selected = selectedPositions(context);
  const parts = account === null ? selected : selected.map((one) => partInAccount(one, account));
  const sums = Object.fromEntries(FIGURES.map((figure) => [figure, sumOf(parts, figure, context.snapshot)]));
  return {
    positions: parts.length,
    sums: sums as Record<Figure, number | null>,
    realizedPnl: sumOf(parts, "realizedPnl", context.snapshot),
    grossExposure: grossOf(parts),
    marks: marksOver(parts),
  };
}

/** Lots by their size: a long one never nets a short one away. */
function grossOf(positions: readonly PositionView[]): number | null {
  const total = new Total();
  for (const { exposure } of positions.flatMap(({ leaves }) => leaves)) total.add(Math.abs(exposure ?? NaN));
  return total.value;
}

function sumOf(
  positions: readonly PositionView[],
  figure: Figure | "realizedPnl",
  snapshot: RiskSnapshot,
): number | null {
  const total = new Total();
  for (const position of positions) {
    // A currency pair has no delta to add, by design and not by a fault.
    if (position.assetType === "FOREX" && position[figure] === null) continue;
    const value = position[figure] ?? NaN;
    // A position's vega and theta are in its own currency, a sum's in the base.
    const rate = IN_OWN.includes(figure) && value !== 0 ? rateOf(snapshot, position.currency) ?? NaN : 1;
    total.add(value * rate);
  }
  return total.value;
}
