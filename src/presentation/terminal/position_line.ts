/** One row of the positions table, whether of a name, a strategy, a contract or a total. */
import type { PositionView } from "../../domain/risk/snapshot.ts";
import { liveMark, type ViewContext } from "./context.ts";
import { digestOf, type Figure, markOf, marksOver } from "./digest.ts";
import type { NameRow } from "./name_rows.ts";
import { currencySuffix, soleCurrency } from "./own_currency.ts";
import { labelOf, type PositionRow } from "./position_rows.ts";
import { BOLD, Role, type Style } from "./style.ts";

export interface Line {
  readonly label: string;
  readonly style: Style;
  readonly position: PositionView | null;
  /** Contracts, or how many times a strategy is held. */
  readonly quantity: number | null;
  /** Of all its positions; null when they have several. */
  readonly currency: string | null;
  /** Null where the snapshot does not hold them; a figure that is absent is one that the row has not. */
  readonly sums: Readonly<Partial<Record<Summed, number | null>>> | null;
  /** False where one account's part of a sum is not known. */
  readonly whole: boolean;
  readonly mark: (figure: Summed) => string;
  /** Positions that a missing sum may be missing for. */
  readonly over: readonly PositionView[];
}

export type Summed = Exclude<Figure, "exposure"> | "realizedPnl";

export function lineOf(context: ViewContext, row: PositionRow): Line {
  if (row.kind === "position") return lineOfPosition(context, row.position, labelOf(context, row));
  const fold = row.open ? "v" : ">";
  if (row.kind === "strategy") {
    const marks = marksOver(row.legs);
    const { currency } = row.strategy;
    return {
      ...NO_CONTRACT,
      label: `  ${fold} ${row.strategy.name}${currencySuffix(context, currency)}`,
      style: Role.text,
      quantity: row.strategy.units,
      currency,
      sums: row.strategy,
      whole: true,
      mark: (figure) => liveMark(context, figure === "realizedPnl" ? "" : markOf(marks, figure), 0),
      over: row.legs,
    };
  }
  const digest = digestOf(context.snapshot);
  const marks = digest.names.get(row.underlying);
  const currency = soleCurrency(digest.positions.get(row.underlying) ?? []);
  return {
    ...NO_CONTRACT,
    label: `${fold} ${row.label}${currencySuffix(context, currency)}`,
    currency,
    sums: row.sums,
    whole: row.sums !== null,
    mark: (figure) => liveMark(context, figure === "realizedPnl" ? "" : markOf(marks, figure), 0),
  };
}

export function lineOfTotal(total: NameRow): Line {
  return {
    ...NO_CONTRACT,
    label: total.label,
    sums: { ...total.sums, realizedPnl: total.realizedPnl },
    whole: total.whole,
    mark: (figure) => (figure === "realizedPnl" ? "" : total.mark(figure)),
  };
}

const NO_CONTRACT = { style: BOLD, position: null, quantity: null, currency: null, over: [] } as const;
const GREEKS: readonly Summed[] = [
  "delta",
  "dollarDelta",
  "betaWeightedDelta",
  "gammaDollars1Pct",
  "vega",
  "theta",
];

function lineOfPosition(context: ViewContext, position: PositionView, label: string): Line {
  const quote = position.flags.includes("STALE") ? "s" : "";
  const model = position.greeksSource === "model" ? "m" : "";
  return {
    label,
    style: Role.text,
    position,
    quantity: position.quantity,
    currency: position.currency,
    sums: position,
    whole: position.quantity !== 0 || position.leaves.length === 0 || context.view.account === null,
    mark: (figure) => liveMark(context, quote || (GREEKS.includes(figure) ? model : ""), 0),
    over: [position],
  };
}
